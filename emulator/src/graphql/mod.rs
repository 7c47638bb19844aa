//! AppSync's data plane: GraphQL over HTTP, as much of it as tells whether a key is accepted.
//!
//! In reading order: [`address`] (which API a request is for) · this file (the order of checks) ·
//! [`credential`] (the key) · [`question`] (body and query string) · [`document`] (the GraphQL
//! text) · [`validate`] and [`execute`] (the built-in schema) · [`answer`] (bodies and headers).
//!
//! The built-in schema is `type Query { _: String }`; `_` is always null. A schema that was
//! created is not read. Deliberately absent: resolvers, subscriptions, signatures and tokens.

pub mod address;
mod answer;
mod credential;
mod document;
mod execute;
mod graphql_error;
mod introspection;
mod question;
mod validate;

use std::borrow::Cow;

use bytes::Bytes;
use http::{Method, Response};

use crate::state::appsync::authentication::AuthenticationType;
use crate::state::appsync::graphql_api::{GraphqlApi, Introspection};
use crate::state::appsync::settings::{AppSyncSettings, AuthenticationOrder, MissingSchema};
use crate::time::Timestamp;
use crate::wire::error_code::data_plane::DataPlaneError;
use crate::wire::request::Request;

use document::Document;
use question::Question;

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

/// Answers a request to an API; none if no API answers at the host.
pub fn respond(
    api: Option<&GraphqlApi>,
    request: &Request<'_>,
    now: Timestamp,
    settings: &AppSyncSettings,
) -> Answer {
    if request.method == Method::OPTIONS {
        return answer::preflight(request);
    }
    let result = api
        .ok_or(DataPlaneError::HostUnknown)
        .and_then(|api| serve(api, request, now, settings));
    match result {
        Ok(result) => answer::result(&result),
        Err(error) => answer::refusal(&error),
    }
}

/// Authenticates, then reads, unless the setting says otherwise [?]; then executes.
fn serve(
    api: &GraphqlApi,
    request: &Request<'_>,
    now: Timestamp,
    settings: &AppSyncSettings,
) -> Result<execute::Outcome, DataPlaneError> {
    let (question, document) = match settings.authentication_order {
        AuthenticationOrder::BeforeParsing => {
            credential::check(api, request, now, settings)?;
            read(request)?
        }
        AuthenticationOrder::AfterParsing => {
            let read = read(request)?;
            credential::check(api, request, now, settings)?;
            read
        }
    };
    if settings.missing_schema == MissingSchema::Refused && !api.schema.exists() {
        return Err(DataPlaneError::SchemaMissing);
    }
    execute::execute(&document, &question, view_of(api))
}

fn read(request: &Request<'_>) -> Result<(Question, Document), DataPlaneError> {
    let question = Question::read(request)?;
    let document = Document::parse(&question.text).ok_or(DataPlaneError::QueryUnparsable)?;
    Ok((question, document))
}

/// What of the built-in schema a holder of a key may see of an API.
#[derive(Clone, Copy, Debug)]
struct View {
    /// Fields without a mark belong to the default mode; where that is not API_KEY, a key opens
    /// only marked fields, and the built-in schema marks none [REC].
    opens_unmarked_fields: bool,
    /// Whether `__schema` and `__type` are defined [DOCS].
    has_introspection: bool,
}

fn view_of(api: &GraphqlApi) -> View {
    let default = api.definition.authentication.default_provider();
    View {
        opens_unmarked_fields: default.authentication_type == AuthenticationType::ApiKey,
        has_introspection: api.definition.introspection == Introspection::Enabled,
    }
}
