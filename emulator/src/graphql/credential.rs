//! The credential of a request. Only keys are judged: signatures and tokens are never accepted.

use crate::state::appsync::authentication::AuthenticationType;
use crate::state::appsync::authorize::{Refusal, authorize};
use crate::state::appsync::graphql_api::GraphqlApi;
use crate::state::appsync::settings::AppSyncSettings;
use crate::time::Timestamp;
use crate::wire::error_code::data_plane::DataPlaneError;
use crate::wire::request::Request;

const TOKEN_MODES: [AuthenticationType; 2] = [
    AuthenticationType::AmazonCognitoUserPools,
    AuthenticationType::OpenidConnect,
];

/// Accepts the request, or says what AWS says.
///
/// A key together with an `Authorization` header is refused where the API has a mode that reads
/// that header: such calls are reported to fail [REC]; where it has none, the key decides [INF].
pub(super) fn check(
    api: &GraphqlApi,
    request: &Request<'_>,
    now: Timestamp,
    settings: &AppSyncSettings,
) -> Result<(), DataPlaneError> {
    let key = request
        .headers
        .get("x-api-key")
        .map(|key| key.to_str().unwrap_or_default());
    let authorization = request.header("authorization");
    match (key, authorization) {
        (None, Some(token)) => Err(without_key(api, token, settings)),
        (Some(_), Some(token)) if reads_authorization(api) => {
            Err(without_key(api, token, settings))
        }
        (key, _) => match authorize(api, key, now, settings) {
            Ok(_) => Ok(()),
            Err(refusal) => Err(refused(refusal, settings)),
        },
    }
}

/// An API without API_KEY mode does not look at the key: to it, there is no credential [INF].
fn refused(refusal: Refusal, settings: &AppSyncSettings) -> DataPlaneError {
    match refusal {
        Refusal::Missing | Refusal::NoApiKeyMode => {
            DataPlaneError::CredentialMissing(settings.missing_key_text)
        }
        Refusal::Unknown | Refusal::NotYetActive | Refusal::Expired | Refusal::Deleted => {
            DataPlaneError::CredentialRefused
        }
    }
}

/// What is not a token at all is told so where tokens are taken [REC]; everything else is as if no
/// credential had been sent, which is what AWS says of a false token at an API with keys only [REC].
fn without_key(api: &GraphqlApi, token: &str, settings: &AppSyncSettings) -> DataPlaneError {
    let takes_tokens = TOKEN_MODES
        .into_iter()
        .any(|mode| api.definition.authentication.has(mode));
    let is_token = token.split('.').count() == 3;
    if takes_tokens && !is_token {
        DataPlaneError::TokenUnparsable
    } else {
        DataPlaneError::CredentialMissing(settings.missing_key_text)
    }
}

fn reads_authorization(api: &GraphqlApi) -> bool {
    let authentication = &api.definition.authentication;
    authentication.default_provider().authentication_type != AuthenticationType::ApiKey
        || !authentication.additional().is_empty()
}
