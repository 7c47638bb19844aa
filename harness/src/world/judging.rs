//! What the oracles are told: commits, invocations, and what excuses the function.

use keywheel_emulator::fault::{Caller, Span, Verdict};
use keywheel_emulator::ids::{InvocationNumber, VersionId};
use keywheel_emulator::wire::request::Outcome;

use crate::history::InvocationEnd;
use crate::oracle::Actor;
use crate::subject::Event;

use super::Core;

impl Core {
    /// A fault after which a second key for the token is nobody's mistake.
    pub(super) fn excuse(&mut self, outcome: &Outcome, caller: Option<Caller>) {
        let Some(verdict) = outcome.fault else {
            return;
        };
        let is_create = outcome.operation == "CreateApiKey";
        let is_lag = self.spec.list_lag != Span::ZERO && verdict.is_after_effect();
        let is_excuse = match verdict {
            Verdict::Late(_) | Verdict::Duplicate => is_create,
            // The service runs the step again; when this one thaws, two run at once.
            Verdict::Freeze(_) => true,
            Verdict::Stale(_) => ["ListApiKeys", "GetSecretValue"].contains(&outcome.operation),
            // The model requires no member of the answer: it reads like a list without keys.
            Verdict::AnswerEmpty => outcome.operation == "ListApiKeys",
            _ => is_create && is_lag,
        };
        let token = caller.and_then(|caller| self.invoked_for.get(&caller.invocation));
        if let Some(token) = token.filter(|_| is_excuse) {
            self.judge.allow_another_create(token);
        }
    }

    pub(super) fn judge_call(&mut self, caller: Option<Caller>) {
        let token = caller.and_then(|caller| self.invoked_for.get(&caller.invocation));
        let token = token.or(self.place.token.as_ref()).cloned();
        let actor = Actor::Function(caller.map(|caller| caller.step));
        let by = caller.map(|caller| caller.invocation);
        self.judge_commit_for(actor, by, token.as_ref());
    }

    /// An invocation begins.
    pub(crate) fn judge_start(&mut self, number: InvocationNumber, event: &Event) {
        let now = self.now();
        self.invoked_for.insert(number, event.token.clone());
        if let Some(token) = &event.rotation_token {
            self.judge.taint("a rotation token", token);
        }
        self.judge.started(number, event, now);
    }

    /// An invocation has ended, or was given up while it stood still.
    pub(crate) fn judge_end(&mut self, number: u64, end: &InvocationEnd, was_frozen: bool) {
        let (now, number) = (self.now(), InvocationNumber(number));
        self.judge.ended(now, number, end, was_frozen, &self.names);
        self.note_violations();
    }

    /// Lets every oracle look at what has just been committed.
    pub(crate) fn judge_commit(&mut self, actor: Actor) {
        let token = self.place.token.clone();
        self.judge_commit_for(actor, None, token.as_ref());
    }

    fn judge_commit_for(
        &mut self,
        actor: Actor,
        by: Option<InvocationNumber>,
        token: Option<&VersionId>,
    ) {
        let snapshot = self.snapshot();
        self.learn_passwords_in(&snapshot);
        self.judge
            .committed(&snapshot, actor, by, token, &mut self.names);
        self.live_subscribers();
        self.note_violations();
    }
}
