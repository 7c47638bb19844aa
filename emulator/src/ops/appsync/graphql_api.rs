//! The shape of a GraphQL API on the wire.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::ids::Scope;
use crate::ops::Context;
use crate::state::appsync::authentication::{
    AuthenticationProvider, AuthenticationType, LambdaAuthorizerConfig, OpenIdConnectConfig,
    UserPoolConfig,
};
use crate::state::appsync::graphql_api::{
    ApiType, EnhancedMetricsConfig, GraphqlApi, Introspection, LogConfig, Visibility,
};

use super::tagging::api_arn;

/// The answer of CreateGraphqlApi, GetGraphqlApi and UpdateGraphqlApi.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OneApi {
    pub(super) graphql_api: GraphqlApiShape,
}

/// A GraphQL API as clients see it: no time of creation, no keys [MODEL].
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GraphqlApiShape {
    name: String,
    api_id: String,
    authentication_type: AuthenticationType,
    #[serde(skip_serializing_if = "Option::is_none")]
    log_config: Option<LogConfig>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_pool_config: Option<UserPoolConfig>,
    #[serde(
        rename = "openIDConnectConfig",
        skip_serializing_if = "Option::is_none"
    )]
    open_id_connect_config: Option<OpenIdConnectConfig>,
    arn: String,
    uris: Addresses,
    tags: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    additional_authentication_providers: Vec<AuthenticationProvider>,
    xray_enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    lambda_authorizer_config: Option<LambdaAuthorizerConfig>,
    dns: Addresses,
    visibility: Visibility,
    api_type: ApiType,
    #[serde(skip_serializing_if = "Option::is_none")]
    merged_api_execution_role_arn: Option<String>,
    owner: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_contact: Option<String>,
    introspection_config: Introspection,
    query_depth_limit: i64,
    resolver_count_limit: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    enhanced_metrics_config: Option<EnhancedMetricsConfig>,
}

/// Where an API answers: the key of each entry is in capitals [MODEL].
#[derive(Debug, Serialize)]
#[serde(rename_all = "UPPERCASE")]
struct Addresses {
    realtime: String,
    graphql: String,
}

impl GraphqlApiShape {
    /// An API as it looks to the caller of an operation.
    pub(super) fn new(api: &GraphqlApi, cx: &Context<'_>) -> Self {
        let definition = api.definition.clone();
        let default = definition.authentication.default_provider().clone();
        Self {
            name: definition.name,
            api_id: api.id.as_str().to_owned(),
            authentication_type: default.authentication_type,
            log_config: definition.log_config,
            user_pool_config: default.user_pool_config,
            open_id_connect_config: default.open_id_connect_config,
            arn: api_arn(&api.id, cx.scope),
            uris: uris(api, cx.authority),
            tags: api.tags.all().clone(),
            additional_authentication_providers: definition.authentication.additional().to_vec(),
            xray_enabled: definition.xray_enabled,
            lambda_authorizer_config: default.lambda_authorizer_config,
            dns: dns(api, cx.scope),
            visibility: api.visibility,
            api_type: api.api_type,
            merged_api_execution_role_arn: definition.merged_api_execution_role_arn,
            owner: cx.scope.account.as_str().to_owned(),
            owner_contact: definition.owner_contact,
            introspection_config: definition.introspection,
            query_depth_limit: definition.query_depth_limit,
            resolver_count_limit: definition.resolver_count_limit,
            enhanced_metrics_config: definition.enhanced_metrics_config,
        }
    }
}

/// URLs at the authority that the client reached the emulator at, since the hosts of AWS do not
/// lead to it. The label in them is not the API's id, as on AWS [REC].
fn uris(api: &GraphqlApi, authority: &str) -> Addresses {
    Addresses {
        realtime: format!("ws://{authority}/graphql/{}/realtime", api.host),
        graphql: format!("http://{authority}/graphql/{}", api.host),
    }
}

/// The hosts of AWS [REC]. The emulator answers at them too, if they are made to lead to it.
fn dns(api: &GraphqlApi, scope: &Scope) -> Addresses {
    let region = &scope.region;
    let suffix = match region.partition() {
        "aws-cn" => "amazonaws.com.cn",
        _ => "amazonaws.com",
    };
    Addresses {
        realtime: format!("{}.appsync-realtime-api.{region}.{suffix}", api.host),
        graphql: format!("{}.appsync-api.{region}.{suffix}", api.host),
    }
}
