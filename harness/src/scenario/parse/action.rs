//! The statements by which something happens: faults, rotations, invocations, time.

use keywheel_emulator::fault::{Rule, Span, Times, UnknownVerdict, Verdict};

use super::super::error::Complaint;
use super::super::lexer::{Cursor, Word};
use super::super::refs::{VersionRef, numbered};
use super::super::statement::{InvokeOutcome, SECRET, Statement};
use super::super::words::{RotateOutcome, is_name};
use super::names::{Names, choice, step};
use super::options::{options, span};
use super::world::is_free_token;

const SHORTEST_ADVANCE: Span = Span::ZERO;
const LONGEST_ADVANCE: Span = Span::days(3650);

/// `fault ADDRESS KIND [xN|x*] [optional]`
pub(super) fn fault(words: &mut Cursor<'_>, names: &Names<'_>) -> Result<Statement, Complaint> {
    let address = names.address(&words.need_bare("the address of a call")?)?;
    let verdict = verdict(&words.need_bare("the fault kind")?)?;
    let mut rule = Rule::once(address, verdict);
    let mut has_times = false;
    while let Some(word) = words.next_word()? {
        match times(&word)? {
            _ if rule.is_optional => return Err(unexpected(&word, "nothing may follow optional")),
            None => rule.is_optional = true,
            Some(_) if has_times => return Err(unexpected(&word, "the times are given twice")),
            Some(times) => (rule.times, has_times) = (times, true),
        }
    }
    Ok(Statement::Fault(rule))
}

fn verdict(word: &Word) -> Result<Verdict, Complaint> {
    word.text.parse().map_err(|error: UnknownVerdict| {
        if let Some((_, value)) = word.split_option().filter(|(name, _)| *name == "delay") {
            let why = value.text.parse::<Span>().err();
            let why = why.map(|error| error.to_string()).unwrap_or_default();
            return Complaint::new(value.column, format!("{:?}: {why}", value.text));
        }
        let words: Vec<_> = Verdict::words().collect();
        let complaint = Complaint::unknown("fault kind", &word.text, word.column, &words);
        match error.nearest {
            Some(near) => complaint.suggesting(near),
            None => complaint,
        }
    })
}

/// `xN`, `x*`, or `None` for `optional`.
fn times(word: &Word) -> Result<Option<Times>, Complaint> {
    match word.text.as_str() {
        "optional" => Ok(None),
        "x*" => Ok(Some(Times::Forever)),
        text => {
            let count = numbered(text, "x").and_then(std::num::NonZeroU32::new);
            let unknown = || {
                let valid = ["x1", "x*", "optional"];
                Complaint::unknown("word", text, word.column, &valid)
            };
            count
                .map(|count| Some(Times::Count(count)))
                .ok_or_else(unknown)
        }
    }
}

fn unexpected(word: &Word, message: &str) -> Complaint {
    Complaint::new(word.column, message)
}

/// `double STEP in-sequence|at-once`
pub(super) fn double(words: &mut Cursor<'_>) -> Result<Statement, Complaint> {
    let step = step(&words.need_bare("the rotation step")?)?;
    let how = choice(&words.need_bare("in-sequence or at-once")?, "way to double")?;
    Ok(Statement::Double { step, how })
}

/// The most turns that are ordered: some times the calls of a rotation.
const LONGEST_ORDER: usize = 400;

/// `turns abba`
pub(super) fn turns(words: &mut Cursor<'_>) -> Result<Statement, Complaint> {
    let word = words.need_bare("whose turn it is, like abba")?;
    let is_order = word
        .text
        .bytes()
        .all(|letter| (b'a'..=b'c').contains(&letter));
    if is_order && word.text.len() <= LONGEST_ORDER {
        return Ok(Statement::Turns { order: word.text });
    }
    let message = format!(
        "{:?} is no order of turns: write up to {LONGEST_ORDER} of the letters a, b and c",
        word.text
    );
    Err(Complaint::new(word.column, message))
}

/// `skip STEP`
pub(super) fn skip(words: &mut Cursor<'_>) -> Result<Statement, Complaint> {
    let step = step(&words.need_bare("the rotation step")?)?;
    Ok(Statement::Skip { step })
}

