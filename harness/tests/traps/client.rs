//! Traps of the SDK and of the runtime, shown without a world.

use std::collections::BTreeSet;
use std::future::ready;
use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::retry::RetryConfig;
use aws_sdk_secretsmanager::config::{BehaviorVersion, Builder, StalledStreamProtectionConfig};
use aws_smithy_runtime::client::retries::RetryPartition;
use keywheel::subject::sdk::Retries;
use sha2::{Digest, Sha256};
use tracing::subscriber::NoSubscriber;

use crate::bare::{Bare, ask};
use crate::runs::{raw, scenario};

/// What jitter would draw next after a call that was retried.
fn next_draw(is_tracing: bool, reseeds: bool) -> u64 {
    let client = Bare::answering(500).reseeding(reseeds).client();
    fastrand::seed(1);
    if is_tracing {
        let log = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(std::io::sink);
        tracing::subscriber::with_default(log.finish(), || ask(&client));
    } else {
        // With no subscriber at all, spans are written for the crate `log`.
        let nobody = NoSubscriber::new();
        tracing::subscriber::with_default(nobody, || ask(&client));
    }
    fastrand::u64(..)
}

/// Trap 1. An SDK span draws a random number, but only when somebody listens.
#[test]
fn trap_1_tracing_is_not_neutral() {
    assert_ne!(next_draw(false, false), next_draw(true, false), "the trap");
    assert_eq!(next_draw(false, true), next_draw(true, true), "the cure");
    for name in ["throttle/t2-every-second-call", "lost/l2-create-every-time"] {
        let scenario = scenario(name);
        assert_eq!(raw(&scenario, false), raw(&scenario, true), "{name}");
    }
}

/// How often a call that always fails is tried, for each of so many clients in turn.
fn tries(clients: usize, new: impl Fn(&Bare) -> aws_sdk_secretsmanager::Client) -> Vec<usize> {
    let bare = Bare::answering(500);
    let try_once = |_| {
        ask(&new(&bare));
        bare.take_sent().len()
    };
    (0..clients).map(try_once).collect()
}

/// Trap 2. The SDK's retry tokens are a static of the process.
#[test]
fn trap_2_the_retry_quota_is_of_the_process() {
    let plain = tries(120, Bare::plain_client);
    assert!(plain[0] == 3 && plain[119] < 3, "the trap: {plain:?}");
    let own = tries(120, Bare::client);
    assert!(own.iter().all(|tries| *tries == 3), "{own:?}");
}

/// The lines of a source with a `select!` that does not say in which order it asks.
fn unbiased(source: &str) -> Vec<usize> {
    let lines: Vec<&str> = source.lines().collect();
    let is_asked = |at: &usize| lines[*at].contains("select! {");
    let says = |at: usize| {
        lines
            .get(at + 1)
            .is_some_and(|line| line.trim() == "biased;")
    };
    let asked = (0..lines.len()).filter(is_asked);
    asked.filter(|at| !says(*at)).collect()
}

fn sources(folder: &std::path::Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// Trap 3. `tokio::select!` asks in a random order that no seed reaches.
#[test]
fn trap_3_select_asks_in_a_random_order() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let ask = |_| {
        runtime.block_on(async {
            tokio::select! {
                () = ready(()) => "first",
                () = ready(()) => "second",
            }
        })
    };
    let answers: BTreeSet<&str> = (0..64).map(ask).collect();
    assert_eq!(answers.len(), 2, "the trap");

    let wrong = "a\ntokio::select! {\n    x = y => {}\n}\n";
    let right = "select! {\n    biased;\n    x = y => {}\n}\n";
    assert_eq!((unbiased(wrong), unbiased(right)), (vec![1], vec![]));
    let mut files = Vec::new();
    let top = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    for part in ["emulator/src", "rotator/src", "harness/src"] {
        sources(&top.join(part), &mut files);
    }
    assert!(files.len() > 300, "only {} files", files.len());
    for file in files {
        let found = unbiased(&std::fs::read_to_string(&file).unwrap());
        assert!(found.is_empty(), "{}: {found:?}", file.display());
    }
}

const CHILD: &str = "KEYWHEEL_TRAPS_CHILD";

/// What a process sends in which these variables are set: as the harness's client and in a whole
/// run, and as a plain client.
fn sent_with(variables: &[(&str, &str)]) -> (String, String) {
    let own = std::env::current_exe().unwrap();
    let output = std::process::Command::new(own)
        .args([
            "--exact",
            "client::trap_5_the_environment_reaches_requests",
            "--nocapture",
        ])
        .env(CHILD, "1")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let told = |prefix: &str| {
        let mut lines = text.lines();
        let line = lines.find_map(|line| line.split_once(prefix));
        line.map(|(_, told)| told.to_owned()).unwrap()
    };
    (told("OWN "), told("PLAIN "))
}

fn digest(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Trap 5. On Lambda, on CodeBuild, under X-Ray the SDK sends other headers.
#[test]
fn trap_5_the_environment_reaches_requests() {
    if std::env::var_os(CHILD).is_some() {
        let bare = Bare::answering(200);
        let whole = raw(&scenario("happy/h1-first-rotation"), false);
        ask(&bare.client());
        let own = bare.take_sent().concat() + &whole;
        ask(&bare.plain_client());
        println!("\nOWN {}", digest(&own));
        println!("PLAIN {}", digest(&bare.take_sent().concat()));
        return;
    }
    let (own, plain) = sent_with(&[]);
    let (own_on_lambda, plain_on_lambda) = sent_with(&[
        ("AWS_EXECUTION_ENV", "AWS_Lambda_provided.al2023"),
        ("AWS_LAMBDA_FUNCTION_NAME", "rotator"),
        (
            "_X_AMZN_TRACE_ID",
            "Root=1-5759e988-bd862e3fe1be46a994272793",
        ),
    ]);
    assert_ne!(plain, plain_on_lambda, "the trap");
    assert_eq!(own, own_on_lambda, "the cure");
}

/// Trap 7. In paused time nothing wakes what waits for ever: no timer, nothing to go on to.
#[test]
fn trap_7_a_call_without_a_deadline_is_never_given_up() {
    let waits = |config: Builder| ask(&Client::from_conf(config.build()));
    let plain = || Bare::silent().plain_config();
    let unprotected =
        || plain().stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    assert_eq!(waits(unprotected()), None, "the trap");
    let limit = keywheel_rotator::sdk::timeouts();
    let waited = waits(unprotected().timeout_config(limit)).expect("the cure");
    assert!(waited < Duration::from_secs(60), "{waited:?}");
}

/// Trap 8. How often a call is tried depends on the version of the SDK's defaults.
#[test]
fn trap_8_whether_a_call_is_repeated_is_a_default_that_changes() {
    #[expect(deprecated, reason = "older defaults are what this is about")]
    let older = BehaviorVersion::v2025_08_07();
    let tries = |version: BehaviorVersion, retries: Option<RetryConfig>| {
        let bare = Bare::answering(500);
        let mut config = bare.plain_config().behavior_version(version);
        config.set_retry_config(retries);
        // Trap 2 spends the tokens of the usual one.
        let config = config.retry_partition(RetryPartition::new("trap 8"));
        ask(&Client::from_conf(config.build()));
        bare.take_sent().len()
    };
    let ours = keywheel_rotator::sdk::behavior_version();
    assert_eq!((tries(older, None), tries(ours, None)), (1, 3), "the trap");
    let told = Some(Retries::default().config());
    let tried = (tries(older, told.clone()), tries(ours, told));
    assert_eq!(tried, (3, 3), "the cure");
}
