//! Values of scalars: GraphQL's own and AppSync's.

use apollo_compiler::ast::Type;
use apollo_compiler::response::JsonValue;

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
