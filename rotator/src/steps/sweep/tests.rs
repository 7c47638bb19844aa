//! The sweep against scripted answers.

use super::{SweepAction, Sweeping};
use crate::scripted::*;
use aws_smithy_async::time::TimeSource;
use serde_json::{Value, json};
use std::time::Duration;

const HOUR: i64 = 3_600;

fn script(versions: Value, rest: Vec<(&'static str, Answer)>) -> Script {
    let keys = [
        (&*key('c'), &*marker(V2, 30), 40),
        (&*key('n'), &*marker(TOKEN, 2), 98),
        (&*key('o'), &*marker("older", 90), 30),
        (&*key('d'), &*marker("dead", 200), -3),
        (&*key('f'), "foreign", 9),
    ];
    let start = [
        ("DescribeSecret", described(versions)),
        ("ListApiKeys", listed(&keys)),
    ];
    Script::new(start.into_iter().chain(rest).collect())
}

fn stuck() -> Value {
    json!({ V2: ["AWSCURRENT"], TOKEN: ["AWSPENDING"] })
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_tells_all_and_changes_nothing() {
    let script = script(stuck(), vec![]);
    let swept = script.sweep(Sweeping::DryRun).await.unwrap();
    assert_eq!((swept.foreign, swept.failed, swept.keys.len()), (1, 0, 4));
    let actions: Vec<SweepAction> = swept.keys.iter().map(|key| key.action).collect();
    let [
        SweepAction::Extend(until),
        SweepAction::Keep,
        SweepAction::Expire(at),
        SweepAction::Delete,
    ] = actions[..]
    else {
        panic!("{actions:?}")
    };
    assert!(until >= NOW + 68 * DAY);
    assert!((25 * HOUR..26 * HOUR).contains(&(at - NOW)));
    let entries = script.tally.entries();
    assert!(entries.contains(&("PendingAgeHours", 48)), "{entries:?}");
    assert!(
        entries.contains(&("CurrentKeyDaysToExpiry", 40)),
        "{entries:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn keys_of_others_are_counted() {
    let keys = [
        (&*key('c'), &*marker(V2, 30), 68),
        (&*key('f'), "foreign", 9),
        (&*key('g'), "another", 9),
    ];
    let script = Script::new(vec![
        ("DescribeSecret", described(json!({ V2: ["AWSCURRENT"] }))),
        ("ListApiKeys", listed(&keys)),
    ]);
    let swept = script.sweep(Sweeping::DryRun).await.unwrap();
    assert_eq!((swept.keys.len(), swept.foreign), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn a_real_sweep_does_it_and_counts_what_it_could_not() {
    let script = script(
        stuck(),
        vec![
            ("UpdateApiKey", done()),
            ("UpdateApiKey", error(400, "AccessDeniedException")),
            ("DeleteApiKey", error(404, "NotFoundException")),
        ],
    );
    let swept = script.sweep(Sweeping::ForReal).await.unwrap();
    assert_eq!(swept.failed, 1);
}

#[tokio::test(start_paused = true)]
async fn a_version_that_is_current_too_is_not_waiting() {
    let both = json!({ V2: ["AWSCURRENT", "AWSPENDING"] });
    let script = script(both, vec![]);
    script.sweep(Sweeping::DryRun).await.unwrap();
    let entries = script.tally.entries();
    assert!(entries.iter().all(|(name, _)| *name != "PendingAgeHours"));
}

#[tokio::test(start_paused = true)]
async fn only_secrets_on_the_allow_list_are_swept() {
    let mut script = Script::new(vec![("DescribeSecret", pending())]);
    script.settings.allow_list = vec!["another".to_owned()];
    let error = script.sweep(Sweeping::ForReal).await.unwrap_err();
    assert_eq!(error.error_type(), "SecretNotAllowed");
    assert_eq!(
        script.rotator().secrets_to_sweep(None).unwrap(),
        ["another"]
    );
    script.settings.allow_list.clear();
    let nothing = script.rotator().secrets_to_sweep(None).unwrap_err();
    assert_eq!(nothing.error_type(), "InvalidEvent");
    let named = script.rotator().secrets_to_sweep(Some("s".to_owned()));
    assert_eq!(named.unwrap(), ["s"]);
}

#[tokio::test(start_paused = true)]
async fn a_sweep_answers_before_its_deadline() {
    let script = Script::new(vec![("DescribeSecret", Answer::Hang)]);
    let deadline = script.now() + Duration::from_secs(3);
    let rotator = script.rotator();
    let swept = rotator.sweep(ARN, Sweeping::ForReal, deadline, &script.tally);
    assert_eq!(swept.await.unwrap_err().error_type(), "DeadlineNear");
}
