//! Values in the text of a question, held against AppSync's scalars, which the library takes for
//! scalars of any value.

use apollo_compiler::ast::{Document, Type, Value};
use apollo_compiler::executable::Operation;
use apollo_compiler::response::JsonValue;
use apollo_compiler::{ExecutableDocument, Name, Node, Schema};

use super::graphql_error::GraphqlError;
use super::place::Place;
use super::scalar;
use super::wording;

/// What is no value of its scalar, in AWS's words.
pub(super) fn refusals(
    operation: &Operation,
    valid: &ExecutableDocument,
    document: &Document,
    schema: &Schema,
) -> Vec<GraphqlError> {
    let mut wrong = Vec::new();
    for field in operation.all_fields(valid) {
        for argument in &field.arguments {
            let definition = field.definition.argument_by_name(&argument.name);
            if let Some(definition) = definition {
                look(schema, &definition.ty, &argument.value, &mut wrong);
            }
        }
    }
    let tell = |(value, scalar): (&Node<Value>, &Name)| {
        let offset = value.location()?.offset();
        let place = Place::at(document, schema, offset);
        Some(wording::wrong_literal(&place, scalar, document))
    };
    wrong.into_iter().filter_map(tell).collect()
}

fn look<'a>(
    schema: &'a Schema,
    ty: &'a Type,
    value: &'a Node<Value>,
    wrong: &mut Vec<(&'a Node<Value>, &'a Name)>,
) {
    let name = ty.inner_named_type();
    match &**value {
        Value::List(items) => {
            for item in items {
                look(schema, ty.item_type(), item, wrong);
            }
        }
        Value::Object(members) => {
            let Some(input) = schema.get_input_object(name) else {
                return wrong.extend(
                    as_json(value)
                        .filter(|_| is_own(name))
                        .map(|_| (value, name)),
                );
            };
            for (member, value) in members {
                if let Some(definition) = input.fields.get(member) {
                    look(schema, &definition.ty, value, wrong);
                }
            }
        }
        _ => {
            let is_wrong = as_json(value).is_some_and(|value| !scalar::is_one_of(name, &value));
            wrong.extend(is_wrong.then_some((value, name)));
        }
    }
}

fn is_own(name: &str) -> bool {
    crate::state::appsync::schema::reading::is_own_scalar(name)
}

/// A literal as JSON; none for null and for variables, which are checked elsewhere.
fn as_json(value: &Value) -> Option<JsonValue> {
    match value {
        Value::Null | Value::Variable(_) => None,
        Value::String(text) => Some(text.as_str().into()),
        Value::Int(number) => Some(number.try_to_f64().ok().map_or(JsonValue::Null, whole)),
        Value::Boolean(is_true) => Some((*is_true).into()),
        Value::Enum(_) | Value::Float(_) | Value::List(_) | Value::Object(_) => {
            Some(JsonValue::Bool(false))
        }
    }
}

/// Whole numbers of GraphQL's text are exact up to 2^53, which lies far beyond any moment.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the casting saturates, and what is beyond any moment may"
)]
fn whole(number: f64) -> JsonValue {
    (number as i64).into()
}
