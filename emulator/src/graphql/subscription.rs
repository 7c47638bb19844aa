//! Subscriptions: what a client listens to, and what it is told when a mutation runs.
//!
//! A field of the type for subscriptions names its mutations in `@aws_subscribe` [DOCS]. A subscriber
//! is told what the mutation answered: what the mutation did not select is null to it [DOCS], and an
//! argument of the subscription must equal the field of its name [DOCS].

use std::collections::BTreeSet;

use apollo_compiler::ast;
use apollo_compiler::executable::{Field, FragmentMap, Operation, Selection, SelectionSet};
use apollo_compiler::response::JsonMap;
use apollo_compiler::{ExecutableDocument, Node};
use indexmap::IndexMap;
use serde_json::{Map, Value};

use crate::state::appsync::graphql_api::GraphqlApi;
use crate::state::appsync::settings::AppSyncSettings;
use crate::time::Timestamp;
use crate::wire::error_code::data_plane::DataPlaneError;
use crate::wire::request::Request;

use super::document::choose;
use super::variables;
use super::{conditions, credential, execute, read};

/// A field of a mutation that has run, and its answer by the names of fields.
#[derive(Clone, Debug, PartialEq)]
pub struct Happened {
    mutation: String,
    answer: Value,
}

/// What a client listens to.
#[derive(Debug)]
pub struct Subscription {
    field: Node<Field>,
    fragments: FragmentMap,
    arguments: Vec<(String, Value)>,
    mutations: Vec<String>,
}

/// Why a subscription is refused.
#[derive(Debug)]
pub enum Refused {
    /// As over HTTP.
    DataPlane(DataPlaneError),
    /// The document holds another kind of operation.
    NotASubscription,
    /// It is not valid, or not open to the credential: the errors of a GraphQL result.
    Errors(Value),
}

impl From<DataPlaneError> for Refused {
    fn from(error: DataPlaneError) -> Self {
        Self::DataPlane(error)
    }
}

/// Lets a client in that shows its credential in the headers of `request`, or says what is said over
/// HTTP.
///
/// # Errors
/// The refusal.
pub fn admit(
    api: &GraphqlApi,
    request: &Request<'_>,
    now: Timestamp,
    settings: &AppSyncSettings,
) -> Result<(), DataPlaneError> {
    let settings = settings.of_api(&api.id);
    credential::check(api, request, now, settings).map(drop)
}

/// Begins to listen: the question is checked as over HTTP.
///
/// # Errors
/// Why it is refused.
pub fn subscribe(
    api: &GraphqlApi,
    request: &Request<'_>,
    now: Timestamp,
    settings: &AppSyncSettings,
) -> Result<Subscription, Refused> {
    let settings = settings.of_api(&api.id);
    let entrance = credential::check(api, request, now, settings)?;
    let (question, reading) = read(request, None)?;
    let chosen = choose(reading.document(), question.operation.as_deref())?;
    if chosen.operation_type != ast::OperationType::Subscription {
        return Err(Refused::NotASubscription);
    }
    let conditions = conditions(api, entrance, now, settings)?;
    let checked = execute::check(reading, &question, &conditions)?;
    let outcome = match &checked {
        Ok(checked) => &execute::execute(checked, &question, &conditions)?,
        Err(invalid) => invalid,
    };
    if let Some(errors) = outcome.errors_as_json() {
        return Err(Refused::Errors(errors));
    }
    // An invalid document has errors.
    let valid = &checked
        .map_err(|_| DataPlaneError::QueryUnparsable)?
        .executable;
    let schema = conditions.schema.schema();
    let operation = valid.operations.get(question.operation.as_deref());
    let operation = operation.map_err(|_| DataPlaneError::QueryUnparsable)?;
    let variables = variables::coerced(schema, operation, valid, &question.variables);
    let variables = variables.map_err(|_| DataPlaneError::QueryUnparsable)?;
    let fields = fields(&[&operation.selection_set], &valid.fragments);
    // Validation lets only one field pass at the root of a subscription.
    let field = *fields
        .values()
        .find_map(|fields| fields.first())
        .ok_or(DataPlaneError::QueryUnparsable)?;
    Ok(Subscription {
        arguments: arguments(field, &variables),
        mutations: mutations_of(field),
        field: field.clone(),
        fragments: valid.fragments.clone(),
    })
}

impl Subscription {
    /// What the client is told of a mutation, if it concerns it.
    pub fn told(&self, happened: &Happened) -> Option<Value> {
        let is_named = self.mutations.contains(&happened.mutation);
        let fits = |(name, wanted): &(String, Value)| {
            happened.answer.get(name).unwrap_or(&Value::Null) == wanted
        };
        if !is_named || !self.arguments.iter().all(fits) {
            return None;
        }
        let asked = [&self.field.selection_set];
        let shown = shown(&asked, &self.fragments, &happened.answer);
        let key = self.field.response_key().to_string();
        Some(Value::Object(Map::from_iter([(key, shown)])))
    }
}

/// The fields of a mutation, with what they answered.
pub(super) fn happened(
    operation: &Operation,
    document: &ExecutableDocument,
    data: &JsonMap,
) -> Vec<Happened> {
    let fields = fields(&[&operation.selection_set], &document.fragments);
    let answered = fields.into_iter().filter_map(|(key, fields)| {
        let answer = serde_json::to_value(data.get(key)?).ok()?;
        Some(Happened {
            mutation: fields.first()?.name.to_string(),
            answer: named(&sets(&fields), &document.fragments, &answer),
        })
    });
    answered
        .filter(|happened| !happened.answer.is_null())
        .collect()
}

