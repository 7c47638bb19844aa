//! An SQL statement as people may see it: its operation and its text without values.
//!
//! A lexer, no parser: it knows where literals and comments begin and end, in both dialects, so that
//! a password never gets into a text. What it does not understand it takes for a literal.

/// Whose quoting rules a statement follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Double quotes are for names, `$tag$` quotes, a backslash escapes after `E` only.
    Postgres,
    /// Double quotes are for texts, backticks for names, a backslash always escapes.
    Mysql,
}

/// What people may see of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Statement {
    /// The keyword that it begins with, in capitals; `PASSWORD` for `SET PASSWORD`, since all else
    /// that is set is a setting. Of several statements in one message, the first that is more than a
    /// transaction or a setting.
    pub(super) operation: String,
    /// Its words, with `'…'` where a value stood.
    pub(super) text: String,
}

/// How many letters of a text are kept.
const TEXT_MAX: usize = 300;
/// The longest keyword.
const KEYWORD_MAX: usize = 24;
/// Statements that prepare for others.
const PREPARING: [&str; 3] = ["BEGIN", "START", "SET"];

impl Statement {
    /// Reads a message of statements, or its beginning.
    pub(super) fn read(text: &[u8], dialect: Dialect) -> Self {
        let text = String::from_utf8_lossy(text);
        let mut shown = Shown::default();
        let mut rest: &str = &text;
        while let Some((token, left)) = next(rest, dialect) {
            shown.take(token);
            rest = left;
        }
        shown.into_statement()
    }
}

/// A piece of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'a> {
    /// A word or a name, quoted or not.
    Word(&'a str),
    /// A value.
    Literal,
    /// Space or a comment.
    Space,
    /// Anything else.
    Symbol(char),
}

/// What has been read so far.
#[derive(Default)]
struct Shown {
    text: String,
    keywords: Vec<String>,
    /// Has the current statement its keyword?
    has_begun: bool,
    is_cut: bool,
    /// Was the last word `SET`?
    sets: bool,
}

impl Shown {
    fn take(&mut self, token: Token<'_>) {
        match token {
            Token::Space => return self.push_space(),
            Token::Symbol(';') => self.has_begun = false,
            Token::Word(word) if !self.has_begun => self.begin(word),
            Token::Word(word) if self.sets => self.set(word),
            _ => {}
        }
        match token {
            Token::Word(word) => self.push(word),
            Token::Literal => self.push("'…'"),
            Token::Symbol(symbol) => self.push(symbol.encode_utf8(&mut [0; 4])),
            Token::Space => {}
        }
    }

    fn begin(&mut self, word: &str) {
        self.has_begun = true;
        let is_keyword = word.len() <= KEYWORD_MAX && word.bytes().all(|b| b.is_ascii_alphabetic());
        if is_keyword && self.keywords.len() < 8 {
            self.keywords.push(word.to_ascii_uppercase());
            self.sets = word.eq_ignore_ascii_case("set");
        }
    }

    /// What is it that is set?
    fn set(&mut self, word: &str) {
        self.sets = false;
        if let Some(last) = self
            .keywords
            .last_mut()
            .filter(|_| word.eq_ignore_ascii_case("password"))
        {
            "PASSWORD".clone_into(last);
        }
    }

    fn push(&mut self, text: &str) {
        let is_full = self.text.chars().count() + text.chars().count() > TEXT_MAX;
        self.is_cut |= is_full;
        if !self.is_cut {
            self.text.push_str(text);
        }
    }

    fn push_space(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with(' ') {
            self.push(" ");
        }
    }

    fn into_statement(self) -> Statement {
        let telling = |word: &&String| !PREPARING.contains(&word.as_str());
        let operation = self.keywords.iter().find(telling).or(self.keywords.first());
        let operation = operation.map_or("Query", String::as_str).to_owned();
        let mut text = self.text.trim_end().to_owned();
        if self.is_cut {
            text.push('…');
        }
        Statement { operation, text }
    }
}

/// The next token and what follows it.
fn next(text: &str, dialect: Dialect) -> Option<(Token<'_>, &str)> {
    let first = text.chars().next()?;
    let token = match first {
        _ if first.is_whitespace() => (Token::Space, text.trim_start()),
        _ if is_comment(text, dialect) => (Token::Space, after_comment(text, dialect)),
        '\'' => literal(text, '\'', dialect == Dialect::Mysql),
        '"' if dialect == Dialect::Mysql => literal(text, '"', true),
        '"' | '`' => name(text, first),
        '$' if dialect == Dialect::Postgres => dollar(text),
        _ if is_word(first) => word(text, dialect),
        _ => (Token::Symbol(first), &text[first.len_utf8()..]),
    };
    Some(token)
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

fn is_comment(text: &str, dialect: Dialect) -> bool {
    let is_hash = dialect == Dialect::Mysql && text.starts_with('#');
    is_hash || text.starts_with("--") || text.starts_with("/*")
}

fn after_comment(text: &str, dialect: Dialect) -> &str {
    if !text.starts_with("/*") {
        return text.find('\n').map_or("", |at| &text[at..]);
    }
    let nests = dialect == Dialect::Postgres;
    let (mut depth, mut rest) = (1_u32, &text[2..]);
    while depth > 0 {
        let Some(end) = rest.find("*/") else {
            return "";
        };
        match rest.find("/*").filter(|start| nests && *start < end) {
            Some(start) => (depth, rest) = (depth + 1, &rest[start + 2..]),
            None => (depth, rest) = (depth - 1, &rest[end + 2..]),
        }
    }
    rest
}

/// A text in quotes; a doubled quote stands for one.
fn literal(text: &str, quote: char, escapes: bool) -> (Token<'_>, &str) {
    (Token::Literal, &text[quoted(text, quote, escapes)..])
}

/// A name in quotes, with them.
fn name(text: &str, quote: char) -> (Token<'_>, &str) {
    let (name, rest) = text.split_at(quoted(text, quote, false));
    // A name without an end may be anything.
    let is_whole = name.len() > 1 && name.ends_with(quote);
    (
        if is_whole {
            Token::Word(name)
        } else {
            Token::Literal
        },
        rest,
    )
}

/// How long a quoted text is, its quotes included; one without an end goes on to the end.
fn quoted(text: &str, quote: char, escapes: bool) -> usize {
    let mut letters = text.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        if escapes && letter == '\\' {
            letters.next();
        } else if letter == quote && letters.next_if(|(_, next)| *next == quote).is_none() {
            return at + letter.len_utf8();
        }
    }
    text.len()
}

