//! GetAccountAuthorizationDetails: users, roles and managed policies with all their policies.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::iam::identity::Identity;
use crate::state::iam::managed_policy::ManagedPolicy;
use crate::state::iam::role::Role;
use crate::state::iam::{Accounts, Iam};
use crate::wire::aws_managed;
use crate::wire::aws_query::{Listed, Members, Moment};

use super::input::Page;
use super::paging::page;
use super::policy::{encoded, shown};
use super::shape::{AttachedPolicy, Empty, PolicyShape, Tag};

/// GetAccountAuthorizationDetails [M].
pub(super) struct GetAccountAuthorizationDetails;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    filter: Listed<String>,
    #[serde(flatten)]
    page: Page,
}

/// Output. There are no groups here.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    user_detail_list: Members<UserDetail>,
    group_detail_list: Members<Empty>,
    role_detail_list: Members<RoleDetail>,
    policies: Members<PolicyShape>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct UserDetail {
    path: String,
    user_name: String,
    user_id: String,
    arn: String,
    create_date: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_policy_list: Option<Members<Inline>>,
    group_list: Members<String>,
    attached_managed_policies: Members<AttachedPolicy>,
    tags: Members<Tag>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct RoleDetail {
    path: String,
    role_name: String,
    role_id: String,
    arn: String,
    create_date: Moment,
    assume_role_policy_document: String,
    instance_profile_list: Members<Empty>,
    role_policy_list: Members<Inline>,
    attached_managed_policies: Members<AttachedPolicy>,
    tags: Members<Tag>,
    role_last_used: Empty,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Inline {
    policy_name: String,
    policy_document: String,
}

/// One of the things that are told, in the order in which they are.
enum Detail {
    User(UserDetail),
    Role(RoleDetail),
    Policy(PolicyShape),
}

fn inline(identity: &Identity) -> Members<Inline> {
    let policies = identity.inline.iter();
    policies
        .map(|(name, policy)| Inline {
            policy_name: name.clone(),
            policy_document: encoded(&policy.text),
        })
        .collect()
}

impl UserDetail {
    fn new(iam: &Iam, user: &Identity) -> Self {
        Self {
            path: user.path.clone(),
            user_name: user.name.clone(),
            user_id: user.id.clone(),
            arn: user.arn.clone(),
            create_date: Moment(user.created),
            user_policy_list: (!user.inline.is_empty()).then(|| inline(user)),
            group_list: Members::from_iter([]),
            attached_managed_policies: AttachedPolicy::all(iam, user).collect(),
            tags: user.tags.iter().map(Tag::new).collect(),
        }
    }
}

impl RoleDetail {
    fn new(iam: &Iam, role: &Role, accounts: &Accounts) -> Self {
        let identity = &role.identity;
        Self {
            path: identity.path.clone(),
            role_name: identity.name.clone(),
            role_id: identity.id.clone(),
            arn: identity.arn.clone(),
            create_date: Moment(identity.created),
            assume_role_policy_document: encoded(&shown(&role.trust, accounts)),
            instance_profile_list: Members::from_iter([]),
            role_policy_list: inline(identity),
            attached_managed_policies: AttachedPolicy::all(iam, identity).collect(),
            tags: identity.tags.iter().map(Tag::new).collect(),
            role_last_used: Empty {},
        }
    }
}

/// The policies of AWS that something is attached to.
fn of_aws(iam: &Iam) -> impl Iterator<Item = &'static ManagedPolicy> {
    let users = iam.users().map(|user| &user.identity);
    let all = users.chain(iam.roles().map(|role| &role.identity));
    let arns = all.flat_map(|identity| identity.attached.keys());
    let arns: BTreeSet<&String> = arns.collect();
    let found: Vec<_> = arns
        .into_iter()
        .filter_map(|arn| aws_managed::find(arn))
        .collect();
    found.into_iter()
}

/// What an account has of the kinds that are asked for, by keys that keep the order.
fn details(iam: &Iam, accounts: &Accounts, kinds: &[String]) -> Vec<(String, Detail)> {
    let is_wanted = |kind: &str| kinds.is_empty() || kinds.iter().any(|it| it == kind);
    let mut all = Vec::new();
    if is_wanted("User") {
        all.extend(iam.users().map(|user| {
            let detail = UserDetail::new(iam, &user.identity);
            (format!("1{}", user.identity.name), Detail::User(detail))
        }));
    }
    if is_wanted("Role") {
        all.extend(iam.roles().map(|role| {
            let detail = RoleDetail::new(iam, role, accounts);
            (format!("2{}", role.identity.name), Detail::Role(detail))
        }));
    }
    let policy = |policy: &ManagedPolicy| {
        let count = iam.attachments(&policy.arn);
        let detail = PolicyShape::with_version(policy, count);
        (format!("3{}", policy.arn), Detail::Policy(detail))
    };
    if is_wanted("LocalManagedPolicy") {
        all.extend(iam.policies().map(policy));
    }
    if is_wanted("AWSManagedPolicy") {
        all.extend(of_aws(iam).map(policy));
    }
    all.sort_by(|(one, _), (other, _)| one.cmp(other));
    all
}

impl Operation for GetAccountAuthorizationDetails {
    const NAME: &'static str = "GetAccountAuthorizationDetails";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        world.iam.of(&cx.scope.account);
        let accounts = &world.iam;
        let iam = accounts.get(&cx.scope.account);
        let all = iam.map_or_else(Vec::new, |iam| details(iam, accounts, &input.filter.0));
        let page = page(all, &input.page)?;
        let (mut users, mut roles, mut policies) = (Vec::new(), Vec::new(), Vec::new());
        for detail in page.entries {
            match detail {
                Detail::User(user) => users.push(user),
                Detail::Role(role) => roles.push(role),
                Detail::Policy(policy) => policies.push(policy),
            }
        }
        Ok(Output {
            user_detail_list: users.into_iter().collect(),
            group_detail_list: Members::from_iter([]),
            role_detail_list: roles.into_iter().collect(),
            policies: policies.into_iter().collect(),
            is_truncated: page.is_truncated,
            marker: page.marker,
        })
    }
}
