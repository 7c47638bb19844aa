//! AppSync's control plane.
//!
//! In reading order: [`api_key`] and [`graphql_api`] (the shapes of answers), [`api_input`] (what
//! CreateGraphqlApi and UpdateGraphqlApi share), [`paging`], [`tagging`], then one file for each
//! operation.

mod api_input;
mod api_key;
mod create_api_key;
mod create_graphql_api;
mod delete_api_key;
mod delete_graphql_api;
mod get_graphql_api;
mod get_schema_creation_status;
mod graphql_api;
mod list_api_keys;
mod list_graphql_apis;
mod list_tags_for_resource;
mod paging;
mod start_schema_creation;
mod tag_resource;
mod tagging;
mod untag_resource;
mod update_api_key;
mod update_graphql_api;

use serde::Serialize;

use crate::wire::service::Service;

use super::operation::Operation;
use super::{QueryMember, Row};

const API: &str = "/v1/apis/{apiId}";
const APIS: &str = "/v1/apis";
const KEYS: &str = "/v1/apis/{apiId}/apikeys";
const KEY: &str = "/v1/apis/{apiId}/apikeys/{id}";
const SCHEMA: &str = "/v1/apis/{apiId}/schemacreation";
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
    row::<start_schema_creation::StartSchemaCreation>("POST", SCHEMA, &[]),
    row::<get_schema_creation_status::GetSchemaCreationStatus>("GET", SCHEMA, &[]),
    row::<tag_resource::TagResource>("POST", TAGS, &[]),
    row::<untag_resource::UntagResource>("DELETE", TAGS, TAG_KEYS),
    row::<list_tags_for_resource::ListTagsForResource>("GET", TAGS, &[]),
];

const fn row<O: Operation>(
    method: &'static str,
    path: &'static str,
    query: &'static [QueryMember],
) -> Row {
    Row::rest::<O>(Service::AppSync, method, path, query)
}

/// An answer without members: `{}` [MODEL].
#[derive(Debug, Serialize)]
struct Empty {}
