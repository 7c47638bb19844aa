//! What a sweep orders at a point: every fault kind of the emulator's list in a transient and a
//! lasting form, and what people and the service do at a step.

use std::num::NonZeroU32;

use keywheel_emulator::fault::{Address, Rule, Span, Times, Verdict};
use keywheel_emulator::ids::Step;

use crate::call::operation::{is_of_appsync, is_of_data_plane};
use crate::link::Protocol;
use crate::scenario::{AdminAction, Holds, KeyRef, Payload, Point, Statement, Twice};

/// As many attempts as the SDK makes: a fault that strikes so often outlasts its retries.
const ATTEMPTS: NonZeroU32 = NonZeroU32::new(3).expect("it is not zero");

/// Delays that are told apart: within an attempt's timeout, beyond it, beyond the function's.
const DELAYS: [Span; 3] = [Span::seconds(1), Span::seconds(6), Span::seconds(180)];

/// Longer than a function may run, so that the service gives it up before it thaws.
const FREEZE: Span = Span::seconds(180);

/// Every fault kind that an operation can meet.
pub fn of(operation: &str) -> Vec<Verdict> {
    let listed = Verdict::ALL.iter().map(|(verdict, _)| *verdict);
    let varied = listed.flat_map(|verdict| match verdict {
        Verdict::Delay(_) => DELAYS.map(Verdict::Delay).to_vec(),
        Verdict::Freeze(_) => vec![Verdict::Freeze(FREEZE)],
        other => vec![other],
    });
    varied.filter(|kind| applies(kind, operation)).collect()
}

/// Some kinds are errors of one service only.
fn applies(kind: &Verdict, operation: &str) -> bool {
    match kind {
        Verdict::Unauthorized => is_of_data_plane(operation),
        Verdict::Limit429 | Verdict::Conflict => is_of_appsync(operation),
        _ => true,
    }
}

/// Every fault at a call: each kind once, and more often than the SDK retries.
pub fn faults(at: &Address) -> Vec<Statement> {
    if at.is_on_a_link() {
        return once(at, &on_a_link(at));
    }
    let forms = [Times::ONCE, Times::Count(ATTEMPTS)];
    let kinds = of(&at.operation);
    let rules = kinds.iter().flat_map(|kind| {
        forms.map(|times| Rule {
            times,
            ..Rule::once(at.clone(), *kind)
        })
    });
    rules.map(Statement::Fault).collect()
}

/// Each kind once: no SDK retries what goes to a target.
fn once(at: &Address, kinds: &[Verdict]) -> Vec<Statement> {
    let rules = kinds.iter().map(|kind| Rule::once(at.clone(), *kind));
    rules.map(Statement::Fault).collect()
}

/// What a sweep lets happen to a call of a target, where it can: whether it takes effect, whether
/// that is heard, and who lives on. Errors that a client takes for the same are not told apart.
fn on_a_link(at: &Address) -> Vec<Verdict> {
    let telling = [
        Verdict::KillBefore,
        Verdict::KillAfter,
        Verdict::Reset,
        Verdict::AnswerLost,
        Verdict::Error500,
        Verdict::Throttled,
        Verdict::Conflict,
        Verdict::Hang,
        Verdict::AnswerHang,
        Verdict::Late(LATE),
    ];
    let protocol = at.service.as_deref().and_then(Protocol::named);
    let known: Vec<Verdict> = protocol.into_iter().flat_map(Protocol::verdicts).collect();
    let happens = |kind: &Verdict| known.iter().any(|other| other.word() == kind.word());
    telling.into_iter().filter(happens).collect()
}

/// Longer than a client waits for a target, and not longer than whoever waits for the sweep.
const LATE: Span = Span::seconds(3);

/// Does the fault outlast the SDK's retries, or strike where nobody retries?
pub fn is_lasting(order: &Statement) -> bool {
    matches!(order, Statement::Fault(rule) if rule.times != Times::ONCE || rule.address.is_on_a_link())
}

