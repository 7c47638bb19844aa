//! What CreateGraphqlApi and UpdateGraphqlApi share: the attributes of an API.

use serde::Deserialize;

use crate::state::appsync::authentication::{
    Authentication, AuthenticationProvider, AuthenticationType, LambdaAuthorizerConfig,
    OpenIdConnectConfig, UserPoolConfig,
};
use crate::state::appsync::error::AppSyncError;
use crate::state::appsync::graphql_api::{
    ApiDefinition, EnhancedMetricsConfig, Introspection, LogConfig,
};
use crate::wire::payload::Required;
use crate::wire::validate::{Violations, between};

/// The attributes of an API [MODEL].
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ApiInput {
    #[serde(default)]
    name: Required<String>,
    authentication_type: Option<AuthenticationType>,
    log_config: Option<LogConfig>,
    user_pool_config: Option<UserPoolConfig>,
    #[serde(rename = "openIDConnectConfig")]
    open_id_connect_config: Option<OpenIdConnectConfig>,
    lambda_authorizer_config: Option<LambdaAuthorizerConfig>,
    #[serde(default)]
    additional_authentication_providers: Vec<AuthenticationProvider>,
    #[serde(default)]
    xray_enabled: bool,
    #[serde(default)]
    introspection_config: Introspection,
    query_depth_limit: Option<i64>,
    resolver_count_limit: Option<i64>,
    owner_contact: Option<String>,
    enhanced_metrics_config: Option<EnhancedMetricsConfig>,
    merged_api_execution_role_arn: Option<String>,
}

impl ApiInput {
    /// The model's constraints; an empty name is refused though the model does not bound it [INF].
    pub(super) fn check(&self, violations: &mut Violations) {
        violations.required_text("name", &self.name, between(1, 65_536));
        if self.authentication_type.is_none() {
            violations.add("null", "authenticationType", "not be null");
        }
        violations.number("queryDepthLimit", self.query_depth_limit, between(0, 75));
        violations.number(
            "resolverCountLimit",
            self.resolver_count_limit,
            between(0, 10_000),
        );
        violations.optional_text("ownerContact", self.owner_contact.as_ref(), between(0, 256));
        let levels = ["NONE", "ERROR", "ALL", "INFO", "DEBUG"];
        let level = self
            .log_config
            .as_ref()
            .map(|config| &config.field_log_level);
        violations.one_of("logConfig.fieldLogLevel", level, &levels);
        let pool = self.user_pool_config.as_ref();
        if pool.is_some_and(|pool| pool.default_action.is_none()) {
            // Required of the default mode only [MODEL].
            violations.add("null", "userPoolConfig.defaultAction", "not be null");
        }
        self.check_metrics(violations);
        self.check_lambda_ttl(violations);
    }

    fn check_metrics(&self, violations: &mut Violations) {
        let Some(metrics) = &self.enhanced_metrics_config else {
            return;
        };
        let resolvers = ["FULL_REQUEST_RESOLVER_METRICS", "PER_RESOLVER_METRICS"];
        let sources = [
            "FULL_REQUEST_DATA_SOURCE_METRICS",
            "PER_DATA_SOURCE_METRICS",
        ];
        for (member, word, words) in [
            (
                "resolverLevelMetricsBehavior",
                &metrics.resolver_level_metrics_behavior,
                resolvers,
            ),
            (
                "dataSourceLevelMetricsBehavior",
                &metrics.data_source_level_metrics_behavior,
                sources,
            ),
            (
                "operationLevelMetricsConfig",
                &metrics.operation_level_metrics_config,
                ["ENABLED", "DISABLED"],
            ),
        ] {
            violations.one_of(
                &format!("enhancedMetricsConfig.{member}"),
                Some(word),
                &words,
            );
        }
    }

    fn check_lambda_ttl(&self, violations: &mut Violations) {
        let additional = &self.additional_authentication_providers;
        let configs = additional
            .iter()
            .map(|provider| &provider.lambda_authorizer_config);
        for config in configs.chain([&self.lambda_authorizer_config]).flatten() {
            violations.number(
                "lambdaAuthorizerConfig.authorizerResultTtlInSeconds",
                config.authorizer_result_ttl_in_seconds,
                between(0, 3600),
            );
        }
    }

    /// The definition of the API, if its ways in can be combined.
    pub(super) fn into_definition(self) -> Result<ApiDefinition, AppSyncError> {
        let default = AuthenticationProvider {
            authentication_type: self
                .authentication_type
                .unwrap_or(AuthenticationType::ApiKey),
            user_pool_config: self.user_pool_config,
            open_id_connect_config: self.open_id_connect_config,
            lambda_authorizer_config: self.lambda_authorizer_config,
        };
        let additional = self.additional_authentication_providers;
        Ok(ApiDefinition {
            name: self.name.into_inner(),
            authentication: Authentication::new(default, additional)?,
            log_config: self.log_config,
            xray_enabled: self.xray_enabled,
            introspection: self.introspection_config,
            query_depth_limit: self.query_depth_limit.unwrap_or_default(),
            resolver_count_limit: self.resolver_count_limit.unwrap_or_default(),
            owner_contact: self.owner_contact,
            enhanced_metrics_config: self.enhanced_metrics_config,
            merged_api_execution_role_arn: self.merged_api_execution_role_arn,
        })
    }
}
