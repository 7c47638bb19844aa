//! AssumeRole: temporary credentials of a role, if its trust policy lets the caller.

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::ids::AccountId;
use crate::ops::access::part::{Caller, judge};
use crate::ops::access::sts::Assumption;
use crate::ops::iam::{managed, policy};
use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::iam::error::IamError;
use crate::state::iam::role::{DEFAULT_SESSION_SECONDS, Role};
use crate::state::iam::session::{NewSession, Session, SessionTags};
use crate::state::iam::settings::Enforcement;
use crate::state::policy::{Decision, Document, Source};
use crate::wire::aws_query::{Listed, Moment, Parsed};
use crate::wire::policy_document::Form;

/// AssumeRole [M].
pub(super) struct AssumeRole;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    role_arn: String,
    role_session_name: String,
    duration_seconds: Option<Parsed<u32>>,
    policy: Option<String>,
    policy_arns: Listed<PolicyArn>,
    external_id: Option<String>,
    tags: Listed<Tag>,
    transitive_tag_keys: Listed<String>,
    source_identity: Option<String>,
    serial_number: Option<IgnoredAny>,
    token_code: Option<IgnoredAny>,
    provided_contexts: Listed<IgnoredAny>,
    minimum_session_token_size: Option<IgnoredAny>,
}

/// `PolicyDescriptorType` [M].
#[derive(Default, Deserialize)]
#[serde(default)]
struct PolicyArn {
    arn: String,
}

/// `Tag` [M].
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Tag {
    key: String,
    value: String,
}

/// Output. It has no `Debug`, since it holds secrets.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    credentials: Temporary,
    assumed_role_user: AssumedRoleUser,
    #[serde(skip_serializing_if = "Option::is_none")]
    packed_policy_size: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_identity: Option<String>,
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

impl Operation for AssumeRole {
    const NAME: &'static str = "AssumeRole";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        input.refuse_what_is_not_emulated()?;
        check_arn(&input.role_arn)?;
        let percent = input
            .policy
            .as_ref()
            .map(|it| it.len() * 100 / POLICY_LIMIT);
        let assumption = input.assumption();
        let role = trusting(world, cx, &assumption)?;
        let account = world.account_of(&role);
        let new = NewSession {
            name: assumption.session_name,
            seconds: seconds(assumption.seconds, &role)?,
            policy: session_policy(world, &account, input.policy, &input.policy_arns.0)?,
            tags: session_tags(world, cx, assumption.tags, &assumption.transitive)?,
            source_identity: assumption.source_identity,
            function: None,
        };
        let credentials = &mut world.credentials;
        let session = credentials.issue_session(&role, &account, new, cx.entropy, cx.now);
        Ok(output(session, percent))
    }
}

impl Input {
    fn refuse_what_is_not_emulated(&self) -> Result<(), IamError> {
        let refused = [
            ("SerialNumber", self.serial_number.is_some()),
            ("TokenCode", self.token_code.is_some()),
            ("ProvidedContexts", !self.provided_contexts.0.is_empty()),
            (
                "MinimumSessionTokenSize",
                self.minimum_session_token_size.is_some(),
            ),
        ];
        match refused.into_iter().find(|(_, is_there)| *is_there) {
            Some((member, _)) => Err(IamError::NotEmulated(member.to_owned())),
            None => Ok(()),
        }
    }

    fn assumption(&self) -> Assumption {
        let tags = self.tags.0.iter();
        Assumption {
            role: self.role_arn.clone(),
            session_name: self.role_session_name.clone(),
            external_id: self.external_id.clone(),
            seconds: self.duration_seconds.map(|Parsed(seconds)| seconds),
            source_identity: self.source_identity.clone(),
            tags: tags
                .map(|tag| (tag.key.clone(), tag.value.clone()))
                .collect(),
            transitive: self.transitive_tag_keys.0.clone(),
        }
    }
}

/// Refuses what is no ARN: it has a partition, a service and a name [R].
fn check_arn(arn: &str) -> Result<(), IamError> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let is_arn = |partition: &str, service: &str, name: &str| {
        !partition.is_empty() && !service.is_empty() && !name.is_empty()
    };
    match parts[..] {
        ["arn", partition, service, _, _, name] if is_arn(partition, service, name) => Ok(()),
        _ => Err(IamError::InvalidRoleArn(arn.to_owned())),
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
        source_identity: session.source_identity.clone(),
    }
}

/// No longer than the role says [D].
fn seconds(asked: Option<u32>, role: &Role) -> Result<u32, IamError> {
    let seconds = asked.unwrap_or(DEFAULT_SESSION_SECONDS);
    if seconds > role.max_session_seconds {
        return Err(IamError::SessionTooLong);
    }
    Ok(seconds)
}

/// What limits the session: the policy that is handed over and the managed ones that are named add
/// up [D].
fn session_policy(
    world: &mut World,
    account: &AccountId,
    inline: Option<String>,
    arns: &[PolicyArn],
) -> Result<Option<Document>, IamError> {
    let inline = inline.map(|text| policy::read(text, Form::Identity));
    let mut policy = inline.transpose()?.map(|text| text.document);
    for PolicyArn { arn } in arns {
        managed::check_arn(arn)?;
        let named = managed::find(world.iam.of(account), arn)?
            .text
            .document
            .clone();
        match &mut policy {
            Some(policy) => policy.statements.extend(named.statements),
            None => policy = Some(named),
        }
    }
    Ok(policy)
}

fn session_tags(
    world: &World,
    cx: &Context<'_>,
    tags: Vec<(String, String)>,
    transitive: &[String],
) -> Result<SessionTags, IamError> {
    let session = cx.signer.session(&world.credentials);
    SessionTags::new(tags, transitive, session.map(|session| &session.tags))
}

/// The role, if it trusts the caller. What the caller's own policies say counts only where policies
/// are enforced; whom a role trusts is part of what the role is.
fn trusting(world: &World, cx: &Context<'_>, asked: &Assumption) -> Result<Role, IamError> {
    let denied = || IamError::AssumeRoleDenied {
        principal: cx.signer.principal.to_string(),
        role: asked.role.clone(),
    };
    let role = world.role_of_arn(&asked.role).ok_or_else(denied)?;
    let caller = Caller {
        signer: cx.signer,
        scope: cx.scope,
        now: cx.now,
    };
    let lacks_own = Decision::ImplicitDeny {
        missing: Source::Identity,
    };
    let is_enforced = world.settings.access.iam == Enforcement::Enforce;
    let is_trusted =
        |decision: Decision| decision.is_allowed() || (decision == lacks_own && !is_enforced);
    let needs = asked.needs(world, cx.scope);
    let mut decisions = needs.iter().map(|access| judge(access, caller, world));
    if decisions.all(is_trusted) {
        return Ok(role.clone());
    }
    Err(denied())
}
