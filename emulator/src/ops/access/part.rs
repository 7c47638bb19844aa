//! Parts of a call that are judged one by one, such as the secrets of a batch: one that is refused
//! does not refuse the others [D].

use crate::ops::Context;
use crate::state::World;
use crate::state::iam::settings::Enforcement;
use crate::state::iam::signer::Signer;
use crate::state::policy::{Decision, Policies, Request, decide};
use crate::time::Timestamp;
use crate::wire::error_code::denial::Denial;
use crate::wire::service::Service;

use super::Access;
use super::secrets::secret;
use crate::ids::Scope;

/// A part that was judged, for the report.
#[derive(Clone, Debug)]
pub struct Judged {
    /// What it needs.
    pub access: Access,
    /// What became of it.
    pub outcome: Denial,
}

/// Who calls, and when.
#[derive(Clone, Copy, Debug)]
pub struct Caller<'a> {
    /// Who signed the call.
    pub signer: &'a Signer,
    /// Where it takes place.
    pub scope: &'a Scope,
    /// When.
    pub now: Timestamp,
}

/// Holds what a call needs against the policies that concern it.
pub fn judge(access: &Access, caller: Caller<'_>, world: &World) -> Decision {
    let Caller { signer, scope, now } = caller;
    let credentials = &world.credentials;
    let mut context = signer.context(world, scope, now);
    context.extend(&access.context);
    context.set("aws:ResourceAccount", Some(access.owner.as_str()));
    let request = Request {
        principal: &signer.principal,
        action: &access.action,
        resource: &access.resource,
        context: &context,
    };
    let policies = Policies {
        identity: world.policies_of(&signer.principal),
        session: signer.session_policy(credentials),
        resource: access.policy.as_ref(),
        owner: &access.owner,
        rule: access.rule,
    };
    decide(&request, &policies)
}

impl Context<'_> {
    /// Whether the caller may read one secret of several.
    ///
    /// # Errors
    /// No policy allows it, and policies are enforced.
    pub fn check_read(&mut self, id: &str, world: &World) -> Result<(), Denial> {
        let enforcement = world.settings.access.iam;
        if enforcement == Enforcement::Off {
            return Ok(());
        }
        let action = "secretsmanager:GetSecretValue".to_owned();
        let mut access = secret(id, action, world, self.scope);
        access.context.set("secretsmanager:SecretId", Some(id));
        let caller = Caller {
            signer: self.signer,
            scope: self.scope,
            now: self.now,
        };
        let outcome = Denial {
            service: Service::SecretsManager,
            principal: self.signer.principal.to_string(),
            action: access.action.clone(),
            resource: access.shown.clone(),
            decision: judge(&access, caller, world),
        };
        let is_refused = enforcement == Enforcement::Enforce && !outcome.decision.is_allowed();
        let denial = is_refused.then(|| outcome.clone());
        self.judged.push(Judged { access, outcome });
        denial.map_or(Ok(()), Err)
    }
}
