//! AppSync's control plane.
//!
//! In reading order: [`api_key`] and [`graphql_api`] (the shapes of answers), [`api_input`] (what
//! CreateGraphqlApi and UpdateGraphqlApi share), [`event_api`], [`event_config`],
//! [`event_api_input`] and [`channel_namespace`] (the same for Event APIs), [`paging`],
//! [`tagging`], [`schema_details`], then one file for each operation.

mod api_input;
mod api_key;
mod channel_namespace;
mod create_api;
mod create_api_key;
mod create_channel_namespace;
mod create_graphql_api;
mod delete_api;
mod delete_api_key;
mod delete_channel_namespace;
mod delete_graphql_api;
mod event_api;
mod event_api_input;
mod event_config;
mod get_api;
mod get_channel_namespace;
mod get_graphql_api;
mod get_introspection_schema;
mod get_schema_creation_status;
mod graphql_api;
mod list_api_keys;
mod list_apis;
mod list_channel_namespaces;
mod list_graphql_apis;
mod list_tags_for_resource;
mod paging;
mod schema_details;
mod start_schema_creation;
mod tag_resource;
mod tagging;
mod untag_resource;
mod update_api;
mod update_api_key;
mod update_channel_namespace;
mod update_graphql_api;

use serde::Serialize;

use crate::wire::service::Service;
use crate::wire::validate::Constrained;

use super::operation::Operation;
use super::{QueryMember, Row};

const API: &str = "/v1/apis/{apiId}";
const APIS: &str = "/v1/apis";
const KEYS: &str = "/v1/apis/{apiId}/apikeys";
const KEY: &str = "/v1/apis/{apiId}/apikeys/{id}";
const SCHEMA: &str = "/v1/apis/{apiId}/schema";
const SCHEMA_CREATION: &str = "/v1/apis/{apiId}/schemacreation";
const EVENT_API: &str = "/v2/apis/{apiId}";
const EVENT_APIS: &str = "/v2/apis";
const NAMESPACE: &str = "/v2/apis/{apiId}/channelNamespaces/{name}";
const NAMESPACES: &str = "/v2/apis/{apiId}/channelNamespaces";
const TAGS: &str = "/v1/tags/{resourceArn}";

const PAGE: &[QueryMember] = &[
    QueryMember::Text("nextToken"),
    QueryMember::Integer("maxResults"),
];
const PAGE_OF_APIS: &[QueryMember] = &[
    QueryMember::Text("nextToken"),
    QueryMember::Integer("maxResults"),
    QueryMember::Text("apiType"),
    QueryMember::Text("owner"),
];
const SCHEMA_FORM: &[QueryMember] = &[
    QueryMember::Text("format"),
    QueryMember::Boolean("includeDirectives"),
];
const TAG_KEYS: &[QueryMember] = &[QueryMember::List("tagKeys")];

/// Its operations: methods, paths and query members as in the model [MODEL].
pub const ROWS: &[Row] = &[
    row::<create_api_key::CreateApiKey>("POST", KEYS, &[]),
    row::<list_api_keys::ListApiKeys>("GET", KEYS, PAGE),
    row::<update_api_key::UpdateApiKey>("POST", KEY, &[]),
    row::<delete_api_key::DeleteApiKey>("DELETE", KEY, &[]),
    row::<create_graphql_api::CreateGraphqlApi>("POST", APIS, &[]),
    row::<get_graphql_api::GetGraphqlApi>("GET", API, &[]),
    row::<list_graphql_apis::ListGraphqlApis>("GET", APIS, PAGE_OF_APIS),
    row::<update_graphql_api::UpdateGraphqlApi>("POST", API, &[]),
    row::<delete_graphql_api::DeleteGraphqlApi>("DELETE", API, &[]),
    row::<start_schema_creation::StartSchemaCreation>("POST", SCHEMA_CREATION, &[]),
    row::<get_schema_creation_status::GetSchemaCreationStatus>("GET", SCHEMA_CREATION, &[]),
    row::<get_introspection_schema::GetIntrospectionSchema>("GET", SCHEMA, SCHEMA_FORM),
    row::<create_api::CreateApi>("POST", EVENT_APIS, &[]),
    row::<get_api::GetApi>("GET", EVENT_API, &[]),
    row::<list_apis::ListApis>("GET", EVENT_APIS, PAGE),
    row::<update_api::UpdateApi>("POST", EVENT_API, &[]),
    row::<delete_api::DeleteApi>("DELETE", EVENT_API, &[]),
    row::<create_channel_namespace::CreateChannelNamespace>("POST", NAMESPACES, &[]),
    row::<get_channel_namespace::GetChannelNamespace>("GET", NAMESPACE, &[]),
    row::<list_channel_namespaces::ListChannelNamespaces>("GET", NAMESPACES, PAGE),
    row::<update_channel_namespace::UpdateChannelNamespace>("POST", NAMESPACE, &[]),
    row::<delete_channel_namespace::DeleteChannelNamespace>("DELETE", NAMESPACE, &[]),
    row::<tag_resource::TagResource>("POST", TAGS, &[]),
    row::<untag_resource::UntagResource>("DELETE", TAGS, TAG_KEYS),
    row::<list_tags_for_resource::ListTagsForResource>("GET", TAGS, &[]),
];

const fn row<O: Operation>(
    method: &'static str,
    path: &'static str,
    query: &'static [QueryMember],
) -> Row
where
    O::Input: Constrained,
{
    Row::rest::<O>(Service::AppSync, method, path, query)
}

/// An answer without members: `{}` [MODEL].
#[derive(Debug, Serialize)]
struct Empty {}
