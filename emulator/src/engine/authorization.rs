//! Whether policies allow a call, and what the report keeps of it.

use std::sync::Arc;

use crate::fault::Caller;
use crate::ids::Scope;
use crate::ops::access::part::{self, Judged};
use crate::ops::access::{Access, Conditions, needed, sole_secret};
use crate::state::iam::settings::Enforcement;
use crate::state::iam::signer::Signer;
use crate::state::policy::{Decision, Principal, ResourceRule};
use crate::time::Timestamp;
use crate::wire::error_code::Failure;
use crate::wire::error_code::denial::Denial;

use super::Engine;
use super::dispatch::Routed;

/// Who makes a call, and where it takes place.
pub(super) struct Calling<'a> {
    pub(super) signer: &'a Signer,
    pub(super) scope: &'a Scope,
    pub(super) caller: Option<Caller>,
    pub(super) now: Timestamp,
}

impl Engine {
    /// Holds a call against the policies that concern it.
    ///
    /// # Errors
    /// What is wrong with the input, which is looked at first; what is missing or denied, where
    /// policies are enforced.
    pub(super) fn authorize(
        &mut self,
        routed: &Routed<'_>,
        calling: &Calling<'_>,
    ) -> Result<(), Failure> {
        let enforcement = self.world.settings.access.iam;
        if enforcement == Enforcement::Off {
            return Ok(());
        }
        let name = self.name_of(calling);
        if self.passes_as_owners(&name, routed, calling) {
            return Ok(());
        }
        (routed.row.check)(&routed.payload)?;
        for access in self.needs(routed, calling, Conditions::Read) {
            let decision = self.decide(&access, calling);
            if decision.is_allowed() {
                self.access_report.note(&name, &access, None);
                continue;
            }
            let denial = denial(routed, &access, calling, decision);
            self.access_report.note(&name, &access, Some(&denial));
            if enforcement == Enforcement::Enforce {
                return Err(Failure::Denied(denial));
            }
        }
        Ok(())
    }

    fn name_of(&mut self, calling: &Calling<'_>) -> Arc<str> {
        let is_function = calling.caller.is_some();
        let principal = &calling.signer.principal;
        self.access_report.name(principal, is_function)
    }

    fn needs(
        &self,
        routed: &Routed<'_>,
        calling: &Calling<'_>,
        conditions: Conditions,
    ) -> Vec<Access> {
        let (row, payload) = (routed.row, &routed.payload);
        needed(row, payload, &self.world, calling.scope, conditions)
    }

    /// Is it a call of the account itself on what is its own and has no policy, so that nothing can
    /// be held against it? Then it is noted. Such is nearly every call of a quick start: what
    /// policies might ask for costs more to look up than the call, and so does writing down again
    /// what the report knows.
    fn passes_as_owners(&mut self, name: &str, routed: &Routed<'_>, calling: &Calling<'_>) -> bool {
        let Principal::Root { account, .. } = &calling.signer.principal else {
            return false;
        };
        let secret = sole_secret(routed.row, &routed.payload, &self.world, calling.scope);
        let is_known = secret.is_some_and(|secret| {
            let resource = secret.arn.as_str();
            calling.scope.account == *account
                && self.access_report.note_again(name, routed.row, resource)
        });
        if is_known {
            return true;
        }
        let all = self.needs(routed, calling, Conditions::Unread);
        let is_free = |it: &Access| {
            it.policy.is_none() && it.rule == ResourceRule::Adds && it.owner == *account
        };
        if !all.iter().all(is_free) {
            return false;
        }
        for access in &all {
            self.access_report.note(name, access, None);
        }
        true
    }

    fn decide(&self, access: &Access, calling: &Calling<'_>) -> Decision {
        let caller = part::Caller {
            signer: calling.signer,
            scope: calling.scope,
            now: calling.now,
        };
        part::judge(access, caller, &self.world)
    }

    /// Keeps what became of the parts of a call for the report.
    pub(super) fn note_parts(&mut self, judged: Vec<Judged>, calling: &Calling<'_>) {
        if judged.is_empty() {
            return;
        }
        let name = self.name_of(calling);
        for Judged { access, outcome } in judged {
            let denial = (!outcome.decision.is_allowed()).then_some(&outcome);
            self.access_report.note(&name, &access, denial);
        }
    }

    /// The denial that an access-denied fault plays for a call: as if the caller had no policy.
    pub(super) fn played_denial(&self, routed: &Routed<'_>, calling: &Calling<'_>) -> Denial {
        match self.needs(routed, calling, Conditions::Unread).first() {
            Some(access) => denial(routed, access, calling, Denial::MISSING),
            None => Denial::of_operation(routed.row.service, routed.row.name),
        }
    }
}

fn denial(
    routed: &Routed<'_>,
    access: &Access,
    calling: &Calling<'_>,
    decision: Decision,
) -> Denial {
    Denial {
        service: routed.row.service,
        principal: calling.signer.principal.to_string(),
        action: access.action.clone(),
        resource: access.shown.clone(),
        decision,
    }
}
