//! AssumeRole: temporary credentials of a role, if its trust policy lets the caller.

use serde::{Deserialize, Serialize};

use crate::ops::iam::policy;
use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::iam::credentials::{NewSession, Session};
use crate::state::iam::error::IamError;
use crate::state::iam::names::check_name;
use crate::state::iam::role::{DEFAULT_SESSION_SECONDS, Role};
use crate::state::iam::settings::Enforcement;
use crate::state::policy::{Decision, Policies, Request, ResourceRule, Source, decide};
use crate::wire::aws_query::{Listed, Moment, Parsed};
use crate::wire::payload::Required;
use crate::wire::policy_document::Form;
use crate::wire::validate::{Constrained, Violations, between};

/// AssumeRole [M].
pub(super) struct AssumeRole;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    role_arn: Required<String>,
    role_session_name: Required<String>,
    duration_seconds: Option<Parsed<u32>>,
    policy: Option<String>,
    policy_arns: Listed<serde::de::IgnoredAny>,
    external_id: Option<String>,
}

/// Output. It has no `Debug`, since it holds secrets.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    credentials: Temporary,
    assumed_role_user: AssumedRoleUser,
    #[serde(skip_serializing_if = "Option::is_none")]
    packed_policy_size: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Temporary {
    access_key_id: String,
    secret_access_key: String,
    session_token: String,
    expiration: Moment,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct AssumedRoleUser {
    assumed_role_id: String,
    arn: String,
}

/// The longest session policy, in characters, and how its size is told in percent of that [D].
const POLICY_LIMIT: usize = 2048;

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        violations.required_text("roleArn", &self.role_arn, between(20, 2048));
        violations.required_text("roleSessionName", &self.role_session_name, between(2, 64));
        if let Some(policy) = &self.policy {
            let length = i64::try_from(POLICY_LIMIT).unwrap_or(i64::MAX);
            violations.text("policy", policy, between(1, length));
        }
    }
}

impl Operation for AssumeRole {
    const NAME: &'static str = "AssumeRole";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        if !input.policy_arns.0.is_empty() {
            return Err(IamError::NotEmulated("PolicyArns").into());
        }
        let name = input.role_session_name.into_inner();
        check_name("roleSessionName", &name)?;
        let percent = input
            .policy
            .as_ref()
            .map(|it| it.len() * 100 / POLICY_LIMIT);
        let policy = input.policy.map(|text| policy::read(text, Form::Identity));
        let policy = policy.transpose()?.map(|text| text.document);
        let denied = || IamError::AssumeRoleDenied {
            principal: cx.signer.principal.to_string(),
            role: input.role_arn.to_string(),
        };
        let role = world
            .role_of_arn(&input.role_arn)
            .cloned()
            .ok_or_else(denied)?;
        if !is_trusted(world, cx, &role, input.external_id) {
            return Err(denied().into());
        }
        let seconds = seconds(input.duration_seconds, &role)?;
        let new = NewSession {
            name,
            seconds,
            policy,
        };
        let account = world.account_of(&role);
        let credentials = &mut world.credentials;
        let session = credentials.issue_session(&role, &account, new, cx.entropy, cx.now);
        Ok(output(session, percent))
    }
}

fn output(session: &Session, packed_policy_size: Option<usize>) -> Output {
    Output {
        credentials: Temporary {
            access_key_id: session.access_key_id.clone(),
            secret_access_key: session.secret_access_key.expose().to_owned(),
            session_token: session.session_token.expose().to_owned(),
            expiration: Moment(session.expires),
        },
        assumed_role_user: AssumedRoleUser {
            assumed_role_id: session.id.clone(),
            arn: session.arn.clone(),
        },
        packed_policy_size,
    }
}

/// From 15 minutes to what the role says [D].
fn seconds(asked: Option<Parsed<u32>>, role: &Role) -> Result<u32, IamError> {
    let seconds = asked.map_or(DEFAULT_SESSION_SECONDS, |Parsed(seconds)| seconds);
    if !(900..=43_200).contains(&seconds) {
        return Err(IamError::OutOfRange {
            member: "durationSeconds",
            least: 900,
            most: 43_200,
        });
    }
    if seconds > role.max_session_seconds {
        return Err(IamError::SessionTooLong);
    }
    Ok(seconds)
}

/// Does the role trust the caller? What the caller's own policies say counts only where policies
/// are enforced; whom a role trusts is part of what the role is.
fn is_trusted(world: &World, cx: &Context<'_>, role: &Role, external_id: Option<String>) -> bool {
    let signer = cx.signer;
    let mut context = signer.context(&world.credentials, cx.scope, cx.now);
    context.set("sts:ExternalId", external_id);
    let request = Request {
        principal: &signer.principal,
        action: "sts:AssumeRole",
        resource: &role.identity.arn,
        context: &context,
    };
    let policies = Policies {
        identity: world.policies_of(&signer.principal),
        session: signer.session_policy(&world.credentials),
        resource: Some(&role.trust.document),
        owner: &world.account_of(role),
        rule: ResourceRule::MustAllow,
    };
    let decision = decide(&request, &policies);
    let lacks_own = Decision::ImplicitDeny {
        missing: Source::Identity,
    };
    let is_enforced = world.settings.access.iam == Enforcement::Enforce;
    decision.is_allowed() || (decision == lacks_own && !is_enforced)
}
