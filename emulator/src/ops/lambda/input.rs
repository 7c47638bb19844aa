//! What the inputs of Lambda's operations share.

use serde::Deserialize;

use crate::ids::Scope;
use crate::ops::Context;
use crate::state::World;
use crate::state::iam::settings::Enforcement;
use crate::state::lambda::error::LambdaError;
use crate::state::lambda::reference::{Qualifier, Reference};
use crate::wire::validate::{Constrained, Violations, between};

/// The model's pattern of a function's name [MODEL].
const NAME_PATTERN: &str = "(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov)?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?";
const QUALIFIER_PATTERN: &str = "(|[a-zA-Z0-9$_-]+)";
const SID_PATTERN: &str = "([a-zA-Z0-9-_]+)";

/// The function that a path names, and the qualifier beside it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Named {
    function_name: String,
    qualifier: Option<String>,
}

impl Constrained for Named {
    fn check(&self, violations: &mut Violations) {
        check_name(violations, &self.function_name);
        if let Some(text) = &self.qualifier {
            violations.text("qualifier", text, between(1, 128));
            let is_met = Qualifier::parse(text).is_some();
            violations.pattern("qualifier", text, QUALIFIER_PATTERN, is_met);
        }
    }
}

impl Named {
    /// The function that is meant.
    pub(super) fn reference(&self) -> Result<Reference, LambdaError> {
        let beside = self.qualifier.as_deref().and_then(Qualifier::parse);
        let reference = reference(&self.function_name, beside.clone())?;
        if beside.is_some() && reference.qualifier != beside {
            return Err(LambdaError::QualifiersDiffer);
        }
        Ok(reference)
    }
}

/// A function's name in any of its forms.
pub(super) fn check_name(violations: &mut Violations, name: &str) {
    violations.text("functionName", name, between(1, 256));
    let is_met = Reference::parse(name, None).is_some();
    violations.pattern("functionName", name, NAME_PATTERN, is_met);
}

/// The function of a name that was checked.
pub(super) fn reference(name: &str, beside: Option<Qualifier>) -> Result<Reference, LambdaError> {
    // Names are checked before: what is none has no function.
    Reference::parse(name, beside)
        .ok_or_else(|| LambdaError::FunctionNotFound(crate::ids::FunctionArn::new(name)))
}

/// Where the function of a call is kept. That of another account is reached if it lets anybody in
/// at all [D]; what its policy says is judged where policies are.
pub(super) fn place(
    world: &World,
    cx: &Context<'_>,
    reference: &Reference,
    operation: &str,
) -> Result<Scope, LambdaError> {
    let owner = reference.owner(cx.scope).into_owned();
    if owner == *cx.scope {
        return Ok(owner);
    }
    let functions = world.existing(&owner).map(|partition| &partition.lambda);
    let function = functions.and_then(|functions| functions.get(reference, &owner).ok());
    let policy = function.and_then(|it| it.policy(reference.qualifier.as_ref()));
    if policy.is_none() {
        return Err(LambdaError::NotShared {
            principal: cx.signer.principal.to_string(),
            action: format!("lambda:{operation}"),
            function: reference.arn(&owner),
        });
    }
    Ok(owner)
}

/// A function's role must be one of its account that trusts Lambda, as on AWS [R][EMU]. Where
/// policies are not enforced, one that IAM does not know will do, so that a first try needs no
/// role; and any ARN where policies are off.
pub(super) fn check_role(world: &World, here: &Scope, arn: &str) -> Result<(), LambdaError> {
    let enforcement = world.settings.access.iam;
    if enforcement == Enforcement::Off {
        return Ok(());
    }
    let role = world.role_of_arn(arn);
    if role.is_none() && enforcement == Enforcement::Audit {
        return Ok(());
    }
    if arn.split(':').nth(4) != Some(here.account.as_str()) {
        return Err(LambdaError::RoleOfAnotherAccount);
    }
    let is_trusting = role.is_some_and(|role| world.trusts(role, "lambda.amazonaws.com"));
    is_trusting
        .then_some(())
        .ok_or(LambdaError::RoleNotAssumable)
}

/// A statement's id.
pub(super) fn check_sid(violations: &mut Violations, sid: &str) {
    violations.text("statementId", sid, between(1, 100));
    let is_letter = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    violations.pattern("statementId", sid, SID_PATTERN, sid.bytes().all(is_letter));
}

/// Refuses a change by somebody who has not seen the last one [D].
pub(super) fn check_revision(asked: Option<&String>, latest: &str) -> Result<(), LambdaError> {
    match asked {
        Some(asked) if asked != latest => Err(LambdaError::RevisionStale),
        _ => Ok(()),
    }
}
