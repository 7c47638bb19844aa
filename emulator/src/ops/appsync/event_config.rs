//! The configuration of an Event API on the wire, in and out.

use serde::{Deserialize, Serialize};

use crate::state::appsync::authentication::{
    AuthenticationProvider, AuthenticationType, LambdaAuthorizerConfig, OpenIdConnectConfig,
    UserPoolConfig,
};
use crate::state::appsync::error::AppSyncError;
use crate::state::appsync::event_config::{EventConfig, EventLogConfig, ModeLists};
use crate::wire::validate::{Violations, between};

/// A Cognito user pool [MODEL]: unlike a GraphQL API's it has no default action.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct CognitoConfig {
    user_pool_id: String,
    aws_region: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    app_id_client_regex: Option<String>,
}

/// A provider [MODEL].
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct AuthProvider {
    auth_type: AuthenticationType,
    #[serde(skip_serializing_if = "Option::is_none")]
    cognito_config: Option<CognitoConfig>,
    #[serde(
        rename = "openIDConnectConfig",
        skip_serializing_if = "Option::is_none"
    )]
    open_id_connect_config: Option<OpenIdConnectConfig>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lambda_authorizer_config: Option<LambdaAuthorizerConfig>,
}

/// An authorization mode [MODEL].
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AuthMode {
    auth_type: AuthenticationType,
}

/// A list of modes out of the list on the wire.
pub(super) fn types(modes: Vec<AuthMode>) -> Vec<AuthenticationType> {
    modes.into_iter().map(|mode| mode.auth_type).collect()
}

/// The list on the wire out of a list of modes.
pub(super) fn modes(types: &[AuthenticationType]) -> Vec<AuthMode> {
    let mode = |&auth_type: &AuthenticationType| AuthMode { auth_type };
    types.iter().map(mode).collect()
}

/// The configuration [MODEL]; what the model requires may be absent until it is checked.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EventConfigShape {
    auth_providers: Option<Vec<AuthProvider>>,
    connection_auth_modes: Option<Vec<AuthMode>>,
    default_publish_auth_modes: Option<Vec<AuthMode>>,
    default_subscribe_auth_modes: Option<Vec<AuthMode>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    log_config: Option<EventLogConfig>,
}

impl EventConfigShape {
    /// The model's constraints.
    pub(super) fn check(&self, violations: &mut Violations) {
        let lists = [
            ("connectionAuthModes", &self.connection_auth_modes),
            ("defaultPublishAuthModes", &self.default_publish_auth_modes),
            (
                "defaultSubscribeAuthModes",
                &self.default_subscribe_auth_modes,
            ),
        ];
        if self.auth_providers.is_none() {
            violations.add("null", "eventConfig.authProviders", "not be null");
        }
        for (name, _) in lists.into_iter().filter(|(_, list)| list.is_none()) {
            violations.add("null", &format!("eventConfig.{name}"), "not be null");
        }
        let levels = ["NONE", "ERROR", "ALL", "INFO", "DEBUG"];
        let level = self.log_config.as_ref().map(|config| &config.log_level);
        violations.one_of("eventConfig.logConfig.logLevel", level, &levels);
        let providers = self.auth_providers.iter().flatten();
        for config in providers.filter_map(|provider| provider.lambda_authorizer_config.as_ref()) {
            violations.number(
                "eventConfig.authProviders.lambdaAuthorizerConfig.authorizerResultTtlInSeconds",
                config.authorizer_result_ttl_in_seconds,
                between(0, 3600),
            );
        }
    }

    /// The configuration, if its parts can be combined.
    pub(super) fn into_config(self) -> Result<EventConfig, AppSyncError> {
        let providers = self.auth_providers.unwrap_or_default();
        let list = |modes: Option<Vec<AuthMode>>| types(modes.unwrap_or_default());
        let modes = ModeLists {
            connection: list(self.connection_auth_modes),
            publish: list(self.default_publish_auth_modes),
            subscribe: list(self.default_subscribe_auth_modes),
        };
        let providers = providers.into_iter().map(AuthenticationProvider::from);
        EventConfig::new(providers.collect(), modes, self.log_config)
    }
}

impl From<&EventConfig> for EventConfigShape {
    fn from(config: &EventConfig) -> Self {
        let authentication = config.authentication();
        let first = authentication.default_provider();
        let all = std::iter::once(first).chain(authentication.additional());
        let lists = config.modes();
        Self {
            auth_providers: Some(all.cloned().map(AuthProvider::from).collect()),
            connection_auth_modes: Some(modes(&lists.connection)),
            default_publish_auth_modes: Some(modes(&lists.publish)),
            default_subscribe_auth_modes: Some(modes(&lists.subscribe)),
            log_config: config.log().cloned(),
        }
    }
}

impl From<AuthProvider> for AuthenticationProvider {
    fn from(provider: AuthProvider) -> Self {
        let pool = |config: CognitoConfig| UserPoolConfig {
            user_pool_id: config.user_pool_id,
            aws_region: config.aws_region,
            default_action: None,
            app_id_client_regex: config.app_id_client_regex,
        };
        Self {
            authentication_type: provider.auth_type,
            user_pool_config: provider.cognito_config.map(pool),
            open_id_connect_config: provider.open_id_connect_config,
            lambda_authorizer_config: provider.lambda_authorizer_config,
        }
    }
}

impl From<AuthenticationProvider> for AuthProvider {
    fn from(provider: AuthenticationProvider) -> Self {
        let pool = |config: UserPoolConfig| CognitoConfig {
            user_pool_id: config.user_pool_id,
            aws_region: config.aws_region,
            app_id_client_regex: config.app_id_client_regex,
        };
        Self {
            auth_type: provider.authentication_type,
            cognito_config: provider.user_pool_config.map(pool),
            open_id_connect_config: provider.open_id_connect_config,
            lambda_authorizer_config: provider.lambda_authorizer_config,
        }
    }
}