/// The fields of selections that have one answer, by its members, those of their fragments too: of
/// a fragment that is spread again all has been seen, and a valid document has no circle in it.
fn fields<'a>(sets: &[&'a SelectionSet], fragments: &'a FragmentMap) -> Fields<'a> {
    let mut fields = Fields::new();
    let mut seen = BTreeSet::new();
    let mut selections: Vec<_> = sets.iter().rev().flat_map(|set| reversed(set)).collect();
    while let Some(selection) = selections.pop() {
        match selection {
            Selection::Field(field) => {
                fields.entry(field.response_key()).or_default().push(field);
            }
            Selection::InlineFragment(inline) => {
                selections.extend(reversed(&inline.selection_set));
            }
            Selection::FragmentSpread(spread) => {
                let fragment = fragments.get(&spread.fragment_name);
                let unseen = fragment.filter(|_| seen.insert(&spread.fragment_name));
                selections.extend(
                    unseen
                        .into_iter()
                        .flat_map(|it| reversed(&it.selection_set)),
                );
            }
        }
    }
    fields
}

/// Fields by the member of the answer that they share.
type Fields<'a> = IndexMap<&'a str, Vec<&'a Node<Field>>>;

fn reversed(set: &SelectionSet) -> impl Iterator<Item = &Selection> {
    set.selections.iter().rev()
}

/// What fields that share a member ask of it.
fn sets<'a>(fields: &[&'a Node<Field>]) -> Vec<&'a SelectionSet> {
    fields.iter().map(|field| &field.selection_set).collect()
}

/// An answer by the names of its fields instead of their aliases.
fn named(asked: &[&SelectionSet], fragments: &FragmentMap, answer: &Value) -> Value {
    match answer {
        Value::Array(items) => items
            .iter()
            .map(|item| named(asked, fragments, item))
            .collect(),
        Value::Object(members) => {
            let mut all = Map::new();
            for (key, fields) in fields(asked, fragments) {
                let (Some(value), Some(first)) = (members.get(key), fields.first()) else {
                    continue;
                };
                let value = named(&sets(&fields), fragments, value);
                match (all.get_mut(first.name.as_str()), value) {
                    (Some(Value::Object(known)), Value::Object(more)) => known.extend(more),
                    (_, value) => drop(all.insert(first.name.to_string(), value)),
                }
            }
            Value::Object(all)
        }
        leaf => leaf.clone(),
    }
}

/// As much of an answer as selections ask for; null where the mutation did not ask for it.
fn shown(asked: &[&SelectionSet], fragments: &FragmentMap, answer: &Value) -> Value {
    match answer {
        Value::Array(items) => items
            .iter()
            .map(|item| shown(asked, fragments, item))
            .collect(),
        Value::Object(members) => {
            let member = |(key, fields): (&str, Vec<&Node<Field>>)| {
                let name = fields.first()?.name.as_str();
                let value = members.get(name).unwrap_or(&Value::Null);
                let value = shown(&sets(&fields), fragments, value);
                Some((key.to_owned(), value))
            };
            let all = fields(asked, fragments).into_iter().filter_map(member);
            all.collect()
        }
        leaf => leaf.clone(),
    }
}

/// The mutations that `@aws_subscribe` names.
fn mutations_of(field: &Field) -> Vec<String> {
    let directive = field.definition.directives.get("aws_subscribe");
    let named = directive.and_then(|directive| directive.specified_argument_by_name("mutations"));
    let list = named.and_then(|named| named.as_list()).unwrap_or_default();
    let names = list.iter().filter_map(|name| name.as_str());
    names.map(str::to_owned).collect()
}

/// The arguments that were given, with their variables filled in; a variable without a value is as
/// no argument.
fn arguments(field: &Field, variables: &JsonMap) -> Vec<(String, Value)> {
    let given = field.arguments.iter().filter_map(|argument| {
        let value = value_of(&argument.value, variables)?;
        Some((argument.name.to_string(), value))
    });
    given.collect()
}

fn value_of(value: &ast::Value, variables: &JsonMap) -> Option<Value> {
    Some(match value {
        ast::Value::Null => Value::Null,
        ast::Value::Enum(name) => Value::from(name.as_str()),
        ast::Value::Variable(name) => {
            return serde_json::to_value(variables.get(name.as_str())?).ok();
        }
        ast::Value::String(text) => Value::from(text.as_str()),
        ast::Value::Float(number) => Value::from(number.try_to_f64().ok()?),
        ast::Value::Int(number) => Value::from(number.as_str().parse::<i64>().ok()?),
        ast::Value::Boolean(value) => Value::from(*value),
        ast::Value::List(items) => {
            let items = items.iter().map(|item| value_of(item, variables));
            Value::Array(items.collect::<Option<_>>()?)
        }
        ast::Value::Object(members) => {
            let member = |(name, value): &(_, Node<ast::Value>)| {
                let name: &apollo_compiler::Name = name;
                Some((name.to_string(), value_of(value, variables)?))
            };
            Value::Object(members.iter().map(member).collect::<Option<_>>()?)
        }
    })
}
