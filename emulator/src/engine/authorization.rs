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
    /// What is missing or denied, where policies are enforced.
    pub(super) fn authorize(
        &mut self,
        routed: &Routed<'_>,
        calling: &Calling<'_>,
    ) -> Result<(), Denial> {
        let enforcement = self.world.settings.access.iam;
        if enforcement == Enforcement::Off {
            return Ok(());
        }
        let name = self.name_of(calling);
        if self.is_noted_again(&name, routed, calling) {
            return Ok(());
        }
        if let Some(all) = self.owners_needs(routed, calling) {
            for access in all {
                self.access_report.note(&name, &access, None);
            }
            return Ok(());
        }
        for access in self.needs(routed, calling, Conditions::Read) {
            let decision = self.decide(&access, calling);
            if decision.is_allowed() {
                self.access_report.note(&name, &access, None);
                continue;
            }
            let denial = denial(routed, &access, calling, decision);
            self.access_report.note(&name, &access, Some(&denial));
            if enforcement == Enforcement::Enforce {
                return Err(denial);
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

    /// What a call needs that no policy can be held against, since the account itself makes it on
    /// what is its own and has none. Such is nearly every call of a quick start, and looking up
    /// what policies might ask for would cost more than the call.
    fn owners_needs(&self, routed: &Routed<'_>, calling: &Calling<'_>) -> Option<Vec<Access>> {
        let Principal::Root { account, .. } = &calling.signer.principal else {
            return None;
        };
        let all = self.needs(routed, calling, Conditions::Unread);
        let is_free = |it: &Access| {
            it.policy.is_none() && it.rule == ResourceRule::Adds && it.owner == *account
        };
        all.iter().all(is_free).then_some(all)
    }

    /// Is it a call of the account itself on a secret of its own that has no policy, as the report
    /// knows one? Most calls are, and it is not worth it to write down what they need again.
    fn is_noted_again(&mut self, name: &str, routed: &Routed<'_>, calling: &Calling<'_>) -> bool {
        let Principal::Root { account, .. } = &calling.signer.principal else {
            return false;
        };
        let secret = sole_secret(routed.row, &routed.payload, &self.world, calling.scope);
        let own = secret.filter(|_| calling.scope.account == *account);
        own.is_some_and(|secret| {
            let resource = secret.arn.as_str();
            self.access_report.note_again(name, routed.row, resource)
        })
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
