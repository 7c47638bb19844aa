//! boto3 makes an API, a key and a secret, rotates, and uses the keys; with the caching client it calls
//! all of Secrets Manager.

use keywheel_clients::{Client, Test, tests};

use crate::process::{Serve, check, run_client};

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [Boto3] boto3_rotates_a_key_and_uses_it,
        [Boto3 LambdaRic] boto3_shows_and_invokes_the_functions_that_the_server_was_started_with,
        [Boto3 CachingClient] boto3_and_the_caching_client_call_every_operation_of_secrets_manager,
    ]
}

fn boto3_rotates_a_key_and_uses_it() {
    let python = Client::Boto3.program();
    let serve = Serve::with_bootstrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/serve/boto3_client.py");
    check(&run_client(&serve, &python, &[script]));
}

fn boto3_shows_and_invokes_the_functions_that_the_server_was_started_with() {
    let python = Client::LambdaRic.program();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/serve");
    let function = format!(
        "echo=exec:cd '{folder}' && exec '{}' -m awslambdaric started_client.handler",
        python.display()
    );
    let serve = Serve::start(&["--function", &function, "--function-timeout", "20s"]);
    let script = format!("{folder}/started_client.py");
    check(&run_client(&serve, &python, &[&script]));
}

fn boto3_and_the_caching_client_call_every_operation_of_secrets_manager() {
    let python = Client::CachingClient.program();
    let serve = Serve::start(&["--seed", "7"]);
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/serve");
    let script = format!("{folder}/secretsmanager_client.py");
    check(&run_client(&serve, &python, &[&script]));
}
