//! Must-happen marks: situations that a campaign has to come into, or it has shown nothing. Each
//! run tells which of them it came into.

use std::collections::BTreeSet;

use keywheel_emulator::ids::{Step, VersionId};

use crate::scenario::Mark;

use super::{Event, Exchange, History, InvocationEnd, Seen, What};

/// What has to happen.
pub const fn text(mark: Mark) -> &'static str {
    match mark {
        Mark::RetryAbsorbed => "an SDK retry hid a fault from the function",
        Mark::RetriesSpent => "a call failed however often the SDK tried",
        Mark::Killed => "an invocation died at a call",
        Mark::OutOfTime => "an invocation did not answer by its deadline",
        Mark::StartedOver => "a step ran again with the same token",
        Mark::Overlapped => "two invocations of a step made calls in turn",
        Mark::OrphanAdopted => "createSecret stored a key that an earlier try made",
        Mark::PutMetAValue => "PutSecretValue met a version with a value",
        Mark::AlreadyCurrent => "finishSecret found its token current",
    }
}

/// The marks that a run has met so far.
pub fn of(history: &History) -> BTreeSet<Mark> {
    let mut marks = BTreeSet::new();
    let events = history.events();
    let calls: Vec<&Exchange> = history.calls().collect();
    for (at, call) in calls.iter().enumerate() {
        let is_repeated = calls[at + 1..].iter().any(|next| next.is_retry_of(call));
        if call.fault.is_some() {
            marks.insert(match call.outcome {
                Seen::Killed => Mark::Killed,
                _ if is_repeated => Mark::RetryAbsorbed,
                _ => Mark::RetriesSpent,
            });
        }
        if call.error_type().as_deref() == Some("ResourceExistsException") {
            marks.insert(Mark::PutMetAValue);
        }
    }
    for event in events {
        if let What::Ended { end, .. } = &event.what
            && *end == InvocationEnd::TimedOut
        {
            marks.insert(Mark::OutOfTime);
        }
    }
    if has_overlap(&calls) {
        marks.insert(Mark::Overlapped);
    }
    by_invocation(events, &calls, &mut marks);
    marks
}

fn has_overlap(calls: &[&Exchange]) -> bool {
    calls.windows(3).any(|three| {
        let callers = [three[0].caller, three[1].caller, three[2].caller];
        callers[0] == callers[2] && callers[0] != callers[1] && callers[1].is_some()
    })
}

fn by_invocation(events: &[Event], calls: &[&Exchange], marks: &mut BTreeSet<Mark>) {
    let mut begun: BTreeSet<(&str, &VersionId)> = BTreeSet::new();
    let mut ended_well: BTreeSet<u64> = BTreeSet::new();
    for event in events {
        match &event.what {
            What::Started { step, token, .. } if !begun.insert((step, token)) => {
                marks.insert(Mark::StartedOver);
            }
            What::Ended { invocation, end } if *end == InvocationEnd::Succeeded => {
                ended_well.insert(*invocation);
            }
            _ => {}
        }
    }
    for number in ended_well {
        let own = calls
            .iter()
            .filter(|call| call.caller.is_some_and(|(by, _)| by.0 == number));
        let step = own
            .clone()
            .find_map(|call| call.caller)
            .map(|(_, step)| step);
        let made = |operation: &str| own.clone().any(|call| call.operation == operation);
        if step == Some(Step::CreateSecret) && made("PutSecretValue") && !made("CreateApiKey") {
            marks.insert(Mark::OrphanAdopted);
        }
        if step == Some(Step::FinishSecret) && !made("UpdateSecretVersionStage") {
            marks.insert(Mark::AlreadyCurrent);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::run;
    use crate::scenario::{Vocabulary, parse};
    use crate::subject::builtin::Builtin;

    #[test]
    fn a_run_tells_the_marks_that_it_met_and_no_others() {
        let met = |body: &str| {
            let text = format!("keywheel scenario 1\n{body}rotate\n");
            let scenario = parse("x", &text, &Vocabulary::default()).unwrap();
            let marks: Vec<_> = run(&scenario, &Builtin)
                .marks()
                .into_iter()
                .map(Mark::as_str)
                .collect();
            marks
        };
        assert_eq!(met(""), [""; 0]);
        let absorbed = met("fault createSecret/DescribeSecret#1 error-503\n");
        assert_eq!(absorbed, ["retry-absorbed"]);
        let killed = met("fault createSecret/PutSecretValue#1 kill-before\n");
        assert_eq!(killed, ["killed", "started-over", "orphan-adopted"]);
    }
}
