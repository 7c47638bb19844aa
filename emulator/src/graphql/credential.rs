//! The credential of a request, and the mode that it comes in by.
//!
//! Keys are judged. Of signatures and tokens only the form is: nothing here has the keys to verify
//! them, and no function is asked.

use regex::Regex;

use crate::state::appsync::authentication::{
    Authentication, AuthenticationProvider, AuthenticationType, DefaultAction,
};
use crate::state::appsync::authorize::{Refusal, authorize};
use crate::state::appsync::graphql_api::GraphqlApi;
use crate::state::appsync::schema::field_access::Entrance;
use crate::state::appsync::settings::AppSyncSettings;
use crate::time::Timestamp;
use crate::wire::error_code::data_plane::DataPlaneError;
use crate::wire::request::Request;

use super::token::Claims;

/// Lets the request in, or says what AWS says.
///
/// A key together with an `Authorization` header is refused where the API has a mode that reads
/// that header: such calls are reported to fail [REC]; where it has none, the key decides [INF].
pub(super) fn check(
    api: &GraphqlApi,
    request: &Request<'_>,
    now: Timestamp,
    settings: &AppSyncSettings,
) -> Result<Entrance, DataPlaneError> {
    let key = request
        .headers
        .get("x-api-key")
        .map(|key| key.to_str().unwrap_or_default());
    let missing = DataPlaneError::CredentialMissing(settings.missing_key_text);
    let ways = &api.definition.authentication;
    match (key, request.header(http::header::AUTHORIZATION)) {
        (None, Some(text)) => by_authorization(ways, text, now)?.ok_or(missing),
        (Some(_), Some(_)) if reads_authorization(ways) => Err(missing),
        (key, _) => match authorize(api, key, now, settings) {
            Ok(_) => Ok(entrance(ways, AuthenticationType::ApiKey)),
            Err(refusal) => Err(refused(refusal, missing)),
        },
    }
}

/// An API without API_KEY mode does not look at the key: to it, there is no credential [INF].
fn refused(refusal: Refusal, missing: DataPlaneError) -> DataPlaneError {
    match refusal {
        Refusal::Missing | Refusal::NoApiKeyMode => missing,
        Refusal::Unknown | Refusal::NotYetActive | Refusal::Expired | Refusal::Deleted => {
            DataPlaneError::CredentialRefused
        }
    }
}

/// What a request comes in by that has no key; none if the API has no mode for it, which is as if
/// no credential had been sent: so AWS tells a false token at an API with keys only [REC].
pub(crate) fn by_authorization(
    ways: &Authentication,
    text: &str,
    now: Timestamp,
) -> Result<Option<Entrance>, DataPlaneError> {
    let has = |mode| ways.has(mode);
    if let Some(signature) = text.strip_prefix("AWS4-HMAC-SHA256 ") {
        let mode = AuthenticationType::AwsIam;
        return Ok((has(mode) && is_signature(signature)).then(|| entrance(ways, mode)));
    }
    let by_lambda = by_lambda(ways, text);
    let Some(claims) = Claims::read(text) else {
        let takes_tokens = has(AuthenticationType::AmazonCognitoUserPools)
            || has(AuthenticationType::OpenidConnect);
        // [REC] for an API with a user pool.
        return match by_lambda {
            None if takes_tokens => Err(DataPlaneError::TokenUnparsable),
            by_lambda => Ok(by_lambda),
        };
    };
    let issuer = providers(ways).find(|(provider, _)| is_issuer(provider, &claims));
    let Some((provider, is_default)) = issuer else {
        return Ok(by_lambda);
    };
    let config = provider.open_id_connect_config.as_ref();
    let iat_ttl = config.and_then(|config| config.iat_ttl);
    let auth_ttl = config.and_then(|config| config.auth_ttl);
    if claims.is_over(now, iat_ttl, auth_ttl) {
        return Err(DataPlaneError::TokenExpired);
    }
    let pool = provider.user_pool_config.as_ref();
    Ok(Some(Entrance {
        mode: provider.authentication_type,
        is_default,
        denies_unmarked: pool.is_some_and(|pool| pool.default_action == Some(DefaultAction::Deny)),
        groups: claims.groups,
    }))
}

