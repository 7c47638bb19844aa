//! boto3 makes an API, a key and a secret, rotates, and uses the keys; with the caching client it calls
//! all of Secrets Manager.

use crate::process::{Serve, check, program, run_client, skips_clients};

#[test]
fn boto3_rotates_a_key_and_uses_it() {
    if skips_clients() {
        return;
    }
    let python = program("python3", &["-c", "import boto3"]);
    let serve = Serve::with_bootstrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/serve/boto3_client.py");
    check(&run_client(&serve, &python, &[script]));
}

#[test]
fn boto3_shows_and_invokes_the_functions_that_the_server_was_started_with() {
    if skips_clients() {
        return;
    }
    let python = program("python3", &["-c", "import boto3, awslambdaric"]);
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/serve");
    let function = format!(
        "echo=exec:cd '{folder}' && exec '{}' -m awslambdaric started_client.handler",
        python.display()
    );
    let serve = Serve::start(&["--function", &function, "--function-timeout", "20s"]);
    let script = format!("{folder}/started_client.py");
    check(&run_client(&serve, &python, &[&script]));
}

#[test]
fn boto3_and_the_caching_client_call_every_operation_of_secrets_manager() {
    if skips_clients() {
        return;
    }
    let clients = "import boto3, aws_secretsmanager_caching";
    let python = program("python3", &["-c", clients]);
    let serve = Serve::start(&["--seed", "7"]);
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/serve");
    let script = format!("{folder}/secretsmanager_client.py");
    check(&run_client(&serve, &python, &[&script]));
}
