//! Traps in whole runs.

use std::path::PathBuf;
use std::sync::atomic::Ordering;

use aws_smithy_types::date_time::{DateTime, Format};
use keywheel::history::{Exchange, InvocationEnd, Seen, What};
use keywheel::record::{Run, Verdict};
use keywheel::run::{run, run_with};
use keywheel::scenario::Scenario;
use keywheel::subject::Subject;
use keywheel::subject::builtin::Builtin;
use keywheel::suite;
use keywheel_emulator::time::Timestamp;

use crate::functions::{Counted, Habit};

pub(crate) fn scenario(name: &str) -> Scenario {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios"));
    suite::read_one(&folder.join(name).with_extension("scenario")).unwrap()
}

pub(crate) fn raw(scenario: &Scenario, is_tracing: bool) -> String {
    run_with(scenario, &Builtin, is_tracing).raw()
}

/// A run of a story, with a function that need not be good for anything.
fn run_of(story: &str, subject: &dyn Subject) -> Run {
    let text = format!(
        "keywheel scenario 1\nwithout recovers because it is no rotator\n\
         without no-orphan because it is no rotator\n{story}\n"
    );
    run(&suite::read_text("trap", &text).unwrap(), subject)
}

/// The calls with their times.
fn calls(run: &Run) -> impl Iterator<Item = (Timestamp, &Exchange)> {
    let events = run.history.events().iter();
    events.filter_map(|event| match &event.what {
        What::Call(exchange) => Some((event.at, &**exchange)),
        _ => None,
    })
}

/// Trap 4. The order of a hash map is another in each run.
#[test]
fn trap_4_hash_maps_have_no_order() {
    let trace = |habit: Habit| run_of("rotate expect=any", &habit).raw();
    assert_ne!(trace(Habit::HashOrder), trace(Habit::HashOrder), "the trap");
    assert_eq!(trace(Habit::OwnOrder), trace(Habit::OwnOrder), "the cure");
    let first = scenario("happy/h9-tags-choose");
    assert_eq!(raw(&first, false), raw(&first, false));
}

/// What the SDK believes to be the time when it signs a request, in seconds.
fn signed_at(exchange: &Exchange) -> Option<i64> {
    let date = exchange.headers.get("x-amz-date")?.to_str().unwrap();
    let part = |from: usize, to: usize| &date[from..to];
    let text = format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(0, 4),
        part(4, 6),
        part(6, 8),
        part(9, 11),
        part(11, 13),
        part(13, 15)
    );
    Timestamp::parse(&text).map(Timestamp::as_seconds)
}

fn dated(exchange: &Exchange) -> Option<i64> {
    let Seen::Answer { headers, .. } = &exchange.outcome else {
        return None;
    };
    let date = headers.get("date")?.to_str().unwrap();
    Some(DateTime::from_str(date, Format::HttpDate).unwrap().secs())
}

/// Trap 6. The SDK corrects its clock by the `Date` of answers: a wrong one bends all that follows.
#[test]
fn trap_6_the_date_of_an_answer_bends_the_clock() {
    let bent = run_of("fault DescribeSecret#1 date-ahead=10m\nrotate", &Builtin);
    let is_off = |(at, call): (Timestamp, &Exchange)| {
        signed_at(call).is_some_and(|signed| (signed - at.as_seconds()).abs() >= 599)
    };
    assert!(calls(&bent).any(is_off), "the trap");

    let right = run_of("rotate\nadvance 3d\nrotate", &Builtin);
    let mut compared = 0;
    for (at, call) in calls(&right) {
        assert_eq!(dated(call), Some(at.as_seconds()));
        if let Some(signed) = signed_at(call) {
            assert_eq!(signed, at.as_seconds());
            compared += 1;
        }
    }
    assert!(compared > 20, "{compared}");
}

fn ends(run: &Run) -> Vec<&InvocationEnd> {
    let events = run.history.events().iter();
    let end = events.filter_map(|event| match &event.what {
        What::Ended { end, .. } => Some(end),
        _ => None,
    });
    end.collect()
}

/// Trap 7. In paused time nothing wakes what waits for ever.
#[test]
fn trap_7_a_hanging_answer_would_park_the_run() {
    let hung = run_of(
        "world retries=0 timeout=90s\nrotate expect=any",
        &Habit::Hangs,
    );
    assert_eq!(ends(&hung), [&InvocationEnd::TimedOut], "by its deadline");
    let took = hung.ended.millis_since(hung.started);
    assert!((90_000..=90_010).contains(&took), "{took} ms");
    // A call that hangs is given up by the rotator itself, long before.
    let story = "world retries=0\nfault createSecret/ListApiKeys#1 hang\nrotate";
    let ended = run_of(story, &Builtin);
    assert!(!ends(&ended).contains(&&InvocationEnd::TimedOut));
    // What computes and never waits has no deadline in virtual time, but one in real time.
    let story = "world retries=0 timeout=1s\nrotate expect=any";
    let computed = run_of(story, &Habit::Computes);
    let is_seen = |end: &&InvocationEnd| **end == InvocationEnd::Succeeded;
    assert!(ends(&computed).iter().all(is_seen), "by the watchdog");
}

/// Trap 8. Which failures the SDK repeats, and after how long, are defaults that change.
#[test]
fn trap_8_the_defaults_of_retries_are_told_apart() {
    for (kind, expected) in [
        ("reset", 3),
        ("answer-lost", 3),
        ("unreachable", 1),
        ("error-500", 3),
        ("error-503", 3),
        ("throttled", 3),
        ("access-denied", 1),
    ] {
        let story = format!(
            "world retries=0\nfault createSecret/DescribeSecret {kind} x*\nrotate expect=any"
        );
        let run = run_of(&story, &Habit::AsksOnce);
        let struck = calls(&run).filter(|(_, call)| call.fault.is_some());
        let times: Vec<Timestamp> = struck.map(|(at, _)| at).collect();
        assert_eq!(times.len(), expected, "{kind}");
        // Rule set 2.0: a base of one second, doubled, and jitter below it. Rule set 2.1 has one of
        // 50 ms: the golden traces would move with it.
        let waits: Vec<i64> = times
            .windows(2)
            .map(|pair| pair[1].millis_since(pair[0]))
            .collect();
        let is_within = |(wait, base): (&i64, i64)| (0..=base).contains(wait);
        assert!(waits.iter().zip([1000, 2000]).all(is_within), "{waits:?}");
        assert!(
            waits.is_empty() || waits.iter().sum::<i64>() > 150,
            "{waits:?}"
        );
    }
}

/// Trap 9. After a panic in a call, or a call that was dropped, the same clients go on.
#[test]
fn trap_9_a_warm_start_goes_on_with_the_same_clients() {
    let story = |restart: &str| {
        format!(
            "world restart={restart}\nfault createSecret/PutSecretValue#1 panic\n\
             fault setSecret/GetSecretValue#1 kill-before\nrotate"
        )
    };
    let warm = Counted::default();
    let held = run_of(&story("warm"), &warm);
    assert_eq!(held.verdict(), Verdict::Passed, "{:?}", held.unmet);
    assert_eq!(warm.0.load(Ordering::Relaxed), 1);
    let cold = Counted::default();
    let held = run_of(&story("cold"), &cold);
    assert_eq!(held.verdict(), Verdict::Passed, "{:?}", held.unmet);
    assert_eq!(cold.0.load(Ordering::Relaxed), 3, "it can be told apart");
}
