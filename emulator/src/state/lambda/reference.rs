//! How callers name a function: by its name, a part of its ARN or the whole, with or without a
//! qualifier [MODEL].

use std::borrow::Cow;
use std::fmt;

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
    /// Reads a qualifier; none if it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "$LATEST" {
            return Some(Self::Latest);
        }
        if !is_name(text) || text.len() > 128 {
            return None;
        }
        let number = text.parse().map(Self::Version);
        Some(number.unwrap_or_else(|_| Self::Alias(text.to_owned())))
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

/// Letters, digits, `-` and `_`.
fn is_name(text: &str) -> bool {
    let is_letter = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    !text.is_empty() && text.bytes().all(is_letter)
}

impl Reference {
    /// Reads `name`, `111122223333:function:name`, `arn:aws:lambda:…:function:name`, each perhaps
    /// with `:qualifier`; `beside` is a qualifier that travels by itself. None if it is no name.
    pub fn parse(text: &str, beside: Option<Qualifier>) -> Option<Self> {
        let parts: Vec<&str> = text.split(':').collect();
        let (place, rest) = match parts[..] {
            [
                "arn",
                _,
                "lambda",
                region,
                account,
                "function",
                ref rest @ ..,
            ] => (Some((Some(region), account)), rest),
            [account, "function", ref rest @ ..] if is_account(account) => {
                (Some((None, account)), rest)
            }
            ["function", ref rest @ ..] if !rest.is_empty() => (None, rest),
            ref rest => (None, rest),
        };
        let (name, inside) = match *rest {
            [name] => (name, None),
            [name, qualifier] => (name, Some(Qualifier::parse(qualifier)?)),
            _ => return None,
        };
        if !is_name(name) || name.len() > 64 {
            return None;
        }
        Some(Self {
            name: name.to_owned(),
            qualifier: inside.or(beside),
            region: place.and_then(|(region, _)| region).map(str::to_owned),
            account: place.map(|(_, account)| account.to_owned()),
        })
    }

    /// A function of another place is not reached from here [R].
    pub(super) fn check_place(&self, scope: &Scope) -> Result<(), LambdaError> {
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

    /// What says that there is no such function.
    pub fn not_found(&self, scope: &Scope) -> LambdaError {
        let Scope { account, .. } = self.place(scope);
        let region = scope.region.clone();
        LambdaError::FunctionNotFound(self.arn(&Scope { account, region }))
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
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
        let number = "f".repeat(64);
        assert!(parsed(&number).is_some() && parsed(&format!("{number}f")).is_none());
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
        ] {
            assert_eq!(parsed(text), None, "{text}");
        }
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
