//! How callers name a function: by its name, a part of its ARN or the whole, with or without a
//! qualifier [MODEL].

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;

use regex::Regex;

use crate::ids::{FunctionArn, Scope};

use super::arn_of;
use super::error::LambdaError;

/// A function as a caller names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Its name.
    pub name: String,
    /// The version or alias that is meant, if one is named.
    pub qualifier: Option<Qualifier>,
    region: Option<String>,
    account: Option<String>,
}

/// What follows a function's name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Qualifier {
    /// `$LATEST`.
    Latest,
    /// A published version.
    Version(u64),
    /// An alias.
    Alias(String),
}

impl Qualifier {
    /// Reads a qualifier; none if it is not one. What begins with `$` and is not `$LATEST` is one
    /// that nothing has [R].
    pub fn parse(text: &str) -> Option<Self> {
        if text == "$LATEST" {
            return Some(Self::Latest);
        }
        if !is_met(&QUALIFIER, text) {
            return None;
        }
        let number = text.parse().map(Self::Version);
        Some(number.unwrap_or_else(|_| Self::Alias(text.to_owned())))
    }

    /// Can an alias have this name?
    pub fn is_alias_name(text: &str) -> bool {
        let is_letter = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        let is_word = !text.is_empty() && text.bytes().all(is_letter);
        is_word && !text.bytes().all(|b| b.is_ascii_digit())
    }
}

impl fmt::Display for Qualifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latest => f.write_str("$LATEST"),
            Self::Version(number) => write!(f, "{number}"),
            Self::Alias(name) => f.write_str(name),
        }
    }
}

/// A function's name in any of its forms, with a version of it perhaps [MODEL].
pub const NAMESPACED_PATTERN: &str = r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?";
/// The same for operations that take the name of a function alone [MODEL].
pub const NAME_PATTERN: &str = r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?";
/// A qualifier beside a name [MODEL].
pub const QUALIFIER_PATTERN: &str = r"\$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+";

static NAMESPACED: LazyLock<Regex> = LazyLock::new(|| whole(NAMESPACED_PATTERN));
static NAME: LazyLock<Regex> = LazyLock::new(|| whole(NAME_PATTERN));
static QUALIFIER: LazyLock<Regex> = LazyLock::new(|| whole(QUALIFIER_PATTERN));

/// The parts of a name. Any Region will do here, since an emulator is given what its users please.
static PARTS: LazyLock<Regex> = LazyLock::new(|| {
    whole(
        r"(?:arn:(?:aws[a-zA-Z-]*)?:lambda:(?P<named>[a-z0-9-]+):)?(?:(?P<region>(?:eusc-)?[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]+-\d):)?(?:(?P<account>\d{12}):)?(?:function:)?(?P<name>[a-zA-Z0-9-_\.]+)(?::(?P<qualifier>\$LATEST(?:\.PUBLISHED)?|[a-zA-Z0-9-_]+))?",
    )
});

fn whole(pattern: &str) -> Regex {
    Regex::new(&format!("^(?:{pattern})$")).expect("the pattern is a constant and tested")
}

fn is_met(pattern: &Regex, text: &str) -> bool {
    pattern.is_match(text)
}

/// Does a name meet [`NAMESPACED_PATTERN`]?
pub fn is_namespaced(text: &str) -> bool {
    is_met(&NAMESPACED, text)
}

/// Does a name meet [`NAME_PATTERN`]?
pub fn is_name(text: &str) -> bool {
    is_met(&NAME, text)
}

impl Reference {
    /// Reads `name`, `111122223333:function:name`, `arn:aws:lambda:…:function:name`, each perhaps
    /// with `:qualifier`; `beside` is a qualifier that travels by itself. None if it is no name.
    pub fn parse(text: &str, beside: Option<Qualifier>) -> Option<Self> {
        let parts = PARTS.captures(text)?;
        let part = |name: &str| parts.name(name).map(|part| part.as_str().to_owned());
        let inside = match part("qualifier") {
            Some(qualifier) => Some(Qualifier::parse(&qualifier)?),
            None => None,
        };
        Some(Self {
            name: part("name")?,
            qualifier: inside.or(beside),
            region: part("named").or_else(|| part("region")),
            account: part("account"),
        })
    }

    /// Does a qualifier that travels beside the name say something else than the name does?
    pub fn is_contradicted(text: &str, beside: &Qualifier) -> bool {
        let inside = Self::parse(text, None).and_then(|it| it.qualifier);
        inside.is_some_and(|inside| inside != *beside)
    }

    /// Is it in another account than the caller?
    pub fn is_foreign(&self, here: &Scope) -> bool {
        let account = self.account.as_deref();
        account.is_some_and(|account| account != here.account.as_str())
    }