/// `rotate [s] [token=WORD] [expect=ok|failed|refused|any]`
pub(super) fn rotate(
    words: &mut Cursor<'_>,
    names: &mut Names<'_>,
) -> Result<Statement, Complaint> {
    let (mut token, mut expect) = (None, RotateOutcome::Ok);
    for (name, value) in rotate_options(words)? {
        match name {
            "token" => token = Some(free_token(&value, names)?),
            _ => expect = choice(&value, "expectation")?,
        }
    }
    Ok(Statement::Rotate {
        secret: SECRET.to_owned(),
        token,
        expect,
    })
}

/// The options, after the secret's name if it is there.
fn rotate_options(words: &mut Cursor<'_>) -> Result<Vec<(&'static str, Word)>, Complaint> {
    let valid = ["token", "expect"];
    let mut ahead = words.clone();
    match ahead.next_word()? {
        Some(word) if !word.text.contains('=') => {
            if word.text != SECRET {
                return Err(Complaint::unknown(
                    "secret",
                    &word.text,
                    word.column,
                    &[SECRET],
                ));
            }
            *words = ahead;
            options(words, &valid)
        }
        _ => options(words, &valid),
    }
}

/// A new word for a token; it names the version from here on.
fn free_token(word: &Word, names: &mut Names<'_>) -> Result<String, Complaint> {
    if !is_free_token(&word.text) {
        let message = format!(
            "{:?} cannot name a token: it is not free or not a name",
            word.text
        );
        return Err(Complaint::new(word.column, message));
    }
    names.meet_token(&word.text);
    Ok(word.text.clone())
}

/// `invoke STEP [token=pending|WORD] [expect=ok|failed|ERROR_TYPE]`
pub(super) fn invoke(
    words: &mut Cursor<'_>,
    names: &mut Names<'_>,
) -> Result<Statement, Complaint> {
    let step = step(&words.need_bare("the rotation step")?)?;
    let (mut token, mut expect) = (VersionRef::Pending, InvokeOutcome::Ok);
    for (name, value) in options(words, &["token", "expect"])? {
        match name {
            "token" => token = any_token(&value, names)?,
            _ => expect = invoke_outcome(&value)?,
        }
    }
    Ok(Statement::Invoke {
        step,
        token,
        expect,
    })
}

/// A version's token, or a new word: the service may not know it.
fn any_token(word: &Word, names: &mut Names<'_>) -> Result<VersionRef, Complaint> {
    if is_free_token(&word.text) {
        names.meet_token(&word.text);
    }
    names.version(word)
}

fn invoke_outcome(word: &Word) -> Result<InvokeOutcome, Complaint> {
    match word.text.as_str() {
        "ok" => Ok(InvokeOutcome::Ok),
        "failed" => Ok(InvokeOutcome::Failed),
        kind if is_name(kind) && kind.starts_with(|c: char| c.is_ascii_uppercase()) => {
            Ok(InvokeOutcome::Error(kind.to_owned()))
        }
        other => {
            let valid = ["ok", "failed", "an error type like PendingKeyGone"];
            Err(Complaint::unknown(
                "expectation",
                other,
                word.column,
                &valid,
            ))
        }
    }
}

/// `advance DURATION`
pub(super) fn advance(words: &mut Cursor<'_>) -> Result<Statement, Complaint> {
    let word = words.need_bare("the duration")?;
    span(&word, SHORTEST_ADVANCE..=LONGEST_ADVANCE).map(Statement::Advance)
}

/// `at POINT admin …`
pub(super) fn at(words: &mut Cursor<'_>, names: &mut Names<'_>) -> Result<Statement, Complaint> {
    let point = names.point(&words.need_bare("a rotation step or the address of a call")?)?;
    let word = words.need_bare("admin")?;
    if word.text != "admin" {
        return Err(Complaint::unknown(
            "word",
            &word.text,
            word.column,
            &["admin"],
        ));
    }
    let action = super::admin::action(words, names)?;
    Ok(Statement::At { point, action })
}
