//! Wildcards and policy variables.

use super::context::Context;
use super::document::Version;

/// A text with `*` and `?`, and with variables where the document's version has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    version: Version,
}

/// Where a wildcard may stand for a colon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Colons {
    /// Anywhere: the text has no segments.
    Plain,
    /// Only where a `*` ends a segment, as in the ARNs of resources [D].
    Segments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Char(char),
    One,
    Many,
}

impl Pattern {
    /// A pattern of a document of that version.
    pub fn new(text: impl Into<String>, version: Version) -> Self {
        Self {
            text: text.into(),
            version,
        }
    }

    /// The text, as the document has it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The names of its variables.
    pub fn variables(&self) -> Vec<&str> {
        let mut names = Vec::new();
        let mut rest = self.text.as_str();
        while let (Version::V2012, Some(at)) = (self.version, rest.find("${")) {
            let Some(length) = rest[at..].find('}') else {
                break;
            };
            let inner = &rest[at + 2..at + length];
            names.push(inner.split(',').next().unwrap_or(inner).trim());
            rest = &rest[at + length + 1..];
        }
        names.retain(|name| !["*", "?", "$"].contains(name));
        names
    }

    /// Does an action match? Actions have no case [D].
    pub fn matches_action(&self, action: &str) -> bool {
        let tokens: Vec<Token> = plain(&self.text.to_ascii_lowercase());
        let action: Vec<char> = action.to_ascii_lowercase().chars().collect();
        glob(&tokens, &action, Colons::Plain)
    }

    /// Does a resource match? A variable without a value matches nothing [D].
    pub fn matches_resource(&self, resource: &str, context: &Context) -> bool {
        let resource: Vec<char> = resource.chars().collect();
        let tokens = self.tokens(context);
        tokens.is_some_and(|tokens| glob(&tokens, &resource, Colons::Segments))
    }

    /// Does a text match, with wildcards?
    pub fn is_like(&self, text: &str, context: &Context) -> bool {
        let text: Vec<char> = text.chars().collect();
        let tokens = self.tokens(context);
        tokens.is_some_and(|tokens| glob(&tokens, &text, Colons::Plain))
    }

    /// Does an ARN match? Each of its six parts is compared by itself [D].
    pub fn is_like_arn(&self, arn: &str, context: &Context) -> bool {
        let Some(tokens) = self.tokens(context) else {
            return false;
        };
        let parts: Vec<&[Token]> = tokens.splitn(6, |it| *it == Token::Char(':')).collect();
        let arn: Vec<&str> = arn.splitn(6, ':').collect();
        let is_like = |(part, text): (&&[Token], &&str)| {
            let text: Vec<char> = text.chars().collect();
            glob(part, &text, Colons::Plain)
        };
        tokens == [Token::Many] || (parts.len() == arn.len() && parts.iter().zip(&arn).all(is_like))
    }

    /// The text without wildcards and with the variables' values; none if one has no value.
    pub fn literal(&self, context: &Context) -> Option<String> {
        let letter = |token: &Token| match token {
            Token::Char(letter) => *letter,
            Token::One => '?',
            Token::Many => '*',
        };
        Some(self.tokens(context)?.iter().map(letter).collect())
    }

    /// Wildcards and letters. What a variable stands for is letters only, whatever it holds.
    fn tokens(&self, context: &Context) -> Option<Vec<Token>> {
        let mut tokens = Vec::new();
        let mut rest = self.text.as_str();
        while let (Version::V2012, Some(at)) = (self.version, rest.find("${")) {
            let Some(length) = rest[at..].find('}') else {
                break;
            };
            tokens.extend(plain(&rest[..at]));
            let value = variable(&rest[at + 2..at + length], context)?;
            tokens.extend(value.chars().map(Token::Char));
            rest = &rest[at + length + 1..];
        }
        tokens.extend(plain(rest));
        Some(tokens)
    }
}

/// The value of `${name}` or `${name, 'default'}`; `*`, `?` and `$` stand for themselves [D].
fn variable(inner: &str, context: &Context) -> Option<String> {
    let (name, default) = match inner.split_once(',') {
        Some((name, default)) => (name.trim(), Some(default.trim().trim_matches('\''))),
        None => (inner.trim(), None),
    };
    if ["*", "?", "$"].contains(&name) {
        return Some(name.to_owned());
    }
    context.single(name).or(default).map(str::to_owned)
}

fn plain(text: &str) -> Vec<Token> {
    let token = |letter| match letter {
        '*' => Token::Many,
        '?' => Token::One,
        other => Token::Char(other),
    };
    text.chars().map(token).collect()
}

