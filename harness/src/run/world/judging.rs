//! What the oracles are told: commits, invocations, and what excuses the function.

use keywheel_emulator::engine::snapshot::Snapshot;
use keywheel_emulator::fault::{Caller, Span, Verdict};
use keywheel_emulator::ids::{InvocationNumber, VersionId};
use keywheel_emulator::wire::request::Outcome;

use crate::event::Event;
use crate::history::InvocationEnd;
use crate::oracle::Actor;
use crate::scenario::Holds;

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
        let token = token.or(self.places.first.token.as_ref()).cloned();
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
    pub(crate) fn judge_end(&mut self, number: u64, end: &InvocationEnd, is_frozen: bool) {
        let (now, number) = (self.now(), InvocationNumber(number));
        self.judge.ended(now, number, end, is_frozen);
        self.note_violations();
    }

    /// Lets every oracle look at what has just been committed.
    pub(crate) fn judge_commit(&mut self, actor: Actor) {
        let token = self.places.first.token.clone();
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
        self.judge_target(&snapshot, Some(actor));
        self.note_state(&snapshot, false);
        self.live_subscribers();
        self.note_violations();
    }

    /// Keeps what the secret and the credentials are like now.
    pub(super) fn note_state(&mut self, snapshot: &Snapshot, is_by_time: bool) {
        let mut state = self.judge.ledger().state(snapshot.at);
        if self.spec.holds == Holds::Password {
            self.note_passwords(snapshot, &mut state);
        }
        self.history.add_state(state, is_by_time);
    }
}

#[cfg(test)]
mod tests {
    use crate::mutants;
    use crate::record::Run;
    use crate::run::run;
    use crate::scenario::{OracleId, Vocabulary, parse};
    use crate::subject::Subject;
    use crate::subject::builtin::Builtin;

    fn frozen(subject: &dyn Subject, at: &str, span: &str) -> Run {
        let fault = format!("fault {at} freeze={span}");
        let text = format!("keywheel scenario 1\n{fault}\nrotate expect=any\n");
        let scenario = parse("x", &text, &Vocabulary::default()).unwrap();
        run(&scenario, subject)
    }

    /// A rotator that makes a key without looking for one that its token has made before.
    fn careless() -> &'static dyn Subject {
        mutants::named("mutant:no-adoption").unwrap()
    }

    #[test]
    fn a_function_that_thaws_beside_its_repeat_may_make_a_key_if_it_had_made_none() {
        for at in ["ListApiKeys#1", "CreateApiKey#1"] {
            let run = frozen(careless(), &format!("createSecret/{at}"), "300s");
            assert!(
                !run.is_violated_by(OracleId::BoundedKeys),
                "{at}: {:?}",
                run.found
            );
        }
    }

    #[test]
    fn a_freeze_excuses_no_second_key_after_the_first() {
        let run = frozen(careless(), "createSecret/PutSecretValue#1", "300s");
        assert!(run.is_violated_by(OracleId::BoundedKeys), "{:?}", run.found);
    }

    #[test]
    fn a_freeze_that_ends_before_the_deadline_is_a_delay() {
        for span in ["1s", "60s"] {
            for at in [
                "createSecret/CreateApiKey#1",
                "finishSecret/UpdateSecretVersionStage#1",
            ] {
                let run = frozen(&Builtin, at, span);
                assert_eq!(run.found, [], "{at} {span}");
            }
        }
    }
}
