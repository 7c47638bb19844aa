//! The errors of AppSync's data plane: GraphQL over HTTP.

use crate::state::appsync::settings::MissingKeyText;

use super::WireError;

/// Why a request to the data plane gets no GraphQL result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DataPlaneError {
    /// No credential that the API knows what to do with [REC].
    CredentialMissing(MissingKeyText),
    /// A wrong, deleted or expired key: AWS does not say which [REC].
    CredentialRefused,
    /// A token that is none, at an API that takes tokens [REC].
    TokenUnparsable,
    /// A token whose time is over [DOCS-mem].
    TokenExpired,
    /// POST without a body [REC].
    BodyEmpty,
    /// A body or a query that cannot be read [REC].
    QueryUnparsable,
    /// GET without a query [REC].
    UriInvalid,
    /// Several operations and no name [EMU].
    OperationNameMissing,
    /// The name of an operation that the document does not have [?].
    OperationUnknown(String),
    /// The API has no schema [EMU].
    SchemaMissing,
    /// No API answers at the host. On AWS the name does not resolve [INF].
    HostUnknown,
    /// Neither GET, POST nor OPTIONS [?].
    MethodUnknown,
}

impl DataPlaneError {
    /// The error with its code, status and text.
    pub fn wire_error(&self) -> WireError {
        let unauthorized = |text: &str| WireError::new("UnauthorizedException", 401, text);
        let malformed = |text: &str| WireError::new("MalformedHttpRequestException", 400, text);
        let bad_request = |text: String| WireError::new("BadRequestException", 400, text);
        match self {
            Self::CredentialMissing(MissingKeyText::Recorded) => {
                unauthorized("Valid authorization header not provided.")
            }
            Self::CredentialMissing(MissingKeyText::Simulator) => {
                unauthorized("Missing authorization header")
            }
            Self::CredentialRefused => unauthorized("You are not authorized to make this call."),
            Self::TokenUnparsable => unauthorized("Unable to parse JWT token."),
            Self::TokenExpired => unauthorized("Token has expired."),
            Self::BodyEmpty => malformed("Request body is empty."),
            Self::QueryUnparsable => malformed("Unable to parse GraphQL query."),
            Self::UriInvalid => malformed("Invalid URI format"),
            Self::OperationNameMissing => bad_request("Missing operation name.".to_owned()),
            Self::OperationUnknown(name) => {
                bad_request(format!("Unknown operation named '{name}'."))
            }
            Self::SchemaMissing => WireError::new(
                "GraphQLSchemaException",
                502,
                "No schema definition exists.",
            ),
            Self::HostUnknown => WireError::new(
                "NotFoundException",
                404,
                "No API answers at this host. On AWS its name would not resolve.",
            ),
            Self::MethodUnknown => WireError::new(
                "MethodNotAllowedException",
                405,
                "Use POST, or GET with a query.",
            ),
        }
    }
}
