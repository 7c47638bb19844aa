//! What the inputs of several operations share.

use serde::Deserialize;

use crate::ops::Context;
use crate::state::iam::error::IamError;
use crate::state::iam::names::{Place, check_name, check_path};
use crate::state::policy::Principal;
use crate::wire::payload::Required;
use crate::wire::validate::{Constrained, Violations, between};

/// The input of an operation that takes a role's name and nothing else.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct OfRole {
    pub(super) role_name: Required<String>,
}

impl Constrained for OfRole {
    fn check(&self, violations: &mut Violations) {
        check_role_name(violations, &self.role_name);
    }
}

/// The input of an operation that takes a user's name and nothing else.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct OfUser {
    pub(super) user_name: Required<String>,
}

impl Constrained for OfUser {
    fn check(&self, violations: &mut Violations) {
        check_user_name(violations, &self.user_name);
    }
}

/// The input of an operation that means its caller where no user is named.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct MaybeUser {
    pub(super) user_name: Option<String>,
}

impl Constrained for MaybeUser {
    fn check(&self, violations: &mut Violations) {
        violations.optional_text("userName", self.user_name.as_ref(), between(1, 128));
    }
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

/// The input of an operation on an inline policy of a role.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct InlineOfRole {
    pub(super) role_name: Required<String>,
    pub(super) policy_name: Required<String>,
}

impl Constrained for InlineOfRole {
    fn check(&self, violations: &mut Violations) {
        check_role_name(violations, &self.role_name);
        check_policy_name(violations, &self.policy_name);
    }
}

/// The input of an operation on an inline policy of a user.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct InlineOfUser {
    pub(super) user_name: Required<String>,
    pub(super) policy_name: Required<String>,
}

impl Constrained for InlineOfUser {
    fn check(&self, violations: &mut Violations) {
        check_user_name(violations, &self.user_name);
        check_policy_name(violations, &self.policy_name);
    }
}

/// The input of an operation on a policy that is attached to a role, or shall be.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct AttachedToRole {
    pub(super) role_name: Required<String>,
    pub(super) policy_arn: Required<String>,
}

impl Constrained for AttachedToRole {
    fn check(&self, violations: &mut Violations) {
        check_role_name(violations, &self.role_name);
        check_arn(violations, &self.policy_arn);
    }
}

/// The input of an operation on a policy that is attached to a user, or shall be.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct AttachedToUser {
    pub(super) user_name: Required<String>,
    pub(super) policy_arn: Required<String>,
}

impl Constrained for AttachedToUser {
    fn check(&self, violations: &mut Violations) {
        check_user_name(violations, &self.user_name);
        check_arn(violations, &self.policy_arn);
    }
}

/// The input of an operation that takes a policy's ARN and nothing else.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct OfPolicy {
    pub(super) policy_arn: Required<String>,
}

impl Constrained for OfPolicy {
    fn check(&self, violations: &mut Violations) {
        check_arn(violations, &self.policy_arn);
    }
}

/// A role's name of 1 to 64 characters [M].
pub(super) fn check_role_name(violations: &mut Violations, name: &Required<String>) {
    violations.required_text("roleName", name, between(1, 64));
}

/// A user's name of 1 to 64 characters [M].
pub(super) fn check_user_name(violations: &mut Violations, name: &Required<String>) {
    violations.required_text("userName", name, between(1, 64));
}

/// A policy's name of 1 to 128 characters [M].
pub(super) fn check_policy_name(violations: &mut Violations, name: &Required<String>) {
    violations.required_text("policyName", name, between(1, 128));
}

/// An ARN of 20 to 2048 characters [M].
pub(super) fn check_arn(violations: &mut Violations, arn: &Required<String>) {
    violations.required_text("policyArn", arn, between(20, 2048));
}

/// A policy of at most 131,072 characters [M].
pub(super) fn check_document(violations: &mut Violations, document: &Required<String>) {
    violations.present("policyDocument", document);
    if document.is_present() {
        let length = document.chars().count();
        violations.sensitive("policyDocument", length, between(1, 131_072));
    }
}

/// A number from `least` to `most`.
pub(super) fn check_range(
    member: &'static str,
    number: u32,
    least: u32,
    most: u32,
) -> Result<(), IamError> {
    if (least..=most).contains(&number) {
        return Ok(());
    }
    Err(IamError::OutOfRange {
        member,
        least,
        most,
    })
}

/// Where a new thing of that name goes.
pub(super) fn place<'a>(
    cx: &Context<'a>,
    member: &'static str,
    name: &str,
    path: Option<&'a str>,
) -> Result<Place<'a>, IamError> {
    check_name(member, name)?;
    let path = path.unwrap_or("/");
    check_path(path)?;
    Ok(Place {
        partition: cx.scope.region.partition(),
        account: &cx.scope.account,
        path,
    })
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
        Some(_) => Err(IamError::NotEmulated(name)),
        None => Ok(()),
    }
}
