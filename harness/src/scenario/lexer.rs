//! Words of a line: bare, `"quoted"`, or `name="quoted"`.

use super::error::Complaint;

/// How a word was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quoting {
    /// Without quotes.
    Bare,
    /// `name="value"`.
    Value,
    /// In quotes as a whole.
    Whole,
}

/// A word, its quotes and escapes resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) column: usize,
    pub(super) quoting: Quoting,
}

impl Word {
    /// `name=value` as the name and the value's word.
    pub(super) fn split_option(&self) -> Option<(&str, Self)> {
        if self.quoting == Quoting::Whole {
            return None;
        }
        let (name, value) = self.text.split_once('=')?;
        let column = self.column + name.chars().count() + 1;
        let quoting = match self.quoting {
            Quoting::Value => Quoting::Whole,
            other => other,
        };
        Some((
            name,
            Self {
                text: value.to_owned(),
                column,
                quoting,
            },
        ))
    }
}

/// Reads a line word by word. A word that starts with `#` begins a comment.
#[derive(Clone)]
pub(super) struct Cursor<'a> {
    /// What has not been read yet.
    rest: &'a str,
    column: usize,
}

/// Longer texts belong into a section.
const LONGEST_LINE: usize = 16 << 10;

impl<'a> Cursor<'a> {
    /// A cursor before the first word; an overlong line or one with control characters is refused.
    pub(super) fn new(line: &'a str) -> Result<Self, Complaint> {
        if line.len() > LONGEST_LINE {
            return Err(Complaint::new(1, "the line is longer than 16 KiB"));
        }
        match line.chars().position(|c| c.is_control() && c != '\t') {
            Some(at) => Err(Complaint::new(
                at + 1,
                "a control character is not allowed here",
            )),
            None => Ok(Self {
                rest: line,
                column: 1,
            }),
        }
    }

    /// The next word, if the line has one.
    pub(super) fn next_word(&mut self) -> Result<Option<Word>, Complaint> {
        self.skip_blanks();
        let (rest, column) = (self.rest, self.column);
        if rest.is_empty() || rest.starts_with('#') {
            return Ok(None);
        }
        let (text, quoting, used) = scan(rest).map_err(|(at, message)| {
            Complaint::new(column + rest[..at].chars().count(), message)
        })?;
        self.skip(used);
        Ok(Some(Word {
            text,
            column,
            quoting,
        }))
    }

    /// The next word, which must be there.
    pub(super) fn need(&mut self, what: &str) -> Result<Word, Complaint> {
        match self.next_word()? {
            Some(word) => Ok(word),
            None => Err(Complaint::new(self.column, format!("{what} is missing"))),
        }
    }

    /// The next word, which must be there; in quotes only if there is a blank in it.
    pub(super) fn need_place(&mut self, what: &str) -> Result<Word, Complaint> {
        let mut ahead = self.clone();
        match ahead.need(what)? {
            word if word.quoting != Quoting::Bare && word.text.contains(' ') => {
                *self = ahead;
                Ok(word)
            }
            _ => self.need_bare(what),
        }
    }

    /// The next word, which must be there and without quotes.
    pub(super) fn need_bare(&mut self, what: &str) -> Result<Word, Complaint> {
        let word = self.need(what)?;
        match word.quoting {
            Quoting::Bare => Ok(word),
            _ => Err(Complaint::new(
                word.column,
                format!("{what} is written without quotes"),
            )),
        }
    }

    /// The rest of the line as it stands, without the blanks around it.
    pub(super) fn rest(&mut self) -> (usize, &'a str) {
        self.skip_blanks();
        let (rest, column) = (self.rest.trim_end(), self.column);
        self.rest = "";
        (column, rest)
    }

    /// Fails if there is another word.
    pub(super) fn end(&mut self) -> Result<(), Complaint> {
        match self.next_word()? {
            Some(word) => {
                let message = format!("nothing may follow here, but {:?} does", word.text);
                Err(Complaint::new(word.column, message))
            }
            None => Ok(()),
        }
    }

    fn skip_blanks(&mut self) {
        self.skip(self.rest.len() - self.rest.trim_start().len());
    }

