//! Which wire requests a rule is about: `[step/][service.]Operation[#n][@k]`, or `call:N`.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::nearest::nearest;
use crate::ids::Step;

/// The services that an address can name: those of AWS, and what is spoken on a link to a target.
pub const SERVICES: [&str; 8] = [
    "secretsmanager",
    "appsync",
    "graphql",
    "events",
    "http",
    "mysql",
    "postgres",
    "tcp",
];

/// Those of them whose operations nobody can list: keywords of SQL, paths.
const LINKS: [&str; 4] = ["http", "mysql", "postgres", "tcp"];

/// The address of wire requests.
///
/// `createSecret/CreateApiKey#2@3` is the second CreateApiKey of the third invocation for
/// createSecret, all counted from the moment when the rule is armed. Without a step it matches any
/// caller, also one outside an invocation. `appsync.*` is every call of a service, `*` every call;
/// `call:17` is how machines write `*#17`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address {
    /// Only calls made during this rotation step.
    pub step: Option<Step>,
    /// Only calls of this service.
    pub service: Option<String>,
    /// The AWS name of the operation, `GraphQL`, or [`Address::ANY`].
    pub operation: String,
    /// Fire from this matching request on; `None` is the first.
    pub nth: Option<NonZeroU32>,
    /// Only calls of this distinct invocation.
    pub invocation: Option<NonZeroU32>,
}

impl Address {
    /// The operation of an address that means all operations.
    pub const ANY: &'static str = "*";

    /// Whether the address is about calls of this operation.
    pub fn is_about(&self, operation: &str, service: &str) -> bool {
        let is_operation = self.operation == Self::ANY || self.operation == operation;
        is_operation && self.service.as_deref().is_none_or(|known| known == service)
    }

    /// Reads an address whose operation must be one of `known`.
    pub fn parse(text: &str, known: &[&str]) -> Result<Self, AddressError> {
        let address: Self = text.parse()?;
        address.check(known)?;
        Ok(address)
    }

    /// Whether it is about calls to a target, which no AWS service answers.
    pub fn is_on_a_link(&self) -> bool {
        self.service
            .as_deref()
            .is_some_and(|name| LINKS.contains(&name))
    }