/// `$tag$…$tag$`, or the place of a parameter.
fn dollar(text: &str) -> (Token<'_>, &str) {
    let tag = text[1..].find('$').map(|end| &text[..end + 2]);
    let is_tag = |tag: &&str| {
        let inner = &tag[1..tag.len() - 1];
        inner.chars().all(is_word) && !inner.starts_with(|c: char| c.is_ascii_digit())
    };
    let Some(tag) = tag.filter(is_tag) else {
        return (Token::Symbol('$'), &text[1..]);
    };
    let end = text[tag.len()..].find(tag).map(|at| at + 2 * tag.len());
    (Token::Literal, end.map_or("", |end| &text[end..]))
}

/// A word, or a literal with letters before its quote: `E'…'`, `N'…'`, `U&'…'`, `_utf8'…'`.
fn word(text: &str, dialect: Dialect) -> (Token<'_>, &str) {
    let is_end = |letter: char| !is_word(letter) && letter != '$';
    let end = text.find(is_end).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    let literal_at = rest.strip_prefix('&').unwrap_or(rest);
    if word.len() == 1 && literal_at.starts_with('\'') {
        let escapes = dialect == Dialect::Mysql || word.eq_ignore_ascii_case("e");
        return literal(literal_at, '\'', escapes);
    }
    (Token::Word(word), rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn postgres(text: &str) -> (String, String) {
        let read = Statement::read(text.as_bytes(), Dialect::Postgres);
        (read.operation, read.text)
    }

    fn mysql(text: &str) -> String {
        Statement::read(text.as_bytes(), Dialect::Mysql).text
    }

    #[test]
    fn a_statement_is_named_by_its_keyword_and_shown_without_values() {
        let (operation, text) = postgres("alter role \"app\"  with PASSWORD 'it''s $ecret'\n;");
        assert_eq!(operation, "ALTER");
        assert_eq!(text, "alter role \"app\" with PASSWORD '…' ;");
        let (operation, text) = postgres("/* who /* knows */ */ -- 'x\n (select $1, 7)");
        assert_eq!(
            (operation.as_str(), text.as_str()),
            ("SELECT", "(select $1, 7)")
        );
    }

    #[test]
    fn what_only_prepares_names_no_message_with_more_in_it() {
        assert_eq!(postgres("BEGIN").0, "BEGIN");
        assert_eq!(
            postgres("begin; set a = 'b'; ALTER USER x; commit").0,
            "ALTER"
        );
        assert_eq!(postgres("").0, "Query");
        assert_eq!(postgres("set password = password('x')").0, "PASSWORD");
        assert_eq!(postgres("SET AUTOCOMMIT = 0; SET NAMES x").0, "SET");
        assert_eq!(postgres("'x'").0, "Query");
    }

    #[test]
    fn every_way_to_write_a_value_is_known() {
        for value in [
            "'a b'",
            "'a''b'",
            "E'a\\'b'",
            "e'a\\\\'",
            "N'a'",
            "B'01'",
            "U&'a'",
            "$$a'b$$",
            "$x$ a $$ b $x$",
            "'a\\'",
            "'without an end",
        ] {
            assert_eq!(
                postgres(&format!("SET x TO {value}")).1,
                "SET x TO '…'",
                "{value}"
            );
        }
        for value in [
            "'a'",
            "\"a b\"",
            "'a\\'b'",
            "\"a\\\"b\"",
            "'a''b'",
            "\"no end",
        ] {
            assert_eq!(mysql(&format!("SET x = {value}")), "SET x = '…'", "{value}");
        }
        assert_eq!(
            mysql("ALTER USER `a b`@'%' # 'x'\n;"),
            "ALTER USER `a b`@'…' ;"
        );
    }

    #[test]
    fn a_long_statement_is_cut() {
        let text = postgres(&format!("SELECT {}", "x, ".repeat(1000))).1;
        assert!(
            text.chars().count() <= TEXT_MAX + 1 && text.ends_with('…'),
            "{text}"
        );
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            Statement::read(&bytes, Dialect::Postgres);
            Statement::read(&bytes, Dialect::Mysql);
        }

        #[test]
        fn no_password_is_shown(password in "\\PC{1,40}", before in "[a-z ]{0,20}") {
            let doubled = password.replace('\'', "''");
            let (_, text) = postgres(&format!("{before} 'S3cret{doubled}S3cret' after"));
            prop_assert!(!text.contains("S3cret"), "{}", text);
            let escaped = password.replace('\\', "\\\\").replace('\'', "\\'");
            let text = mysql(&format!("{before} 'S3cret{escaped}S3cret' after"));
            prop_assert!(!text.contains("S3cret"), "{}", text);
        }
    }
}
