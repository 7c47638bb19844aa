//! What the inputs of Lambda's operations share.

use serde::Deserialize;

use crate::ids::{FunctionArn, Scope};
use crate::ops::Context;
use crate::state::World;
use crate::state::iam::settings::Enforcement;
use crate::state::lambda::configuration::Configuration;
use crate::state::lambda::error::{LambdaError, Revised};
use crate::state::lambda::function::{Function, Version};
use crate::state::lambda::reference::{
    self, NAME_PATTERN, NAMESPACED_PATTERN, QUALIFIER_PATTERN, Qualifier, Reference,
};
use crate::wire::validate::{Constrained, Violations, between};

const SID_PATTERN: &str = "([a-zA-Z0-9-_]+)";

/// The function that a path names, and the qualifier beside it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Named {
    function_name: String,
    qualifier: Option<String>,
}

impl Constrained for Named {
    /// The qualifier is looked at first [R].
    fn check(&self, violations: &mut Violations) {
        if let Some(text) = &self.qualifier {
            violations.text("qualifier", text, between(1, 128));
            let is_met = Qualifier::parse(text).is_some();
            violations.pattern("qualifier", text, QUALIFIER_PATTERN, is_met);
        }
        check_namespaced(violations, &self.function_name);
    }
}

impl Named {
    /// The function that is meant.
    pub(super) fn reference(&self) -> Result<Reference, LambdaError> {
        let beside = self.qualifier.as_deref().and_then(Qualifier::parse);
        if let Some(beside) = &beside
            && Reference::is_contradicted(&self.function_name, beside)
        {
            return Err(LambdaError::QualifiersDiffer);
        }
        reference(&self.function_name, beside)
    }

    /// The version that is meant of the function, with the ARN by which it was asked for [R].
    pub(super) fn version<'w>(
        &self,
        world: &'w World,
        cx: &Context<'_>,
        operation: &str,
    ) -> Result<Found<'w>, LambdaError> {
        let reference = self.reference()?;
        let scope = place(world, cx, &reference, operation)?;
        reference.check_place(&scope)?;
        let missing = || reference.not_found(&scope);
        let functions = world.existing(&scope).map(|partition| &partition.lambda);
        let function = functions.ok_or_else(missing)?.get(&reference, &scope)?;
        let version = function.version(reference.qualifier.as_ref());
        let (version, configuration) = version.ok_or_else(missing)?;
        Ok(Found {
            function,
            version,
            configuration,
            arn: reference.arn(&scope),
        })
    }
}

/// A version of a function, as it was asked for.
pub(super) struct Found<'w> {
    pub(super) function: &'w Function,
    pub(super) version: Version,
    pub(super) configuration: &'w Configuration,
    pub(super) arn: FunctionArn,
}

/// A function's name in any of its forms, with a version of it perhaps.
pub(super) fn check_namespaced(violations: &mut Violations, name: &str) {
    violations.text("functionName", name, between(1, 256));
    let is_met = reference::is_namespaced(name);
    violations.pattern("functionName", name, NAMESPACED_PATTERN, is_met);
}

/// A function's name in any of its forms.
pub(super) fn check_name(violations: &mut Violations, name: &str) {
    violations.text("functionName", name, between(1, 140));
    let is_met = reference::is_name(name);
    violations.pattern("functionName", name, NAME_PATTERN, is_met);
}

/// The function of a name that was checked.
pub(super) fn reference(name: &str, beside: Option<Qualifier>) -> Result<Reference, LambdaError> {
    // Names are checked before: what is none has no function.
    Reference::parse(name, beside)
        .ok_or_else(|| LambdaError::FunctionNotFound(FunctionArn::new(name)))
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
pub(super) fn check_revision(
    asked: Option<&String>,
    latest: &str,
    of: Revised,
) -> Result<(), LambdaError> {
    match asked {
        Some(asked) if asked != latest => Err(LambdaError::RevisionStale(of)),
        _ => Ok(()),
    }
}
