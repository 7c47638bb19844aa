//! What the inputs of several operations share.

use serde::Deserialize;

use crate::ops::Context;
use crate::state::World;
use crate::state::iam::error::{IamError, Kind};
use crate::state::iam::names::Place;
use crate::state::iam::role::Role;
use crate::state::policy::Principal;
use crate::wire::aws_query::{Listed, Parsed};

/// The input of an operation that takes a role's name and nothing else.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct OfRole {
    pub(super) role_name: String,
}

/// The input of an operation that takes a user's name and nothing else.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct OfUser {
    pub(super) user_name: String,
}

/// The input of an operation that means its caller where no user is named.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct MaybeUser {
    pub(super) user_name: Option<String>,
}

/// A tag, as inputs have it.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Tag {
    key: String,
    value: String,
}

impl Tag {
    pub(super) fn into_pair(self) -> (String, String) {
        (self.key, self.value)
    }
}

/// The tags of a request.
pub(super) fn pairs(tags: Listed<Tag>) -> Vec<(String, String)> {
    tags.0.into_iter().map(Tag::into_pair).collect()
}

/// Which page of a list is asked for.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Page {
    pub(super) marker: Option<String>,
    pub(super) max_items: Option<Parsed<usize>>,
}

/// The input of a list of what a role has.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct ListOfRole {
    pub(super) role_name: String,
    pub(super) path_prefix: Option<String>,
    #[serde(flatten)]
    pub(super) page: Page,
}

/// The input of a list of what a user has.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct ListOfUser {
    pub(super) user_name: String,
    pub(super) path_prefix: Option<String>,
    #[serde(flatten)]
    pub(super) page: Page,
}

/// The input of a list of what a managed policy has.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct ListOfPolicy {
    pub(super) policy_arn: String,
    #[serde(flatten)]
    pub(super) page: Page,
}

/// The input of an operation on an inline policy of a role.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct InlineOfRole {
    pub(super) role_name: String,
    pub(super) policy_name: String,
}

/// The input of an operation on an inline policy of a user.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct InlineOfUser {
    pub(super) user_name: String,
    pub(super) policy_name: String,
}

/// The input of an operation on a policy that is attached to a role, or shall be.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct AttachedToRole {
    pub(super) role_name: String,
    pub(super) policy_arn: String,
}

/// The input of an operation on a policy that is attached to a user, or shall be.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct AttachedToUser {
    pub(super) user_name: String,
    pub(super) policy_arn: String,
}

/// The input of an operation that takes a policy's ARN and nothing else.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct OfPolicy {
    pub(super) policy_arn: String,
}

/// Where a new thing goes.
pub(super) fn place<'a>(cx: &Context<'a>, path: Option<&'a str>) -> Place<'a> {
    Place {
        partition: cx.scope.region.partition(),
        account: &cx.scope.account,
        path: path.unwrap_or("/"),
    }
}

/// A role of the caller's account.
pub(super) fn role<'w>(
    world: &'w World,
    cx: &Context<'_>,
    name: &str,
) -> Result<&'w Role, IamError> {
    let missing = || IamError::NotFound {
        kind: Kind::Role,
        name: name.to_owned(),
    };
    world
        .iam
        .get(&cx.scope.account)
        .ok_or_else(missing)?
        .role(name)
}

/// The user that is named, or that calls.
pub(super) fn user_name(cx: &Context<'_>, named: Option<String>) -> Result<String, IamError> {
    match (named, &cx.signer.principal) {
        (Some(name), _) => Ok(name),
        (None, Principal::User { arn, .. }) => {
            let name = arn.rsplit('/').next().unwrap_or(arn);
            Ok(name.to_owned())
        }
        (None, _) => Err(IamError::CallerIsNoUser),
    }
}

/// Refuses a member that this emulator would otherwise have to ignore.
pub(super) fn refuse<T>(member: Option<&T>, name: &'static str) -> Result<(), IamError> {
    match member {
        Some(_) => Err(IamError::NotEmulated(name.to_owned())),
        None => Ok(()),
    }
}