/// The few faults that lead a function off its usual way, whatever it is: those that discover.
pub fn scouts(at: &Address) -> Vec<Statement> {
    if at.is_on_a_link() {
        return once(
            at,
            &[Verdict::KillBefore, Verdict::Error500, Verdict::AnswerLost],
        );
    }
    let kinds = [
        (Verdict::KillBefore, Times::ONCE),
        (Verdict::AccessDenied, Times::ONCE),
        (Verdict::AnswerLost, Times::Count(ATTEMPTS)),
    ];
    let rules = kinds.map(|(verdict, times)| Rule {
        times,
        ..Rule::once(at.clone(), verdict)
    });
    rules.map(Statement::Fault).to_vec()
}

/// What happens at a step without any call failing: it is delivered twice or not at all, or a
/// person acts just before it.
pub fn events(step: Step, holds: Holds) -> Vec<Statement> {
    let doubles = [Twice::InSequence, Twice::AtOnce].map(|how| Statement::Double { step, how });
    let acts = people(step, holds).into_iter().map(|action| Statement::At {
        point: Point::Step(step),
        action,
    });
    doubles.into_iter().chain(acts).collect()
}

/// What people do just before a step that a rotation can recover from.
pub(super) fn people(step: Step, holds: Holds) -> Vec<AdminAction> {
    let mut acts = vec![
        AdminAction::RemoveLabel {
            label: "AWSPENDING".to_owned(),
        },
        AdminAction::PutValue {
            value: Payload::Copy,
        },
        AdminAction::DeleteKey {
            key: KeyRef::Current,
        },
        AdminAction::ExpireKey {
            key: KeyRef::Current,
            after: Span::days(2),
        },
        AdminAction::CreateKeys { count: 3 },
        AdminAction::CancelRotation,
    ];
    if holds == Holds::Password {
        acts.retain(|action| !is_about_keys(action));
        return acts;
    }
    if step != Step::CreateSecret {
        let key = KeyRef::Pending; // Before createSecret nothing is pending.
        acts.insert(0, AdminAction::DeleteKey { key });
    }
    acts
}

/// Is it done to keys of an API?
pub(super) fn is_about_keys(action: &AdminAction) -> bool {
    matches!(
        action,
        AdminAction::DeleteKey { .. }
            | AdminAction::ExpireKey { .. }
            | AdminAction::CreateKeys { .. }
    )
}

/// The simplicity of a kind, for the shrinker: the smaller, the easier to picture.
pub fn simplicity(kind: &Verdict) -> usize {
    let first = [
        Verdict::KillBefore,
        Verdict::KillAfter,
        Verdict::AccessDenied,
        Verdict::Reset,
        Verdict::AnswerLost,
    ];
    let listed = || {
        Verdict::ALL
            .iter()
            .position(|(known, _)| known.word() == kind.word())
    };
    first
        .iter()
        .position(|known| known == kind)
        .unwrap_or_else(|| first.len() + listed().unwrap_or(usize::MAX / 2))
}

/// The kinds at an operation that are simpler than this one, simplest first.
pub fn simpler_than(kind: &Verdict, operation: &str) -> Vec<Verdict> {
    let mut kinds = of(operation);
    kinds.retain(|other| simplicity(other) < simplicity(kind));
    kinds.sort_by_key(simplicity);
    kinds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_kind_is_ordered_somewhere() {
        let operations = ["PutSecretValue", "CreateApiKey", "GraphQL"];
        for (kind, _) in &Verdict::ALL {
            let ordered = operations.iter().flat_map(|operation| of(operation));
            let found = ordered.into_iter().any(|other| other.word() == kind.word());
            assert!(found, "{}", kind.word());
        }
        assert!(!of("PutSecretValue").contains(&Verdict::Limit429));
        assert!(!of("CreateApiKey").contains(&Verdict::Unauthorized));
    }

    #[test]
    fn nobody_acts_on_keys_where_there_is_no_api() {
        for step in Step::ALL {
            let acts = people(step, Holds::Password);
            assert!(!acts.is_empty() && !acts.iter().any(is_about_keys));
        }
    }

    #[test]
    fn a_kind_has_simpler_ones_but_the_simplest() {
        assert_eq!(simpler_than(&Verdict::KillBefore, "GraphQL"), []);
        let simpler = simpler_than(&Verdict::Answer500, "GraphQL");
        assert_eq!(simpler[..2], [Verdict::KillBefore, Verdict::KillAfter]);
        assert!(!simpler.contains(&Verdict::Answer500));
    }
}
