//! boto3 makes an API, a key and a secret, rotates, and uses the keys.

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