    /// A function of another place is not reached from here [R].
    ///
    /// # Errors
    /// It is another's.
    pub fn check_place(&self, scope: &Scope) -> Result<(), LambdaError> {
        let here = scope.region.as_str();
        match self.region.as_deref() {
            Some(there) if there != here => Err(LambdaError::ForeignRegion {
                there: there.to_owned(),
                here: here.to_owned(),
            }),
            _ if self
                .account
                .as_deref()
                .is_some_and(|a| a != scope.account.as_str()) =>
            {
                Err(self.not_found(scope))
            }
            _ => Ok(()),
        }
    }

    /// Where the function is, as far as that is named; else where `here` is.
    pub fn place(&self, here: &Scope) -> Scope {
        let account = self.account.as_deref().map(crate::ids::AccountId::new);
        let region = self.region.as_deref().map(crate::ids::Region::new);
        Scope {
            account: account.unwrap_or_else(|| here.account.clone()),
            region: region.unwrap_or_else(|| here.region.clone()),
        }
    }

    /// Where calls from `caller` look for the function: in another account if one is named, but in
    /// no other Region.
    pub fn owner<'s>(&self, caller: &'s Scope) -> Cow<'s, Scope> {
        let place = self.place(caller);
        if place.region == caller.region && place.account != caller.account {
            Cow::Owned(place)
        } else {
            Cow::Borrowed(caller)
        }
    }

    /// The ARN, with the qualifier if one was named.
    pub fn arn(&self, scope: &Scope) -> FunctionArn {
        let arn = arn_of(scope, &self.name);
        match &self.qualifier {
            Some(qualifier) => FunctionArn::new(format!("{arn}:{qualifier}")),
            None => arn,
        }
    }

    /// The same function without a qualifier.
    pub fn unqualified(&self) -> Self {
        Self {
            qualifier: None,
            ..self.clone()
        }
    }

    /// The same function with the qualifier that is meant where none is given.
    pub fn qualified(self) -> Self {
        Self {
            qualifier: self.qualifier.or(Some(Qualifier::Latest)),
            ..self
        }
    }

    /// What says that there is no such function.
    pub fn not_found(&self, scope: &Scope) -> LambdaError {
        let Scope { account, .. } = self.place(scope);
        let region = scope.region.clone();
        LambdaError::FunctionNotFound(self.arn(&Scope { account, region }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Option<(String, Option<Qualifier>)> {
        Reference::parse(text, None).map(|found| (found.name, found.qualifier))
    }

    #[test]
    fn a_function_is_named_in_every_form_of_the_model() {
        let whole = "arn:aws:lambda:us-east-1:000000000000:function:f";
        for form in ["f", "function:f", "000000000000:function:f", whole] {
            assert_eq!(parsed(form), Some(("f".to_owned(), None)), "{form}");
            let version = Some(("f".to_owned(), Some(Qualifier::Version(3))));
            assert_eq!(parsed(&format!("{form}:3")), version, "{form}");
        }
        let live = Some(("f".to_owned(), Some(Qualifier::Alias("live".to_owned()))));
        assert_eq!(parsed("f:live"), live);
        assert_eq!(parsed("f:$LATEST").unwrap().1, Some(Qualifier::Latest));
        // What is no function's name can still be asked for [R].
        let of_arn = "arn:aws:lambda:us-east-1:000000000000:function";
        assert_eq!(parsed(of_arn), Some(("function".to_owned(), None)));
        assert_eq!(parsed(&"f".repeat(65)), Some(("f".repeat(65), None)));
        let nothing = Some(Qualifier::Alias("$latest".to_owned()));
        assert_eq!(Qualifier::parse("$latest"), nothing);
        assert!(!Qualifier::is_alias_name("$latest") && !Qualifier::is_alias_name("7"));
    }

    #[test]
    fn anything_else_is_no_function() {
        for text in [
            "",
            "a b",
            "f:",
            "f:a b",
            "f:1:2",
            "arn:aws:sqs:x:y:f",
            "../f",
            "f/g",
            "f:$LATES",
            "arn:aws:lambda::000000000000:function:f",
            "invalid-account:function:f",
        ] {
            assert_eq!(parsed(text), None, "{text}");
            assert!(!is_namespaced(text) && !is_name(text), "{text}");
        }
        // A constraint is not met, though the parts can be read.
        for text in [
            "arn:aws:lambda:invalid-region:000000000000:function:f",
            "arn:aws:lambda:us-east-1::function:f",
        ] {
            assert!(!is_namespaced(text) && !is_name(text), "{text}");
        }
        assert!(is_namespaced("a.b") && !is_name("a.b"));
    }

    #[test]
    fn another_place_is_told() {
        let here = Scope::default();
        let check = |text| Reference::parse(text, None).unwrap().check_place(&here);
        assert!(check("arn:aws:lambda:us-east-1:000000000000:function:f").is_ok());
        assert!(matches!(
            check("arn:aws:lambda:eu-west-1:000000000000:function:f"),
            Err(LambdaError::ForeignRegion { .. })
        ));
        assert!(matches!(
            check("111122223333:function:f"),
            Err(LambdaError::FunctionNotFound(arn)) if arn.as_str().contains("111122223333")
        ));
    }
}