/// Matches in time proportional to both lengths' product at worst: on a mismatch only the last
/// `*` is widened, never an earlier one.
fn glob(pattern: &[Token], text: &[char], colons: Colons) -> bool {
    if pattern.len() == 1 && pattern[0] == Token::Many {
        return true;
    }
    let (mut at, mut pos) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while pos < text.len() {
        match pattern.get(at) {
            Some(Token::Many) => {
                star = Some((at, pos));
                at += 1;
            }
            Some(Token::One) if colons == Colons::Plain || text[pos] != ':' => {
                (at, pos) = (at + 1, pos + 1);
            }
            Some(Token::Char(letter)) if *letter == text[pos] => (at, pos) = (at + 1, pos + 1),
            _ => {
                let Some((star_at, taken)) = star else {
                    return false;
                };
                if text[taken] == ':' && !spans(pattern, star_at, colons) {
                    return false;
                }
                star = Some((star_at, taken + 1));
                (at, pos) = (star_at + 1, taken + 1);
            }
        }
    }
    pattern[at..].iter().all(|token| *token == Token::Many)
}

/// May this `*` stand for a colon?
fn spans(pattern: &[Token], star: usize, colons: Colons) -> bool {
    let ends_segment = matches!(pattern.get(star + 1), None | Some(Token::Char(':')));
    colons == Colons::Plain || ends_segment
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Pattern {
        Pattern::new(text, Version::V2012)
    }

    #[test]
    fn wildcards_match_as_documented() {
        let context = Context::default();
        for (text, resource, is_match) in [
            ("*", "anything:at/all", true),
            ("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/a/b", true),
            ("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket", false),
            ("arn:aws:s3:::b?cket", "arn:aws:s3:::bucket", true),
            ("arn:aws:s3:::b?cket", "arn:aws:s3:::bcket", false),
            ("*a*b*c", "xxaxxbxxbc", true),
            ("a*b", "axbx", false),
            // A star in the middle of a segment stays in it; at its end it may go on.
            (
                "arn:aws:sm:*:secret:x",
                "arn:aws:sm:eu-west-1:1:secret:x",
                true,
            ),
            (
                "arn:aws:sm:e*t-1:secret:x",
                "arn:aws:sm:eu:1:t-1:secret:x",
                false,
            ),
            ("arn:aws:sm:*", "arn:aws:sm:eu-west-1:1:secret:x", true),
            ("a?b", "a:b", false),
        ] {
            let found = pattern(text).matches_resource(resource, &context);
            assert_eq!(found, is_match, "{text} {resource}");
        }
    }

    #[test]
    fn actions_have_no_case_and_resources_have() {
        assert!(pattern("SecretsManager:get*").matches_action("secretsmanager:GetSecretValue"));
        assert!(!pattern("secretsmanager:Get").matches_action("secretsmanager:GetSecretValue"));
        assert!(!pattern("arn:X").matches_resource("arn:x", &Context::default()));
    }

    #[test]
    fn variables_stand_for_what_the_request_has_and_never_for_wildcards() {
        let mut context = Context::default();
        context.set("aws:username", Some("a*"));
        assert!(pattern("home/${aws:UserName}").matches_resource("home/a*", &context));
        assert!(!pattern("home/${aws:username}").matches_resource("home/abc", &context));
        assert!(pattern("${*}x${?}${$}").matches_resource("*x?$", &context));
        assert!(!pattern("${*}x").matches_resource("ax", &context));
        assert!(!pattern("x${aws:PrincipalTag/team}").matches_resource("x", &context));
        let with_default = pattern("x-${aws:PrincipalTag/team, 'core'}");
        assert!(with_default.matches_resource("x-core", &context));
        assert!(pattern("${aws:username").matches_resource("${aws:username", &context));
        let old = Pattern::new("${aws:username}", Version::V2008);
        assert!(!old.matches_resource("a*", &context));
        assert!(old.matches_resource("${aws:username}", &context));
    }

    #[test]
    fn arns_are_compared_part_by_part() {
        let context = Context::default();
        let like = |text: &str, arn: &str| pattern(text).is_like_arn(arn, &context);
        assert!(like("arn:*:iam::1:role/*", "arn:aws:iam::1:role/a/b:c"));
        assert!(!like("arn:aws:*:role/x", "arn:aws:iam::1:role/x"));
        assert!(like("*", "arn:aws:iam::1:role/x"));
    }

    #[test]
    fn many_stars_do_not_take_for_ever() {
        let text = "a".repeat(5_000);
        assert!(!pattern(&"*a".repeat(200)).is_like(&format!("{text}b"), &Context::default()));
    }
}
