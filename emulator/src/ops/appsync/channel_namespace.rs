//! A channel namespace on the wire, in and out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::{ApiId, Scope};
use crate::state::appsync::channel_namespace::{
    ChannelNamespace, HandlerConfigs, NamespaceDefinition,
};
use crate::wire::epoch::EpochSeconds;
use crate::wire::payload::Required;
use crate::wire::validate::{Constrained, Violations, between};

use super::event_config::{AuthMode, modes, types};
use super::tagging::{api_arn, check_tags};

/// The answer of CreateChannelNamespace, GetChannelNamespace and UpdateChannelNamespace.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OneNamespace {
    pub(super) channel_namespace: NamespaceShape,
}

/// A channel namespace as clients see it [MODEL].
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NamespaceShape {
    api_id: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    subscribe_auth_modes: Option<Vec<AuthMode>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    publish_auth_modes: Option<Vec<AuthMode>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code_handlers: Option<String>,
    tags: BTreeMap<String, String>,
    channel_namespace_arn: String,
    created: EpochSeconds,
    last_modified: EpochSeconds,
    #[serde(skip_serializing_if = "Option::is_none")]
    handler_configs: Option<HandlerConfigs>,
}

impl NamespaceShape {
    /// A namespace of an API.
    pub(super) fn new(namespace: &ChannelNamespace, api: &ApiId, scope: &Scope) -> Self {
        let NamespaceDefinition {
            publish_modes,
            subscribe_modes,
            code_handlers,
            handler_configs,
        } = &namespace.definition;
        let (arn, name) = (api_arn(api, scope), &namespace.name);
        Self {
            api_id: api.as_str().to_owned(),
            name: name.clone(),
            subscribe_auth_modes: subscribe_modes.as_deref().map(modes),
            publish_auth_modes: publish_modes.as_deref().map(modes),
            code_handlers: code_handlers.clone(),
            tags: namespace.tags.all().clone(),
            channel_namespace_arn: format!("{arn}/channelNamespace/{name}"),
            created: EpochSeconds(namespace.created_at),
            last_modified: EpochSeconds(namespace.modified_at),
            handler_configs: handler_configs.clone(),
        }
    }
}

/// The input of CreateChannelNamespace and UpdateChannelNamespace; the latter takes no tags, so that
/// it ignores them as it does any unknown member [MODEL].
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NamespaceInput {
    pub(super) api_id: ApiId,
    #[serde(default)]
    pub(super) name: Required<String>,
    pub(super) tags: Option<BTreeMap<String, String>>,
    subscribe_auth_modes: Option<Vec<AuthMode>>,
    publish_auth_modes: Option<Vec<AuthMode>>,
    code_handlers: Option<String>,
    handler_configs: Option<HandlerConfigs>,
}

impl Constrained for NamespaceInput {
    fn check(&self, violations: &mut Violations) {
        violations.present("name", &self.name);
        if self.name.is_present() {
            check_name(&self.name, violations);
        }
        if let Some(tags) = &self.tags {
            check_tags(tags, violations);
        }
        let code = self.code_handlers.as_ref();
        violations.optional_text("codeHandlers", code, between(1, 32_768));
        let configs = self.handler_configs.iter();
        for handler in configs.flat_map(|c| c.on_publish.iter().chain(&c.on_subscribe)) {
            let behaviors = ["CODE", "DIRECT"];
            let path = "handlerConfigs.behavior";
            violations.one_of(path, Some(&handler.behavior), &behaviors);
            let lambda = handler.integration.lambda_config.as_ref();
            let kind = lambda.and_then(|config| config.invoke_type.as_ref());
            let path = "handlerConfigs.integration.lambdaConfig.invokeType";
            violations.one_of(path, kind, &["REQUEST_RESPONSE", "EVENT"]);
        }
    }
}

impl From<NamespaceInput> for NamespaceDefinition {
    fn from(input: NamespaceInput) -> Self {
        Self {
            publish_modes: input.publish_auth_modes.map(types),
            subscribe_modes: input.subscribe_auth_modes.map(types),
            code_handlers: input.code_handlers,
            handler_configs: input.handler_configs,
        }
    }
}

/// The name of a namespace: 1 to 50 letters, digits and hyphens, no hyphen at either end [MODEL].
pub(super) fn check_name(name: &str, violations: &mut Violations) {
    violations.text("name", name, between(1, 50));
    let is_inner = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let is_met = name.chars().all(is_inner) && !name.starts_with('-') && !name.ends_with('-');
    let pattern = r"([A-Za-z0-9](?:[A-Za-z0-9\-]{0,48}[A-Za-z0-9])?)";
    violations.pattern("name", name, pattern, is_met);
}
