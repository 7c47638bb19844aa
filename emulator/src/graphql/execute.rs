//! Runs an operation: validates it against the schema, then lets the library resolve its fields,
//! each of them with a placeholder.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use apollo_compiler::ExecutableDocument;
use apollo_compiler::executable::Operation;
use apollo_compiler::resolvers::Execution;
use apollo_compiler::response::{GraphQLError, JsonMap};
use apollo_compiler::validation::Valid;
use serde::Serialize;

use crate::state::appsync::schema::checked::Checked;
use crate::state::appsync::schema::field_access::Entrance;
use crate::state::appsync::schema::reading::ReadSchema;
use crate::state::appsync::settings::FieldValues;
use crate::time::Timestamp;
use crate::wire::error_code::data_plane::DataPlaneError;

use super::document::{Reading, choose};
use super::graphql_error::{FieldFault, GraphqlError};
use super::introspection;
use super::literal;
use super::placeholder::Object;
use super::question::Question;
use super::subscription::{self, Happened};
use super::variables;
use super::wording;

/// How many fields and list items an answer may have. Fragments can ask for exponentially many.
const FIELDS_MAX: usize = 20_000;

/// A GraphQL result.
#[derive(Debug, Serialize)]
pub(super) struct Outcome {
    data: Option<JsonMap>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<GraphqlError>,
    /// The mutations that ran, for those who listen.
    #[serde(skip)]
    pub(super) happened: Vec<Happened>,
}

impl Outcome {
    /// The errors, if there are any.
    pub(super) fn errors_as_json(&self) -> Option<serde_json::Value> {
        let are_there = !self.errors.is_empty();
        are_there.then(|| {
            serde_json::to_value(&self.errors).expect("errors have text keys and plain members")
        })
    }

    /// A question that cannot be answered at all.
    fn invalid(errors: Vec<GraphqlError>) -> Self {
        Self {
            data: None,
            errors,
            happened: Vec::new(),
        }
    }
}

/// What an operation runs under.
pub(super) struct Conditions {
    /// The schema.
    pub(super) schema: Arc<ReadSchema>,
    /// How the request came in.
    pub(super) entrance: Entrance,
    /// Whether `__schema` and `__type` are defined [DOCS].
    pub(super) has_introspection: bool,
    /// How deep fields may lie.
    pub(super) depth_max: usize,
    /// How many resolvers may run.
    pub(super) resolvers_max: usize,
    /// What fields hold.
    pub(super) values: FieldValues,
    /// How many items lists have.
    pub(super) list_items: usize,
    /// The moment that dates show.
    pub(super) now: Timestamp,
}

/// Chooses the operation and validates the document; what is wrong with it is a result too.
pub(super) fn check(
    reading: Reading,
    question: &Question,
    conditions: &Conditions,
) -> Result<Result<Arc<Checked>, Outcome>, DataPlaneError> {
    choose(reading.document(), question.operation.as_deref())?;
    let checked = reading.checked(&question.text, &conditions.schema);
    Ok(checked.map_err(|(errors, document)| {
        Outcome::invalid(wording::told(
            &errors,
            &document,
            conditions.schema.schema(),
        ))
    }))
}

/// Checks what AppSync checks besides, and the variables; runs the operation.
pub(super) fn execute(
    checked: &Checked,
    question: &Question,
    conditions: &Conditions,
) -> Result<Outcome, DataPlaneError> {
    let schema = conditions.schema.schema();
    let valid = &checked.executable;
    let operation = valid.operations.get(question.operation.as_deref());
    let operation = operation.map_err(|_| DataPlaneError::QueryUnparsable)?;
    let mut errors = introspection::refusals(operation, valid, conditions);
    errors.extend(literal::refusals(
        operation,
        valid,
        &checked.document,
        schema,
    ));
    if !errors.is_empty() {
        return Ok(Outcome::invalid(errors));
    }
    match variables::coerced(schema, operation, valid, &question.variables) {
        Ok(variables) => run(valid, operation, &variables, conditions),
        Err(bad) => Ok(Outcome::invalid(vec![bad.told()])),
    }
}

fn run(
    document: &Valid<ExecutableDocument>,
    operation: &Operation,
    variables: &Valid<JsonMap>,
    conditions: &Conditions,
) -> Result<Outcome, DataPlaneError> {
    let run = Run {
        conditions,
        is_subscription: operation.is_subscription(),
        left: Cell::new(FIELDS_MAX),
        is_exhausted: Cell::new(false),
        resolvers_left: Cell::new(conditions.resolvers_max),
        faulted: RefCell::default(),
    };
    let schema = conditions.schema.schema();
    let execution = Execution::new(schema, document)
        .operation(operation)
        .coerced_variable_values(variables)
        .enable_schema_introspection(true);
    let response = execution.execute_sync(&Object::root(&run, operation.object_type()));
    let response = response.map_err(|_| DataPlaneError::QueryUnparsable)?;
    if run.is_exhausted.get() {
        return Err(DataPlaneError::QueryUnparsable);
    }
    let happened = match &response.data {
        Some(data) if operation.is_mutation() => subscription::happened(operation, document, data),
        _ => Vec::new(),
    };
    Ok(Outcome {
        happened,
        data: response.data,
        errors: run.told(response.errors),
    })
}

/// An operation in progress.
pub(super) struct Run<'a> {
    pub(super) conditions: &'a Conditions,
    pub(super) is_subscription: bool,
    left: Cell<usize>,
    is_exhausted: Cell<bool>,
    resolvers_left: Cell<usize>,
    faulted: RefCell<Vec<(FieldFault, String, String)>>,
}

impl Run<'_> {
    /// Counts a field or an item; false if there have been too many.
    pub(super) fn pay(&self) -> bool {
        let left = self.left.get();
        self.left.set(left.saturating_sub(1));
        if left == 0 {
            self.is_exhausted.set(true);
        }
        left > 0
    }

    /// Counts a resolver; false if no more may run.
    pub(super) fn resolve(&self) -> bool {
        let left = self.resolvers_left.get();
        self.resolvers_left.set(left.saturating_sub(1));
        left > 0
    }

    /// Notes why a field has no value. The library's errors carry a text only, so they carry the
    /// number of the note.
    pub(super) fn fault(&self, fault: FieldFault, object: &str, field: &str) -> String {
        let mut faulted = self.faulted.borrow_mut();
        faulted.push((fault, object.to_owned(), field.to_owned()));
        (faulted.len() - 1).to_string()
    }

    fn told(&self, errors: Vec<GraphQLError>) -> Vec<GraphqlError> {
        let faulted = self.faulted.borrow();
        let tell = |error: GraphQLError| {
            let number = error.message.strip_prefix("resolver error: ");
            let note = number.and_then(|number| faulted.get(number.parse::<usize>().ok()?));
            match note {
                Some((fault, object, field)) => {
                    GraphqlError::field(*fault, object, field, error.path, error.locations)
                }
                None => {
                    let location = error.locations.first().copied().map(Into::into);
                    GraphqlError::invalid(location, error.message)
                }
            }
        };
        errors.into_iter().map(tell).collect()
    }
}
