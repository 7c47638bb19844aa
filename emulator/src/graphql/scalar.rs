//! Values of scalars: GraphQL's own and AppSync's.

use std::net::IpAddr;

use apollo_compiler::ast::Type;
use apollo_compiler::response::JsonValue;
use jiff::civil::{Date, Time};

use crate::time::Timestamp;

/// A value of a scalar for a field of an object, which has a number among its like.
///
/// Ids differ from object to object, since clients tell objects apart by them.
pub(super) fn placeholder(
    scalar: &str,
    field: &str,
    object: &str,
    number: usize,
    now: Timestamp,
) -> JsonValue {
    let moment = || now.to_string();
    match scalar {
        "Int" => 1.into(),
        "Float" => 1.5.into(),
        "Boolean" => false.into(),
        "ID" => format!("{object}-{}", number + 1).into(),
        "AWSDate" => moment().get(..10).unwrap_or_default().into(),
        "AWSTime" => moment().get(11..).unwrap_or_default().into(),
        "AWSDateTime" => moment().into(),
        "AWSTimestamp" => now.as_seconds().into(),
        "AWSEmail" => format!("{field}@example.com").into(),
        "AWSIPAddress" => "192.0.2.1".into(),
        "AWSJSON" => "{}".into(),
        "AWSPhone" => "+12065550100".into(),
        "AWSURL" => format!("https://example.com/{field}").into(),
        // String, and scalars that AppSync does not know.
        _ => field.into(),
    }
}

/// A value that a question gave, as the answer of a field of that type; none for null, where the
/// type is that of an object, and where the answer would not be of the type.
pub(super) fn as_answer(ty: &Type, given: &JsonValue) -> Option<JsonValue> {
    match given {
        JsonValue::Null | JsonValue::Array(_) | JsonValue::Object(_) => None,
        // A whole number is a Float in a question and none in an answer.
        JsonValue::Number(number) if ty.inner_named_type() == "Float" => {
            number.as_f64().map(JsonValue::from)
        }
        // Ids are texts in answers, whatever they were in the question.
        JsonValue::Number(number) if ty.inner_named_type() == "ID" => {
            Some(number.to_string().into())
        }
        given => Some(given.clone()),
    }
}

/// Whether a value is one of AppSync's scalar, as its documentation describes them [DOCS]; any
/// value is one of another scalar.
pub(super) fn is_one_of(scalar: &str, value: &JsonValue) -> bool {
    let is_text = |check: fn(&str) -> bool| value.as_str().is_some_and(check);
    match scalar {
        "AWSDate" => is_text(is_date),
        "AWSTime" => is_text(is_time),
        "AWSDateTime" => is_text(is_moment),
        "AWSTimestamp" => value.as_i64().is_some(),
        "AWSEmail" => is_text(is_email),
        "AWSJSON" => is_text(|text| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()),
        "AWSURL" => is_text(is_url),
        "AWSPhone" => is_text(is_phone),
        "AWSIPAddress" => is_text(is_address),
        _ => true,
    }
}

/// `2026-11-22`, with or without an offset.
fn is_date(text: &str) -> bool {
    let (Some(date), Some(offset)) = (text.get(..10), text.get(10..)) else {
        return false;
    };
    date.parse::<Date>().is_ok() && (offset.is_empty() || is_offset(offset))
}

/// `10:30:00.000Z`: seconds, their fraction and the offset may be left out.
fn is_time(text: &str) -> bool {
    let (time, offset) = split_offset(text);
    is_clock(time) && (offset.is_empty() || is_offset(offset))
}

/// A date and a time with an offset, which must be there.
fn is_moment(text: &str) -> bool {
    text.split_once('T').is_some_and(|(date, time)| {
        let (time, offset) = split_offset(time);
        date.len() == 10 && is_date(date) && is_clock(time) && is_offset(offset)
    })
}

fn is_clock(text: &str) -> bool {
    let has_minutes = text.starts_with(|c: char| c.is_ascii_digit()) && text.contains(':');
    has_minutes && text.parse::<Time>().is_ok()
}

fn split_offset(text: &str) -> (&str, &str) {
    let at = text.find(['Z', '+', '-']).unwrap_or(text.len());
    text.split_at(at)
}

/// `Z`, `+01:00`, or with seconds, which ISO 8601 does not have [DOCS].
fn is_offset(text: &str) -> bool {
    let Some(rest) = text.strip_prefix(['+', '-']) else {
        return text == "Z";
    };
    let parts: Vec<&str> = rest.split(':').collect();
    let is_number = |part: &&str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
    matches!(parts.len(), 2 | 3) && parts.iter().all(is_number)
}

fn is_email(text: &str) -> bool {
    let parts = text.split_once('@');
    parts.is_some_and(|(user, host)| !user.is_empty() && !host.is_empty() && !host.contains('@'))
}

fn is_url(text: &str) -> bool {
    let parts = text.split_once("://");
    parts.is_some_and(|(scheme, rest)| !scheme.is_empty() && !rest.is_empty())
}

/// Digits, with blanks or hyphens between them, and a plus before them.
fn is_phone(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    digits.bytes().any(|b| b.is_ascii_digit())
        && digits
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b' ' | b'-'))
}

/// An address, or a range of them: `192.0.2.0/24`.
fn is_address(text: &str) -> bool {
    let (address, bits) = text.split_once('/').unwrap_or((text, "0"));
    address.parse::<IpAddr>().is_ok() && bits.parse::<u8>().is_ok_and(|bits| bits <= 128)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_take_what_the_documentation_describes() {
        for (scalar, good, bad) in [
            (
                "AWSDate",
                &["2026-11-22", "2026-11-22Z", "2026-11-22+01:00"][..],
                &["2026", "2026-13-01", "x"][..],
            ),
            (
                "AWSTime",
                &["10:30", "10:30:00.123Z", "10:30:00-07:00:30"],
                &["25:00", "10", "T10:30"],
            ),
            (
                "AWSDateTime",
                &["2026-11-22T10:30Z", "2026-11-22T10:30:00.1+01:00"],
                &[
                    "2019",
                    "2026-11-22",
                    "2026-11-22T10:30",
                    "2026-05-19T11:5:29.000Z",
                ],
            ),
            ("AWSEmail", &["a@b"], &["a", "@b", "a@"]),
            ("AWSJSON", &["{}", "[1]", "\"a\""], &["{", "a"]),
            ("AWSURL", &["https://example.com"], &["example.com", "://x"]),
            ("AWSPhone", &["+1 206-555-0100"], &["", "+", "call me"]),
            (
                "AWSIPAddress",
                &["192.0.2.1", "2001:db8::/32"],
                &["192.0.2", "x"],
            ),
        ] {
            for text in good {
                assert!(is_one_of(scalar, &(*text).into()), "{scalar} {text}");
            }
            for text in bad {
                assert!(!is_one_of(scalar, &(*text).into()), "{scalar} {text}");
            }
            assert!(!is_one_of(scalar, &JsonValue::Bool(true)), "{scalar}");
        }
        assert!(is_one_of("AWSTimestamp", &7.into()) && !is_one_of("AWSTimestamp", &"7".into()));
        assert!(is_one_of("Color", &"any".into()));
    }

    #[test]
    fn placeholders_are_values_of_their_scalars() {
        for scalar in crate::state::appsync::schema::reading::SCALARS {
            let value = placeholder(scalar, "field", "Object", 0, Timestamp::from_seconds(9));
            assert!(is_one_of(scalar, &value), "{scalar} {value}");
        }
    }
}
