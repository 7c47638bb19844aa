//! AppSync's data plane: GraphQL over HTTP, as far as it can be served without resolvers.
//!
//! In reading order: [`address`] (which API a request is for) · this file (the order of checks) ·
//! [`credential`] and [`token`] (who is let in) · [`question`] (body and query string) ·
//! [`document`] (the GraphQL text) · [`execute`] (validation and execution, by a library) ·
//! [`subscription`] (who listens to mutations) · [`variables`], [`literal`], [`introspection`]
//! (what is refused before) · [`placeholder`] and [`scalar`] (what fields hold) · [`wording`] and
//! [`place`] (errors in AWS's words) · [`answer`] (bodies and headers).
//!
//! An API for which no schema was created answers from a built-in one of one field. Deliberately
//! absent: resolvers, and the keys to verify signatures and tokens.

pub mod address;
mod answer;
mod credential;
mod document;
mod execute;
mod graphql_error;
mod introspection;
mod literal;
mod place;
mod placeholder;
mod question;
mod scalar;
pub mod subscription;
mod token;
mod variables;
mod wording;

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use http::{Method, Response};

use crate::state::appsync::graphql_api::{GraphqlApi, Introspection};
use crate::state::appsync::schema::field_access::Entrance;
use crate::state::appsync::schema::reading::ReadSchema;
use crate::state::appsync::settings::{AppSyncSettings, AuthenticationOrder, MissingSchema};
use crate::time::Timestamp;
use crate::wire::error_code::data_plane::DataPlaneError;
use crate::wire::request::Request;

pub(crate) use answer::{allow_every_origin, preflight};
pub(crate) use credential::by_authorization;

use document::Reading;
use execute::Conditions;
use question::Question;
use subscription::Happened;

/// The name of a request to the data plane in fault addresses and the journal.
pub const OPERATION: &str = "GraphQL";

/// An answer of the data plane.
#[derive(Debug)]
pub struct Answer {
    /// Status, headers and body.
    pub response: Response<Bytes>,
    /// The error code, if the answer is no GraphQL result.
    pub error: Option<Cow<'static, str>>,
}

/// Answers a request to an API; none if no API answers at the host. Besides, the mutations that ran.
pub fn respond(
    api: Option<&GraphqlApi>,
    request: &Request<'_>,
    now: Timestamp,
    settings: &AppSyncSettings,
) -> (Answer, Vec<Happened>) {
    if request.method == Method::OPTIONS {
        return (answer::preflight(request), Vec::new());
    }
    let result = api
        .ok_or(DataPlaneError::HostUnknown)
        .and_then(|api| serve(api, request, now, settings));
    match result {
        Ok(mut result) => {
            let happened = std::mem::take(&mut result.happened);
            (answer::result(&result), happened)
        }
        Err(error) => (answer::refusal(&error), Vec::new()),
    }
}

/// Authenticates, then reads, unless the setting says otherwise [?]; then executes.
fn serve(
    api: &GraphqlApi,
    request: &Request<'_>,
    now: Timestamp,
    settings: &AppSyncSettings,
) -> Result<execute::Outcome, DataPlaneError> {
    let settings = settings.of_api(&api.id);
    let check = || credential::check(api, request, now, settings);
    let read = || read(request, schema(api, now, settings).ok());
    let (entrance, (question, reading)) = match settings.authentication_order {
        AuthenticationOrder::BeforeParsing => (check()?, read()?),
        AuthenticationOrder::AfterParsing => {
            let read = read()?;
            (check()?, read)
        }
    };
    let conditions = conditions(api, entrance, now, settings)?;
    match execute::check(reading, &question, &conditions)? {
        Ok(checked) => execute::execute(&checked, &question, &conditions),
        Err(invalid) => Ok(invalid),
    }
}

fn read(
    request: &Request<'_>,
    schema: Option<&Arc<ReadSchema>>,
) -> Result<(Question, Reading), DataPlaneError> {
    let question = Question::read(request)?;
    let reading = Reading::of(&question.text, schema.map(Arc::as_ref))?;
    Ok((question, reading))
}

/// The schema that answers now.
fn schema<'a>(
    api: &'a GraphqlApi,
    now: Timestamp,
    settings: &AppSyncSettings,
) -> Result<&'a Arc<ReadSchema>, DataPlaneError> {
    match (api.schema.in_force(now), settings.missing_schema) {
        (Some(schema), _) => Ok(schema),
        (None, MissingSchema::BuiltIn) => Ok(&BUILT_IN),
        (None, MissingSchema::Refused) => Err(DataPlaneError::SchemaMissing),
    }
}

/// How many resolvers run at most where an API sets no limit [DOCS].
const RESOLVERS_MAX: usize = 10_000;

/// What an API lets a question do; 0 is no limit [MODEL].
fn conditions(
    api: &GraphqlApi,
    entrance: Entrance,
    now: Timestamp,
    settings: &AppSyncSettings,
) -> Result<Conditions, DataPlaneError> {
    let schema = schema(api, now, settings)?;
    let limit = |limit: i64| usize::try_from(limit).ok().filter(|limit| *limit > 0);
    let definition = &api.definition;
    Ok(Conditions {
        schema: schema.clone(),
        entrance,
        has_introspection: definition.introspection == Introspection::Enabled,
        depth_max: limit(definition.query_depth_limit).unwrap_or(usize::MAX),
        resolvers_max: limit(definition.resolver_count_limit).unwrap_or(RESOLVERS_MAX),
        values: settings.field_values,
        list_items: settings.list_items,
        now,
    })
}

/// The schema of an API for which none was created.
static BUILT_IN: LazyLock<Arc<ReadSchema>> = LazyLock::new(|| {
    let read = ReadSchema::read("type Query { _: String }");
    Arc::new(read.expect("a type with one field is a schema"))
});