    /// Fails unless the operation is one of `known`, or one of a target.
    pub fn check(&self, known: &[&str]) -> Result<(), AddressError> {
        if self.is_on_a_link()
            || self.operation == Self::ANY
            || known.contains(&self.operation.as_str())
        {
            return Ok(());
        }
        Err(AddressError::UnknownOperation {
            word: self.operation.clone(),
            nearest: nearest(&self.operation, known.iter().copied()).map(str::to_owned),
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(step) = self.step {
            write!(f, "{step}/")?;
        }
        if let Some(service) = &self.service {
            write!(f, "{service}.")?;
        }
        f.write_str(&self.operation)?;
        if let Some(nth) = self.nth {
            write!(f, "#{nth}")?;
        }
        match self.invocation {
            Some(invocation) => write!(f, "@{invocation}"),
            None => Ok(()),
        }
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        if text.starts_with("call:") {
            return Ok(Self {
                step: None,
                service: None,
                operation: Self::ANY.to_owned(),
                nth: split_count(text, ':')?.1,
                invocation: None,
            });
        }
        let (rest, invocation) = split_count(text, '@')?;
        let (rest, nth) = split_count(rest, '#')?;
        let (step, operation) = match rest.split_once('/') {
            // A slash behind a dot is of a path.
            Some((step, operation)) if !step.contains('.') => (Some(read_step(step)?), operation),
            _ => (None, rest),
        };
        let (service, operation) = match operation.split_once('.') {
            Some((service, operation)) => (Some(read_service(service)?), operation),
            None => (None, operation),
        };
        let is_request = service.as_deref() == Some("http") && is_request(operation);
        if !is_request && !is_operation(operation) {
            return Err(AddressError::NotAnOperation {
                word: operation.to_owned(),
            });
        }
        Ok(Self {
            step,
            service,
            operation: operation.to_owned(),
            nth,
            invocation,
        })
    }
}

impl TryFrom<String> for Address {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, AddressError> {
        text.parse()
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.to_string()
    }
}

/// Takes `{mark}{count}` off the end, if the mark is there.
fn split_count(text: &str, mark: char) -> Result<(&str, Option<NonZeroU32>), AddressError> {
    let Some((rest, digits)) = text.split_once(mark) else {
        return Ok((text, None));
    };
    let canonical = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    let count = digits.parse().ok().filter(|_| canonical);
    let count = count.ok_or_else(|| AddressError::Count {
        mark,
        word: digits.to_owned(),
    })?;
    Ok((rest, Some(count)))
}

fn read_step(word: &str) -> Result<Step, AddressError> {
    word.parse().map_err(|_| AddressError::UnknownStep {
        word: word.to_owned(),
        nearest: nearest(word, Step::ALL.map(Step::as_str)),
    })
}

fn read_service(word: &str) -> Result<String, AddressError> {
    if SERVICES.contains(&word) {
        return Ok(word.to_owned());
    }
    Err(AddressError::UnknownService {
        word: word.to_owned(),
        nearest: nearest(word, SERVICES),
    })
}

/// Operation names are short ASCII words.
fn is_operation(word: &str) -> bool {
    word == Address::ANY
        || (1..=64).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Requests without a name of their own are called by method and path: `POST /tokens`.
fn is_request(text: &str) -> bool {
    let Some((method, path)) = text.split_once(' ') else {
        return false;
    };
    let is_method = !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase());
    let is_path = path.starts_with('/') && path.bytes().all(|byte| byte.is_ascii_graphic());
    is_method && is_path && text.len() <= 250
}

/// Why a text is not an address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// What stands before the slash is no rotation step.
    #[error("unknown rotation step {word:?}")]
    UnknownStep {
        /// The text.
        word: String,
        /// The step that was probably meant.
        nearest: Option<&'static str>,
    },
    /// What stands before the dot is no service.
    #[error("unknown service {word:?}: use one of {}", SERVICES.join(", "))]
    UnknownService {
        /// The text.
        word: String,
        /// The service that was probably meant.
        nearest: Option<&'static str>,
    },
    /// The operation is none that is known.
    #[error("unknown operation {word:?}")]
    UnknownOperation {
        /// The text.
        word: String,
        /// The operation that was probably meant.
        nearest: Option<String>,
    },
    /// The operation is not even a name.
    #[error("{word:?} is not the name of an operation: write [step/][service.]Operation[#n][@k]")]
    NotAnOperation {
        /// The text.
        word: String,
    },
    /// What follows `#` or `@` is not a positive number.
    #[error("{mark:?} needs a number from 1 to 4294967295 after it, not {word:?}")]
    Count {
        /// `#` or `@`.
        mark: char,
        /// The text after it.
        word: String,
    },
}

impl AddressError {
    /// The word that was probably meant.
    pub fn nearest(&self) -> Option<&str> {
        match self {
            Self::UnknownStep { nearest, .. } | Self::UnknownService { nearest, .. } => *nearest,
            Self::UnknownOperation { nearest, .. } => nearest.as_deref(),
            Self::Count { mark: '#', .. } => Some("#1"),
            Self::Count { mark: '@', .. } => Some("@1"),
            Self::NotAnOperation { .. } | Self::Count { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KNOWN: [&str; 3] = ["CreateApiKey", "PutSecretValue", "GraphQL"];

    #[test]
    fn an_address_names_step_operation_request_and_invocation() {
        let address = Address::parse("createSecret/CreateApiKey#2@3", &KNOWN).unwrap();
        assert_eq!(address.step, Some(Step::CreateSecret));
        assert_eq!(address.nth, NonZeroU32::new(2));
        assert_eq!(address.invocation, NonZeroU32::new(3));
        assert_eq!(Address::parse("GraphQL", &KNOWN).unwrap().step, None);
    }

    #[test]
    fn a_service_or_everything_can_be_meant_and_machines_count_calls() {
        let all = Address::parse("setSecret/appsync.*", &KNOWN).unwrap();
        assert!(all.is_about("ListApiKeys", "appsync"));
        assert!(!all.is_about("ListApiKeys", ""));
        assert!(!all.is_about("GraphQL", "graphql"));
        let call = Address::parse("call:17", &KNOWN).unwrap();
        assert_eq!(call.to_string(), "*#17");
        assert_eq!(call, Address::parse("*#17", &KNOWN).unwrap());
    }

    #[test]
    fn calls_to_a_target_have_names_that_nobody_can_list() {
        let alter = Address::parse("setSecret/postgres.ALTER#2", &KNOWN).unwrap();
        assert!(alter.is_about("ALTER", "postgres") && !alter.is_about("ALTER", "mysql"));
        assert!(alter.is_on_a_link());
        for text in [
            "http.POST /tokens#1",
            "setSecret/http.DELETE /v1/tokens/*",
            "http.Revoke",
        ] {
            let address = Address::parse(text, &KNOWN).unwrap();
            assert_eq!(address.to_string(), text);
            assert_eq!(address.service.as_deref(), Some("http"));
        }
        for text in [
            "POST /tokens",
            "postgres.POST /x",
            "http.post /x",
            "http.POST x",
            "ALTER",
        ] {
            assert!(Address::parse(text, &KNOWN).is_err(), "{text}");
        }
    }

    #[test]
    fn a_wrong_address_says_what_was_meant() {
        let nearest = |text| {
            let error = Address::parse(text, &KNOWN).unwrap_err();
            error.nearest().map(str::to_owned)
        };
        assert_eq!(
            nearest("create_secret/CreateApiKey").as_deref(),
            Some("createSecret")
        );
        assert_eq!(nearest("CreateApikey").as_deref(), Some("CreateApiKey"));
        for text in [
            "",
            "/",
            "a/b/c",
            "GraphQL#",
            "GraphQL#0",
            "GraphQL@01",
            "GraphQL@1#2",
            "é",
            "**",
            "ec2.*",
            "call:",
            "call:0",
        ] {
            assert!(Address::parse(text, &KNOWN).is_err(), "{text}");
        }
    }

    fn count() -> impl Strategy<Value = Option<NonZeroU32>> {
        proptest::option::of((1..=u32::MAX).prop_map(|n| NonZeroU32::new(n).unwrap()))
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(
            step in proptest::option::of(proptest::sample::select(Step::ALL.to_vec())),
            service in proptest::option::of(proptest::sample::select(SERVICES.map(str::to_owned).to_vec())),
            operation in proptest::sample::select([&KNOWN[..], &[Address::ANY]].concat()),
            nth in count(),
            invocation in count(),
        ) {
            let address = Address { step, service, operation: operation.to_owned(), nth, invocation };
            prop_assert_eq!(Address::parse(&address.to_string(), &KNOWN), Ok(address));
        }

        #[test]
        fn no_text_panics(text in "\\PC*") {
            let _ = Address::parse(&text, &KNOWN);
        }
    }
}
