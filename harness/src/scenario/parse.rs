//! Text → scenario: the file as a whole.

mod action;
mod admin;
mod expect;
mod names;
mod options;
mod world;

use std::collections::BTreeMap;

use super::contradiction::Demands;
use super::error::{Complaint, ScenarioError};
use super::lexer::{Cursor, Quoting, Word};
use super::plan::{Located, Scenario};
use super::portable::is_portable;
use super::renamed;
use super::sections::{self, Section};
use super::statement::Statement;
use super::words::{Choice, Suite, Vocabulary};
use names::Names;

/// The longest file that is read, in bytes.
pub const LONGEST_FILE: usize = 1 << 20;

/// What is said of a longer one.
const TOO_LONG: &str = "the file is longer than 1 MiB: split it, or leave its fixtures out";

/// The words that a line can begin with.
pub(super) const STATEMENTS: [&str; 22] = [
    "needs",
    "function",
    "seed",
    "world",
    "setting",
    "fault",
    "double",
    "turns",
    "overlap",
    "beside",
    "skip",
    "rotate",
    "test-rotation",
    "invoke",
    "send",
    "subscribe",
    "advance",
    "admin",
    "at",
    "expect",
    "without",
    "finally",
];

/// Those of them that are about the start.
const PRELUDE: [&str; 4] = ["needs", "function", "seed", "world"];

/// Reads a scenario from a file's bytes. `file` is how messages call it.
pub fn parse_bytes(
    file: &str,
    bytes: &[u8],
    vocabulary: &Vocabulary<'_>,
) -> Result<Scenario, ScenarioError> {
    if bytes.len() > LONGEST_FILE {
        return Err(whole_file(file, 1, TOO_LONG));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => parse(file, text, vocabulary),
        Err(error) => {
            let before = &bytes[..error.valid_up_to()];
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            Err(whole_file(file, line, "the file is not UTF-8 text"))
        }
    }
}

/// Reads a scenario from text. `file` is how messages call it, and where its name comes from.
pub fn parse(
    file: &str,
    text: &str,
    vocabulary: &Vocabulary<'_>,
) -> Result<Scenario, ScenarioError> {
    if text.len() > LONGEST_FILE {
        return Err(whole_file(file, 1, TOO_LONG));
    }
    if let Some(at) = text.find('\0') {
        let line = text[..at].matches('\n').count() + 1;
        return Err(whole_file(file, line, "the file holds a NUL character"));
    }
    let text = text
        .strip_prefix('\u{feff}')
        .unwrap_or(text)
        .replace("\r\n", "\n");
    let (script, sections) = sections::split(&text);
    let mut parser = Parser::new(file, vocabulary);
    let body = parser.header(&script)?;
    for (index, source) in script.iter().enumerate().skip(body) {
        let complain = |complaint: Complaint| complaint.at(file, index + 1, source);
        parser.line(index + 1, source).map_err(complain)?;
    }
    parser.sections(&script, sections)
}

/// Reads the JSON form and holds it to the same rules by printing and reading it. Lines in errors
/// are those of the printed text.
pub fn from_json(json: &str, vocabulary: &Vocabulary<'_>) -> Result<Scenario, ScenarioError> {
    if json.len() > LONGEST_FILE {
        return Err(whole_file("scenario.json", 1, TOO_LONG));
    }
    let given: Scenario = serde_json::from_str(json).map_err(|error| ScenarioError {
        file: "scenario.json".to_owned(),
        line: error.line(),
        column: error.column().max(1),
        message: error.to_string(),
        suggestion: None,
        source_line: String::new(),
    })?;
    let mut read = parse(&given.name, &super::print(&given), vocabulary)?;
    read.name.clone_from(&given.name);
    if read == given {
        return Ok(read);
    }
    let message = "a text in it cannot be written in a scenario: it would read back differently";
    Err(whole_file(&given.name, 1, message))
}

/// A complaint about no line in particular.
fn whole_file(file: &str, line: usize, message: &str) -> ScenarioError {
    Complaint::new(1, message).at(file, line, "")
}

/// The file's path without the folder `scenarios` and what is before it, and without extension.
pub(crate) fn name_of(file: &str) -> &str {
    let inner = match file.rsplit_once("/scenarios/") {
        Some((_, inner)) => inner,
        None => file.strip_prefix("scenarios/").unwrap_or(file),
    };
    inner.strip_suffix(".scenario").unwrap_or(inner)
}

