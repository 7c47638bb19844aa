//! The variables of a question, held against the types that the operation gives them.

use apollo_compiler::ExecutableDocument;
use apollo_compiler::Schema;
use apollo_compiler::ast::Type;
use apollo_compiler::executable::Operation;
use apollo_compiler::parser::LineColumn;
use apollo_compiler::request::{RequestError, coerce_variable_values};
use apollo_compiler::response::{JsonMap, JsonValue};
use apollo_compiler::validation::Valid;

use super::graphql_error::GraphqlError;
use super::scalar;

/// A variable that does not fit, in AWS's words.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadVariable {
    message: String,
    /// Where the variable is defined, if that is told.
    at: Option<LineColumn>,
}

impl BadVariable {
    /// The error on the wire.
    pub(super) fn told(self) -> GraphqlError {
        GraphqlError::invalid(self.at.map(Into::into), self.message)
    }
}

/// The variables with their types and defaults.
///
/// # Errors
/// The first that does not fit.
pub(super) fn coerced(
    schema: &Valid<Schema>,
    operation: &Operation,
    document: &ExecutableDocument,
    given: &JsonMap,
) -> Result<Valid<JsonMap>, BadVariable> {
    let coerced = coerce_variable_values(schema, operation, given)
        .map_err(|error| bad_variable(&error, schema, operation, document, given))?;
    for variable in &operation.variables {
        let value = coerced.get(variable.name.as_str());
        let wrong = value.and_then(|value| wrong_scalar(schema, &variable.ty, value));
        if let Some((scalar, value)) = wrong {
            let at = variable.line_column_range(&document.sources);
            let (name, kind) = (&variable.name, scalar.trim_start_matches("AWS"));
            // [REC] for AWSDateTime.
            let message = format!(
                "Variable '{name}' has an invalid value. Unable to parse `{value}` as a valid \
                 {kind} Object."
            );
            let at = at.map(|range| range.start);
            return Err(BadVariable { message, at });
        }
    }
    Ok(coerced)
}

/// The first value that is none of its scalar, as a text, with the name of the scalar.
fn wrong_scalar<'a>(
    schema: &'a Schema,
    ty: &'a Type,
    value: &JsonValue,
) -> Option<(&'a str, String)> {
    let name = ty.inner_named_type();
    match value {
        JsonValue::Null => None,
        JsonValue::Array(items) if ty.is_list() => {
            let mut wrong = items.iter();
            wrong.find_map(|item| wrong_scalar(schema, ty.item_type(), item))
        }
        JsonValue::Object(members) if schema.get_input_object(name).is_some() => {
            let fields = &schema.get_input_object(name)?.fields;
            members.iter().find_map(|(member, value)| {
                let field = fields.get(member.as_str())?;
                wrong_scalar(schema, &field.ty, value)
            })
        }
        value => {
            let text = || {
                value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned)
            };
            (!scalar::is_one_of(name, value)).then(|| (name.as_str(), text()))
        }
    }
}

/// The library does not say which variable it is: that is found out by asking for each alone.
fn bad_variable(
    error: &RequestError,
    schema: &Valid<Schema>,
    operation: &Operation,
    document: &ExecutableDocument,
    given: &JsonMap,
) -> BadVariable {
    let alone = |variable: &&_| {
        let mut alone = operation.clone();
        alone.variables = vec![apollo_compiler::Node::clone(variable)];
        coerce_variable_values(schema, &alone, given).is_err()
    };
    let Some(variable) = operation.variables.iter().find(alone) else {
        let message = error.message().to_string();
        return BadVariable { message, at: None };
    };
    let name = &variable.name;
    let told = error.message().to_string();
    let at = variable.line_column_range(&document.sources);
    let at = at.map(|range| range.start);
    let null = |of: &dyn std::fmt::Display| {
        format!("Variable '{name}' has coerced Null value for NonNull type '{of}'")
    };
    if let Some(input) = told.strip_prefix("Input object has key ") {
        let input = input.rsplit(' ').next().unwrap_or_default();
        // [REC] with the blank at its end, and without a place.
        let message = format!(
            "The variables input contains a field that is not defined for input object type \
             '{input}' "
        );
        return BadVariable { message, at: None };
    }
    let field = told.strip_prefix("Missing value for non-null input object field ");
    let message = match field.and_then(|field| field.split_once('.')) {
        Some((input, field)) => {
            let input = schema.get_input_object(input);
            let field = input.and_then(|input| input.fields.get(field));
            // [REC]: the name of the variable with the type of the member.
            field.map_or(told.clone(), |field| null(&field.ty))
        }
        None if told.starts_with("missing value")
            || told.starts_with("null value for variable") =>
        {
            null(&variable.ty)
        }
        None => format!("Variable '{name}' has an invalid value."),
    };
    BadVariable { message, at }
}

#[cfg(test)]
mod tests {
    use super::super::document::parse;
    use super::*;

    const SCHEMA: &str = "type Query { a(outer: Outer, n: Int): Int }
        input Outer { inner: Inner } input Inner { name: String! }";

    fn told(query: &str, given: &str) -> Option<(String, bool)> {
        let schema = Schema::parse_and_validate(SCHEMA, "schema").unwrap();
        let document = parse(query)
            .unwrap()
            .to_executable_validate(&schema)
            .unwrap();
        let operation = document.operations.get(None).unwrap();
        let given: JsonMap = serde_json::from_str(given).unwrap();
        let bad = coerced(&schema, operation, &document, &given).err()?;
        Some((bad.message, bad.at.is_some()))
    }

    /// [REC]: reports of 2023 and 2026 to AppSync's community.
    #[test]
    fn variables_that_do_not_fit_are_told_as_recorded() {
        let query = "query($outer: Outer!) { a(outer: $outer) }";
        for (given, message, has_place) in [
            (
                "{}",
                "Variable 'outer' has coerced Null value for NonNull type 'Outer!'",
                true,
            ),
            (
                r#"{"outer":null}"#,
                "Variable 'outer' has coerced Null value for NonNull type 'Outer!'",
                true,
            ),
            (
                r#"{"outer":{"inner":{}}}"#,
                "Variable 'outer' has coerced Null value for NonNull type 'String!'",
                true,
            ),
            (
                r#"{"outer":{"x":1}}"#,
                "The variables input contains a field that is not defined for input object type 'Outer' ",
                false,
            ),
            (
                r#"{"outer":7}"#,
                "Variable 'outer' has an invalid value.",
                true,
            ),
        ] {
            assert_eq!(
                told(query, given),
                Some((message.to_owned(), has_place)),
                "{given}"
            );
        }
        assert_eq!(
            told(query, r#"{"outer":{"inner":{"name":"n"}},"more":1}"#),
            None
        );
    }

    #[test]
    fn the_variable_that_does_not_fit_is_the_one_that_is_told() {
        let query = "query($n: Int, $outer: Outer!) { a(outer: $outer, n: $n) }";
        let (message, _) = told(query, r#"{"outer":{},"n":"x"}"#).unwrap();
        assert_eq!(message, "Variable 'n' has an invalid value.");
        assert_eq!(told("query($n: Int! = 7) { a(n: $n) }", "{}"), None);
    }
}