/// Three members of a signature of version 4, for AppSync.
fn is_signature(text: &str) -> bool {
    let member = |name: &str| {
        let mut members = text.split(',').map(str::trim);
        members.find_map(|member| member.strip_prefix(name)?.strip_prefix('='))
    };
    let scope: Vec<&str> = member("Credential")
        .unwrap_or_default()
        .split('/')
        .collect();
    let is_scope = matches!(scope[..], [key, date, region, "appsync", "aws4_request"]
        if [key, date, region].iter().all(|part| !part.is_empty()));
    let is_hex = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_hexdigit());
    is_scope
        && member("SignedHeaders").is_some_and(|headers| !headers.is_empty())
        && member("Signature").is_some_and(is_hex)
}

/// Any token that the pattern of the function matches. The function itself is not asked.
fn by_lambda(ways: &Authentication, text: &str) -> Option<Entrance> {
    let mut all = providers(ways);
    let (provider, _) =
        all.find(|(provider, _)| provider.authentication_type == AuthenticationType::AwsLambda)?;
    let config = provider.lambda_authorizer_config.as_ref();
    let pattern = config.and_then(|config| config.identity_validation_expression.as_deref());
    let is_let_in = !text.is_empty() && pattern.is_none_or(|pattern| matches(pattern, text));
    is_let_in.then(|| entrance(ways, AuthenticationType::AwsLambda))
}

/// Did the provider issue a token, for a client that it lets in?
fn is_issuer(provider: &AuthenticationProvider, claims: &Claims) -> bool {
    let is_client = |pattern: Option<&String>| {
        pattern.is_none_or(|pattern| claims.clients().any(|client| matches(pattern, client)))
    };
    match provider.authentication_type {
        AuthenticationType::AmazonCognitoUserPools => {
            provider.user_pool_config.as_ref().is_some_and(|pool| {
                let (region, id) = (&pool.aws_region, &pool.user_pool_id);
                let issuer = format!("https://cognito-idp.{region}.amazonaws.com/{id}");
                claims.is_from(&issuer) && is_client(pool.app_id_client_regex.as_ref())
            })
        }
        AuthenticationType::OpenidConnect => {
            let config = provider.open_id_connect_config.as_ref();
            config.is_some_and(|config| {
                claims.is_from(&config.issuer) && is_client(config.client_id.as_ref())
            })
        }
        AuthenticationType::ApiKey | AuthenticationType::AwsIam | AuthenticationType::AwsLambda => {
            false
        }
    }
}

/// A pattern that cannot be read matches nothing.
fn matches(pattern: &str, text: &str) -> bool {
    Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(text))
}

/// The ways into an API, and whether each is the default one.
fn providers(ways: &Authentication) -> impl Iterator<Item = (&AuthenticationProvider, bool)> {
    let additional = ways.additional().iter();
    std::iter::once((ways.default_provider(), true))
        .chain(additional.map(|provider| (provider, false)))
}

fn entrance(ways: &Authentication, mode: AuthenticationType) -> Entrance {
    let default = ways.default_provider();
    Entrance {
        mode,
        is_default: default.authentication_type == mode,
        denies_unmarked: false,
        groups: Vec::new(),
    }
}

fn reads_authorization(ways: &Authentication) -> bool {
    providers(ways).any(|(provider, _)| provider.authentication_type != AuthenticationType::ApiKey)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_has_three_members_and_the_scope_of_appsync() {
        let good = "Credential=AK/20261122/eu-west-1/appsync/aws4_request, \
                    SignedHeaders=host;x-amz-date, Signature=0a1b";
        assert!(is_signature(good));
        for (part, instead) in [
            ("appsync", "lambda"),
            ("aws4_request", ""),
            ("AK/", "/"),
            ("SignedHeaders=host;x-amz-date", "SignedHeaders="),
            ("Signature=0a1b", "Signature=xyz"),
            (", Signature=0a1b", ""),
        ] {
            assert!(!is_signature(&good.replace(part, instead)), "{instead}");
        }
    }

    #[test]
    fn a_broken_pattern_matches_nothing() {
        assert!(matches("^a+$", "aaa") && !matches("^a+$", "b") && !matches("(", "("));
    }
}