    fn skip(&mut self, bytes: usize) {
        let (read, rest) = self.rest.split_at(bytes);
        self.column += read.chars().count();
        self.rest = rest;
    }
}

/// A word at the start of `rest`: its text, how it was written and how many bytes it took; or the
/// byte at which it is wrong.
type Scanned = Result<(String, Quoting, usize), (usize, &'static str)>;

fn scan(rest: &str) -> Scanned {
    let (prefix, quoting) = match quoted_value(rest) {
        _ if rest.starts_with('"') => (0, Quoting::Whole),
        Some(at) => (at, Quoting::Value),
        None => {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            return Ok((rest[..end].to_owned(), Quoting::Bare, end));
        }
    };
    let (value, end) = unquote(rest, prefix)?;
    if rest[end..].starts_with(|c: char| !c.is_whitespace()) {
        return Err((end, "a blank is missing after the closing quote"));
    }
    Ok((format!("{}{value}", &rest[..prefix]), quoting, end))
}

/// Where the quote of `name="` stands, if the text starts like that.
fn quoted_value(rest: &str) -> Option<usize> {
    let name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let end = rest.find(|c| !name(c))?;
    (end > 0 && rest[end..].starts_with("=\"")).then_some(end + 1)
}

/// Reads the quoted text whose opening quote stands at `start`; also says where it ends.
fn unquote(rest: &str, start: usize) -> Result<(String, usize), (usize, &'static str)> {
    let mut text = String::new();
    let mut chars = rest[start + 1..]
        .char_indices()
        .map(|(at, c)| (at + start + 1, c));
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok((text, at + 1)),
            '\\' => text.push(escape(&mut chars).ok_or((at, "unknown escape in quotes"))?),
            other => text.push(other),
        }
    }
    Err((start, "the closing quote is missing"))
}

/// What follows a backslash.
fn escape(chars: &mut impl Iterator<Item = (usize, char)>) -> Option<char> {
    match chars.next()?.1 {
        c @ ('"' | '\\') => Some(c),
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        'u' => {
            chars.next().filter(|(_, c)| *c == '{')?;
            let digits: String = chars
                .map(|(_, c)| c)
                .take_while(|c| *c != '}')
                .take(7)
                .collect();
            char::from_u32(u32::from_str_radix(&digits, 16).ok()?)
        }
        _ => None,
    }
}

/// Writes a text so that it reads back as one word: bare if it can be.
pub(super) fn quote(text: &str) -> String {
    let needs_quotes = text.is_empty()
        || text.starts_with(['"', '#', '@'])
        || text.contains("=\"")
        || text.contains(|c: char| c.is_whitespace() || c.is_control());
    if !needs_quotes {
        return text.to_owned();
    }
    always_quote(text)
}

/// Writes a text in quotes.
pub(super) fn always_quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted += "\\\"",
            '\\' => quoted += "\\\\",
            c if c.is_control() => quoted.extend(c.escape_unicode()),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(line: &str) -> Vec<String> {
        let mut cursor = Cursor::new(line).unwrap();
        std::iter::from_fn(|| cursor.next_word().unwrap())
            .map(|word| word.text)
            .collect()
    }

    #[test]
    fn words_are_bare_or_quoted() {
        let line = "a\t{\"b\":1} \"c d\" e=\"f \\\"g\\u{41}\" h#1 # i";
        assert_eq!(words(line), ["a", "{\"b\":1}", "c d", "e=f \"gA", "h#1"]);
    }

    #[test]
    fn broken_quotes_are_located() {
        let column = |line| Cursor::new(line).unwrap().next_word().unwrap_err().column;
        assert_eq!(column("  \"abc"), 3);
        assert_eq!(column("\"a\"b"), 4);
        assert_eq!(column("\"é\\q\""), 3);
        assert_eq!(Cursor::new("a\u{1b}").err().unwrap().column, 2);
    }

    proptest! {
        #[test]
        fn what_is_quoted_is_read_back(text in any::<String>()) {
            prop_assert_eq!(words(&format!("x {}", quote(&text))), ["x", text.as_str()]);
            prop_assert_eq!(words(&format!("x={}", quote(&text))), [format!("x={text}")]);
        }
    }
}
