//! JavaScript clients: the SDK makes what there is of AppSync and works on secrets, Amplify uses it.

use std::path::{Path, PathBuf};

use keywheel_clients::{Test, tests};

use crate::process::{Serve, check, run_client};

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [Node JavaScriptSdk] the_javascript_sdk_reads_every_answer,
        [Node JavaScriptSdk] the_javascript_sdk_calls_every_operation_of_secrets_manager_that_it_knows,
        [Node JavaScriptSdk] amplify_asks_listens_and_publishes,
    ]
}

/// The scripts, and the clients that they use.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/serve/node");

fn the_javascript_sdk_reads_every_answer() {
    run("sdk_client.mjs");
}

fn the_javascript_sdk_calls_every_operation_of_secrets_manager_that_it_knows() {
    run("secretsmanager_client.mjs");
}

fn amplify_asks_listens_and_publishes() {
    run("amplify_client.mjs");
}

/// Runs a script against a server that logs all it does, and looks for keys in what it logged.
fn run(script: &str) {
    let mut serve = Serve::start_logging(&["--seed", "7"], Some("trace"));
    let script = PathBuf::from(FOLDER).join(script);
    check(&run_client(
        &serve,
        Path::new("node"),
        &[&script.to_string_lossy()],
    ));
    let log = serve.end();
    assert!(log.len() > 100, "it logs at the finest level");
    assert!(!shows_a_key(&log), "a key is in the log");
}

/// Is there `da2-` with the 26 characters of a key behind it? The four alone are in one of some
/// hundred UUIDs, and the SDK's requests have one each.
fn shows_a_key(log: &str) -> bool {
    log.split("da2-").skip(1).any(|behind| {
        let is_of_key = |byte: &u8| byte.is_ascii_lowercase() || (b'2'..=b'7').contains(byte);
        behind.bytes().take_while(|byte| is_of_key(byte)).count() >= 26
    })
}
