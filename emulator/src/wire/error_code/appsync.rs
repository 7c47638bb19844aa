//! The errors of AppSync's control plane: codes and statuses of the model, texts as recorded where
//! they are.

use crate::state::appsync::error::AppSyncError;

use super::WireError;

pub(super) fn wire_error(error: &AppSyncError) -> WireError {
    let bad_request = |message: String| WireError::new("BadRequestException", 400, message);
    match error {
        AppSyncError::ApiNotFound(_)
        | AppSyncError::EventApiNotFound(_)
        | AppSyncError::NamespaceNotFound(_)
        | AppSyncError::KeyNotFound(_) => not_found(error),
        AppSyncError::NamespaceExists(name) => WireError::new(
            "ConflictException",
            409,
            // The code is the model's; AWS's text is not known [?].
            format!("Channel namespace {name} already exists."),
        ),
        AppSyncError::TooManyEventApis { .. } | AppSyncError::TooManyNamespaces { .. } => {
            // The model's text; AWS's is not known [?].
            let text = "The operation exceeded the service quota for this resource.";
            WireError::new("ServiceQuotaExceededException", 402, text)
        }
        AppSyncError::ExpiresTooSoon { .. } => {
            out_of_bounds("API key must be valid for a minimum of 1 days.")
        }
        AppSyncError::ExpiresTooLate { .. } => {
            out_of_bounds("API key can be valid for a maximum of 365 days.")
        }
        AppSyncError::TooManyKeys { .. } => WireError::new(
            "ApiKeyLimitExceededException",
            400,
            // The model's text; AWS's is not known [?].
            "The API key exceeded a limit. Try your request again.",
        ),
        AppSyncError::TooManyApis { .. } => WireError::new(
            "ApiLimitExceededException",
            400,
            // The model's text; AWS's is not known [?].
            "The GraphQL API exceeded a limit. Try your request again.",
        ),
        AppSyncError::SchemaBeingAltered(_) => WireError::new(
            "ConcurrentModificationException",
            409,
            // [REC], also for CreateApiKey, whose model does not list this code.
            "Schema is currently being altered, please wait until that is complete.",
        ),
        // The code is the model's, the text that of the data plane [?].
        AppSyncError::SchemaMissing(_) => WireError::new(
            "GraphQLSchemaException",
            400,
            "No schema definition exists.",
        ),
        AppSyncError::ProviderRepeated {
            authentication_type,
            position,
        } => bad_request(format!(
            // [EMU], in what looks like AWS's words.
            "Authentication type {} for additional authentication provider {position} already \
             specified on the API. It can only be specified once.",
            authentication_type.as_str()
        )),
        // The texts of the following are not known [?].
        AppSyncError::ProviderIncomplete {
            authentication_type,
        } => bad_request(format!(
            "Authentication type {} requires its configuration.",
            authentication_type.as_str()
        )),
        AppSyncError::TooManyProviders { .. }
        | AppSyncError::ProvidersMissing
        | AppSyncError::ModeWithoutProvider { .. }
        | AppSyncError::ModesMissing { .. }
        | AppSyncError::TooManyTags { .. }
        | AppSyncError::TokenInvalid
        | AppSyncError::ArnInvalid => bad_request(format!("Bad request: {error}.")),
    }
}

/// [REC]; the text for a key is recorded for UpdateApiKey and assumed for DeleteApiKey.
fn not_found(error: &AppSyncError) -> WireError {
    let message = match error {
        AppSyncError::KeyNotFound(key) => format!("API key not found: {}", key.expose()),
        AppSyncError::ApiNotFound(api) => format!("GraphQL API {api} not found."),
        // The texts of Event APIs are not known [?].
        AppSyncError::EventApiNotFound(api) => format!("API {api} not found."),
        AppSyncError::NamespaceNotFound(name) => format!("Channel namespace {name} not found."),
        other => other.to_string(),
    };
    WireError::new("NotFoundException", 404, message)
}

/// [REC]: both texts.
fn out_of_bounds(message: &str) -> WireError {
    WireError::new("ApiKeyValidityOutOfBoundsException", 400, message)
}
