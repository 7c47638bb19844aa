//! What is to become of a request, and whether it did.

use keywheel_emulator::ops::{Binding, Row};
use keywheel_emulator::wire::service::Service;

use crate::send::{Answer, name_in_query};
use crate::variants::Variant;

/// What is to become of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// The model has nothing against it; what it names may not exist.
    Taken,
    /// A member has another type.
    WrongType,
    /// A constraint is not met.
    Violation {
        /// The member, as it is told.
        path: String,
        /// What it must.
        rule: String,
    },
}

impl Expected {
    pub(crate) fn violation(path: &str, rule: &str) -> Self {
        Self::Violation {
            path: path.to_owned(),
            rule: rule.to_owned(),
        }
    }
}

/// Codes that a service gives to what its model is against.
struct Codes {
    invalid: &'static str,
    malformed: &'static str,
    /// Are the words those of the model, one by one?
    is_worded: bool,
}

fn codes(service: Service) -> Codes {
    let (invalid, malformed, is_worded) = match service {
        Service::SecretsManager => ("ValidationException", "SerializationException", true),
        Service::Iam | Service::Sts => ("ValidationError", "MalformedInput", true),
        _ => ("", "", false),
    };
    Codes {
        invalid,
        malformed,
        is_worded,
    }
}

/// What a service may say of what its model is against, where its words are not held to the model.
/// A wrong name in a path finds nothing.
fn refusals(service: Service) -> &'static [&'static str] {
    match service {
        Service::AppSync => &["BadRequestException", "NotFoundException"],
        Service::Lambda => &[
            "ValidationException",
            "InvalidParameterValueException",
            "InvalidRequestContentException",
            "SerializationException",
            "ResourceNotFoundException",
            "NotImplemented",
        ],
        Service::Logs => &[
            "InvalidParameterException",
            "ValidationException",
            "SerializationException",
            "ResourceNotFoundException",
            "NotImplemented",
        ],
        _ => &[],
    }
}

/// What is wrong with an answer, if anything is.
pub(crate) fn complaint(row: &Row, variant: &Variant, answer: &Answer) -> Option<String> {
    let wrong = wrong(row, variant, answer)?;
    let (service, name) = (row.service.as_str(), row.name);
    let text: String = answer.text.chars().take(300).collect();
    let about = &variant.about;
    Some(format!(
        "{service} {name}, {about}: {wrong}: {} {text}",
        answer.status
    ))
}

fn wrong(row: &Row, variant: &Variant, answer: &Answer) -> Option<String> {
    let codes = codes(row.service);
    let is_bad = variant.expected != Expected::Taken;
    if is_bad && is_let_through(row, &variant.path) && answer.status < 500 {
        return None;
    }
    // A member that is not emulated is refused by its name, which is no crash.
    if answer.status >= 500 && answer.code() != Some("NotImplemented") {
        return Some("it breaks the emulator".to_owned());
    }
    let is_invalid = answer.code() == Some(codes.invalid) && answer.text.contains("detected:");
    match &variant.expected {
        Expected::Taken if is_invalid => Some("nothing is wrong with it".to_owned()),
        Expected::Taken if codes.is_worded && answer.code() == Some(codes.malformed) => {
            Some("its types are right".to_owned())
        }
        Expected::Taken => None,
        Expected::WrongType | Expected::Violation { .. } if answer.status < 400 => {
            Some("it is taken".to_owned())
        }
        _ if !codes.is_worded => {
            let code = answer.code().unwrap_or_default();
            let is_refusal = refusals(row.service).contains(&code);
            (!is_refusal).then(|| format!("refused as {code}"))
        }
        Expected::WrongType => {
            let is_told = answer.code() == Some(codes.malformed);
            (!is_told).then(|| format!("not {}", codes.malformed))
        }
        Expected::Violation { path, rule } => {
            let is_told = answer.code() == Some(codes.invalid) && is_told(path, rule, answer);
            (!is_told).then(|| format!("not told: {path} must {rule}"))
        }
    }
}

/// What is not held against the model: types in a query, where all is text; an empty SecretString,
/// which has rules of its own; members that are not read.
fn is_let_through(row: &Row, path: &str) -> bool {
    if let Binding::Rest { query, .. } = row.binding
        && query
            .iter()
            .any(|member| name_in_query(member).eq_ignore_ascii_case(path))
    {
        return true;
    }
    matches!(path, "secretString" | "masterRegion") || row.name == "DescribeLogGroups"
}

/// Texts in lists are told at the list by some services, with all their rules at once; some names
/// are refused in words of their own.
fn is_told(path: &str, rule: &str, answer: &Answer) -> bool {
    let list = path.strip_suffix(".1.member").unwrap_or(path);
    let text = answer
        .text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    let text = text.replace("\\\\", "\\");
    let is_at = |path: &str| text.contains(&format!("at '{path}' failed to satisfy constraint"));
    text.contains(&format!("Member must {rule}")) && (is_at(path) || is_at(list))
        || text.contains(&format!("The specified value for {path} is invalid"))
}
