//! Must-happen marks: situations that a campaign has to come into, or it has shown nothing. Each
//! run tells which of them it came into.

use std::collections::BTreeSet;

use keywheel_emulator::ids::Step;

use crate::history::{Event, Exchange, History, InvocationEnd, Seen, What};
use crate::report::describe;

/// A situation and what it is.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    /// Its name in reports.
    pub name: &'static str,
    /// What has to happen.
    pub text: &'static str,
    /// The modes whose campaigns must come into it.
    modes: &'static [&'static str],
    /// Does it depend on how the function works? Then it is demanded of the builtin one only.
    is_of_builtin: bool,
}

const fn mark(name: &'static str, modes: &'static [&'static str], text: &'static str) -> Mark {
    Mark {
        name,
        text,
        modes,
        is_of_builtin: false,
    }
}

const fn of_builtin(mark: Mark) -> Mark {
    Mark {
        is_of_builtin: true,
        ..mark
    }
}

const FAULTY: &[&str] = &["sweep", "fuzz", "soak"];
const SWEEP: &[&str] = &["sweep"];
const INTERLEAVE: &[&str] = &["interleave"];

/// Every mark.
pub const ALL: [Mark; 9] = [
    mark(
        "retry-absorbed",
        FAULTY,
        "an SDK retry hid a fault from the function",
    ),
    mark(
        "retries-spent",
        FAULTY,
        "a call failed however often the SDK tried",
    ),
    mark("killed", FAULTY, "an invocation died at a call"),
    mark(
        "out-of-time",
        SWEEP,
        "an invocation did not answer by its deadline",
    ),
    mark(
        "started-over",
        FAULTY,
        "a step ran again with the same token",
    ),
    mark(
        "overlapped",
        INTERLEAVE,
        "two invocations of a step made calls in turn",
    ),
    of_builtin(mark(
        "orphan-adopted",
        SWEEP,
        "createSecret stored a key that an earlier try made",
    )),
    of_builtin(mark(
        "put-met-a-value",
        INTERLEAVE,
        "PutSecretValue met a version with a value",
    )),
    of_builtin(mark(
        "already-current",
        SWEEP,
        "finishSecret found its token current",
    )),
];

/// The marks that a campaign of a mode must see.
pub fn demanded(mode: &str, is_builtin: bool) -> impl Iterator<Item = &'static Mark> {
    let marks = ALL
        .iter()
        .filter(move |mark| is_builtin || !mark.is_of_builtin);
    marks.filter(move |mark| mark.modes.contains(&mode))
}

/// The names of all marks.
pub fn names() -> [&'static str; 9] {
    ALL.map(|mark| mark.name)
}

/// The marks that a run has met so far.
pub fn of(history: &History) -> BTreeSet<&'static str> {
    let mut marks = BTreeSet::new();
    let events = history.events();
    let calls: Vec<&Exchange> = history.calls().collect();
    for (at, call) in calls.iter().enumerate() {
        let is_repeated = calls[at + 1..].iter().any(|next| is_retry(call, next));
        if call.fault.is_some() {
            marks.insert(match call.outcome {
                Seen::Killed => "killed",
                _ if is_repeated => "retry-absorbed",
                _ => "retries-spent",
            });
        }
        if describe::outcome(call).contains("ResourceExists") {
            marks.insert("put-met-a-value");
        }
    }
    for event in events {
        if let What::Ended { end, .. } = &event.what
            && *end == InvocationEnd::TimedOut
        {
            marks.insert("out-of-time");
        }
    }
    if has_overlap(&calls) {
        marks.insert("overlapped");
    }
    by_invocation(events, &calls, &mut marks);
    marks
}

/// Is the second request another try of the first?
pub fn is_retry(first: &Exchange, second: &Exchange) -> bool {
    first.caller == second.caller
        && first.operation == second.operation
        && first.uri == second.uri
        && first.body == second.body
        && second.number > first.number
}

fn has_overlap(calls: &[&Exchange]) -> bool {
    calls.windows(3).any(|three| {
        let callers = [three[0].caller, three[1].caller, three[2].caller];
        callers[0] == callers[2] && callers[0] != callers[1] && callers[1].is_some()
    })
}

fn by_invocation(events: &[Event], calls: &[&Exchange], marks: &mut BTreeSet<&'static str>) {
    let mut begun: BTreeSet<(&str, &str)> = BTreeSet::new();
    let mut ended_well: BTreeSet<u64> = BTreeSet::new();
    for event in events {
        match &event.what {
            What::Started { step, token, .. } if !begun.insert((step, token)) => {
                marks.insert("started-over");
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
            marks.insert("orphan-adopted");
        }
        if step == Some(Step::FinishSecret) && !made("UpdateSecretVersionStage") {
            marks.insert("already-current");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::run;
    use crate::scenario::{MARKS, Vocabulary, parse};
    use crate::subject::builtin::Builtin;

    #[test]
    fn scenarios_know_every_mark() {
        assert_eq!(names(), MARKS);
    }

    #[test]
    fn a_run_tells_the_marks_that_it_met_and_no_others() {
        let met = |body: &str| {
            let text = format!("keywheel scenario 1\n{body}rotate\n");
            let scenario = parse("x", &text, &Vocabulary::default()).unwrap();
            let marks: Vec<_> = run(&scenario, &Builtin).marks().into_iter().collect();
            marks
        };
        assert_eq!(met(""), [""; 0]);
        let absorbed = met("fault createSecret/DescribeSecret#1 error-503\n");
        assert_eq!(absorbed, ["retry-absorbed"]);
        let killed = met("fault createSecret/PutSecretValue#1 kill-before\n");
        assert_eq!(killed, ["killed", "orphan-adopted", "started-over"]);
    }
}