struct Parser<'a> {
    file: &'a str,
    scenario: Scenario,
    names: Names<'a>,
    /// The line that a section is first referred to from, and the complaint if it is missing.
    wanted: BTreeMap<String, (usize, Complaint)>,
    /// The statements about the start that have been read.
    prelude: Vec<String>,
    demands: Demands,
    has_acted: bool,
    has_finished: bool,
}

impl<'a> Parser<'a> {
    fn new(file: &'a str, vocabulary: &'a Vocabulary<'a>) -> Self {
        Self {
            file,
            scenario: Scenario::new(name_of(file)),
            names: Names::new(vocabulary),
            wanted: BTreeMap::new(),
            prelude: Vec::new(),
            demands: Demands::default(),
            has_acted: false,
            has_finished: false,
        }
    }

    /// Reads the story and the header; answers at which line the statements begin.
    fn header(&mut self, script: &[&str]) -> Result<usize, ScenarioError> {
        let comments = script.iter().take_while(|line| line.starts_with('#'));
        let story: Vec<_> = comments.map(|line| story_line(line)).collect();
        self.scenario.story = story.join("\n");
        let is_silent = |line: &&str| line.trim().is_empty() || line.trim_start().starts_with('#');
        let at = script.iter().take_while(|line| is_silent(line)).count();
        for (index, line) in script.iter().enumerate().take(at) {
            Cursor::new(line).map_err(|complaint| complaint.at(self.file, index + 1, line))?;
        }
        let source = script.get(at).copied().unwrap_or_default();
        let suite = read_header(source);
        self.scenario.suite = suite.map_err(|complaint| complaint.at(self.file, at + 1, source))?;
        Ok(at + 1)
    }

    fn line(&mut self, number: usize, source: &str) -> Result<(), Complaint> {
        let renamed = renamed::in_line(number, source);
        let source = renamed.as_ref().map_or(source, |(current, _)| current);
        let mut words = Cursor::new(source)?;
        let Some(word) = words.next_word()? else {
            return Ok(());
        };
        if word.quoting != Quoting::Bare {
            return Err(Complaint::new(
                word.column,
                "a statement begins without quotes",
            ));
        }
        self.check_place(&word)?;
        match word.text.as_str() {
            "needs" => self.scenario.needs = Some(world::needs(&mut words)?),
            "function" => self.scenario.function = Some(world::function(&mut words)?),
            "seed" => self.scenario.seed = world::seed(&mut words)?,
            "world" => {
                self.scenario.world = world::world(&mut words, &mut self.names)?;
                self.names.meet_world(&self.scenario.world);
            }
            _ => {
                let column = words.clone().next_word()?.map_or(1, |word| word.column);
                let value = self.statement(&word, &mut words)?;
                let is_for_all = self.scenario.suite == Some(Suite::Portable);
                if is_for_all && !is_portable(&value) {
                    let message = "a portable scenario demands invariants and labels only";
                    return Err(Complaint::new(word.column, message));
                }
                if let Some((line, said)) = self.demands.meet(number, &value) {
                    let message = format!("this contradicts line {line}: {said}");
                    return Err(Complaint::new(column, message));
                }
                let located = Located {
                    line: number,
                    column: word.column,
                    value,
                };
                self.scenario.statements.push(located);
            }
        }
        words.end()?;
        self.note_sections(number);
        self.scenario
            .notices
            .extend(renamed.map(|(_, notice)| notice));
        Ok(())
    }

    /// Reads everything that is not about the start of the world.
    fn statement(&mut self, word: &Word, words: &mut Cursor<'_>) -> Result<Statement, Complaint> {
        let names = &mut self.names;
        match word.text.as_str() {
            "setting" => world::setting(words),
            "fault" => action::fault(words, names),
            "double" => action::double(words),
            "turns" => action::turns(words),
            "overlap" => action::overlap(words),
            "beside" => action::beside(words, names),
            "skip" => action::skip(words),
            "test-rotation" => action::test_rotation(words),
            "send" => action::send(words, names),
            "rotate" => action::rotate(words, names),
            "invoke" => action::invoke(words, names),
            "subscribe" => action::subscribe(words, names),
            "advance" => action::advance(words),
            "admin" => admin::action(words, names).map(Statement::Admin),
            "at" => action::at(words, names),
            "expect" => expect::expect(words, names),
            "without" => expect::without(words),
            "finally" => expect::finally(words),
            _ => Err(Complaint::unknown(
                "statement",
                &word.text,
                word.column,
                &STATEMENTS,
            )),
        }
    }

