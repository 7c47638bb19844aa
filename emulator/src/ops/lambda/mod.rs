//! Lambda's control plane, and Invoke.
//!
//! In reading order: [`configuration`] (what an answer tells of a function), [`logging`],
//! [`alias`], [`policy`], [`tagging`], [`page`], [`input`] (what the operations share), then one file for each operation.

mod add_permission;
mod alias;
mod configuration;
mod create_alias;
mod create_function;
mod delete_alias;
mod delete_function;
mod get_alias;
mod get_function;
mod get_function_code_signing_config;
mod get_function_configuration;
mod get_policy;
mod input;
mod invoke;
mod list_aliases;
mod list_functions;
mod list_tags;
mod list_versions_by_function;
mod logging;
mod page;
mod policy;
mod publish_version;
mod remove_permission;
mod tag_resource;
mod tagging;
mod untag_resource;
mod update_alias;
mod update_function_code;
mod update_function_configuration;

use crate::wire::service::Service;
use crate::wire::validate::Constrained;

use super::operation::Operation;
use super::{QueryMember, Row};
pub(super) use policy::meaning as policy_meaning;

const FUNCTIONS: &str = "/2015-03-31/functions";
const FUNCTION: &str = "/2015-03-31/functions/{FunctionName}";
const CONFIGURATION: &str = "/2015-03-31/functions/{FunctionName}/configuration";
const CODE: &str = "/2015-03-31/functions/{FunctionName}/code";
const INVOCATIONS: &str = "/2015-03-31/functions/{FunctionName}/invocations";
const POLICY: &str = "/2015-03-31/functions/{FunctionName}/policy";
const STATEMENT: &str = "/2015-03-31/functions/{FunctionName}/policy/{StatementId}";
const VERSIONS: &str = "/2015-03-31/functions/{FunctionName}/versions";
const ALIASES: &str = "/2015-03-31/functions/{FunctionName}/aliases";
const ALIAS: &str = "/2015-03-31/functions/{FunctionName}/aliases/{Name}";
const CODE_SIGNING: &str = "/2020-06-30/functions/{FunctionName}/code-signing-config";
const TAGS: &str = "/2017-03-31/tags/{Resource}";

const QUALIFIER: &[QueryMember] = &[QueryMember::Text("Qualifier")];
const QUALIFIER_AND_REVISION: &[QueryMember] = &[
    QueryMember::Text("Qualifier"),
    QueryMember::Text("RevisionId"),
];
const TAG_KEYS: &[QueryMember] = &[QueryMember::List("tagKeys")];
const PAGE: &[QueryMember] = &[
    QueryMember::Text("Marker"),
    QueryMember::Integer("MaxItems"),
    QueryMember::Text("FunctionVersion"),
];

/// Its operations: methods, paths and query members as in the model [MODEL].
pub const ROWS: &[Row] = &[
    row::<create_function::CreateFunction>("POST", FUNCTIONS, &[]),
    row::<list_functions::ListFunctions>("GET", FUNCTIONS, PAGE),
    row::<get_function::GetFunction>("GET", FUNCTION, QUALIFIER),
    row::<delete_function::DeleteFunction>("DELETE", FUNCTION, QUALIFIER),
    row::<get_function_configuration::GetFunctionConfiguration>("GET", CONFIGURATION, QUALIFIER),
    row::<update_function_configuration::UpdateFunctionConfiguration>("PUT", CONFIGURATION, &[]),
    row::<update_function_code::UpdateFunctionCode>("PUT", CODE, &[]),
    row::<invoke::Invoke>("POST", INVOCATIONS, QUALIFIER)
        .with_headers(invoke::HEADERS)
        .with_free_body(),
    row::<add_permission::AddPermission>("POST", POLICY, QUALIFIER),
    row::<get_policy::GetPolicy>("GET", POLICY, QUALIFIER),
    row::<remove_permission::RemovePermission>("DELETE", STATEMENT, QUALIFIER_AND_REVISION),
    row::<publish_version::PublishVersion>("POST", VERSIONS, &[]),
    row::<list_versions_by_function::ListVersionsByFunction>("GET", VERSIONS, PAGE),
    row::<create_alias::CreateAlias>("POST", ALIASES, &[]),
    row::<get_alias::GetAlias>("GET", ALIAS, &[]),
    row::<list_aliases::ListAliases>("GET", ALIASES, PAGE),
    row::<update_alias::UpdateAlias>("PUT", ALIAS, &[]),
    row::<delete_alias::DeleteAlias>("DELETE", ALIAS, &[]),
    row::<get_function_code_signing_config::GetFunctionCodeSigningConfig>("GET", CODE_SIGNING, &[]),
    row::<list_tags::ListTags>("GET", TAGS, &[]),
    row::<tag_resource::TagResource>("POST", TAGS, &[]),
    row::<untag_resource::UntagResource>("DELETE", TAGS, TAG_KEYS),
];

const fn row<O: Operation>(
    method: &'static str,
    path: &'static str,
    query: &'static [QueryMember],
) -> Row
where
    O::Input: Constrained,
{
    Row::rest::<O>(Service::Lambda, method, path, query)
}