    /// Fails if the statement may not stand here.
    fn check_place(&mut self, word: &Word) -> Result<(), Complaint> {
        let fail = |message| Err(Complaint::new(word.column, message));
        let text = word.text.as_str();
        match text {
            _ if PRELUDE.contains(&text) && self.prelude.iter().any(|read| read == text) => {
                return fail(format!("{text} is given twice"));
            }
            _ if PRELUDE.contains(&text) && self.has_acted => {
                let message = format!("{text} stands before everything that happens");
                return fail(message);
            }
            _ if PRELUDE.contains(&text) => self.prelude.push(text.to_owned()),
            "setting" | "without" => {}
            "finally" => self.has_finished = true,
            other => self.has_acted |= STATEMENTS.contains(&other),
        }
        if self.has_finished && word.text != "finally" {
            return fail("nothing but finally may follow finally".to_owned());
        }
        Ok(())
    }

    /// Remembers which line referred to which section.
    fn note_sections(&mut self, line: usize) {
        for (name, column) in self.names.take_sections() {
            let complaint = Complaint::new(column, format!("there is no section {name:?}"));
            self.wanted.entry(name).or_insert((line, complaint));
        }
    }

    /// Takes the sections in: all that are referred to, no others, none twice.
    fn sections(
        mut self,
        script: &[&str],
        sections: Vec<Section>,
    ) -> Result<Scenario, ScenarioError> {
        let names: Vec<_> = sections
            .iter()
            .map(|section| section.name.clone())
            .collect();
        for section in sections {
            let (line, source) = (section.line, format!("-- {} --", section.name));
            self.section(section)
                .map_err(|complaint| complaint.at(self.file, line, &source))?;
        }
        for (name, (line, mut complaint)) in self.wanted {
            if !self.scenario.sections.contains_key(&name) {
                let near =
                    keywheel_emulator::fault::nearest(&name, names.iter().map(String::as_str));
                complaint.suggestion = near.map(str::to_owned);
                return Err(complaint.at(self.file, line, script[line - 1]));
            }
        }
        Ok(self.scenario)
    }

    fn section(&mut self, section: Section) -> Result<(), Complaint> {
        let Section { name, text, .. } = section;
        sections::check_name(&name, 4)?;
        if !self.wanted.contains_key(&name) && name != sections::GOLDEN_TRACE {
            return Err(Complaint::new(
                4,
                format!("no statement refers to section {name:?}"),
            ));
        }
        match self.scenario.sections.insert(name.clone(), text) {
            Some(_) => Err(Complaint::new(
                4,
                format!("section {name:?} is given twice"),
            )),
            None => Ok(()),
        }
    }
}

/// The text of a comment line.
fn story_line(line: &str) -> &str {
    let text = line.strip_prefix('#').unwrap_or(line);
    text.strip_prefix(' ').unwrap_or(text).trim_end()
}

/// The line that says what the file is; for which functions, if it says so.
fn read_header(source: &str) -> Result<Option<Suite>, Complaint> {
    let mut words = Cursor::new(source)?;
    let fail = |column| {
        let message = "the first line after the comment must be: keywheel scenario 1";
        Err(Complaint::new(column, message))
    };
    for expected in ["keywheel", "scenario"] {
        match words.next_word()? {
            Some(word) if word.text == expected => {}
            other => return fail(other.map_or(1, |word| word.column)),
        }
    }
    let version = words.need("the format's version")?;
    if version.text != "1" {
        let message = format!("format {:?} is not known here, only 1 is", version.text);
        return Err(Complaint::new(version.column, message));
    }
    let Some(word) = words.next_word()? else {
        return Ok(None);
    };
    let named = word.text.strip_prefix("suite=").unwrap_or_default();
    let suite = Suite::from_word(named).ok_or_else(|| {
        let message = format!(
            "nothing may follow but suite={}",
            Suite::WORDS.join(" or suite=")
        );
        Complaint::new(word.column, message)
    })?;
    words.end()?;
    Ok(Some(suite))
}
