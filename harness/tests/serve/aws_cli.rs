//! The AWS CLI makes an API, a key and a secret, rotates, and reads the new key; and it does to secrets
//! all that operators do.

use std::path::Path;

use crate::process::{Serve, check, program, run_client, skips_clients};

#[test]
fn the_aws_cli_rotates_a_key() {
    if !skips_clients() {
        run(&Serve::with_bootstrap(), "aws_cli.sh");
    }
}

#[test]
fn the_aws_cli_works_on_secrets() {
    if !skips_clients() {
        run(&Serve::start(&["--seed", "7"]), "secretsmanager_cli.sh");
    }
}

fn run(serve: &Serve, script: &str) {
    let aws = program("aws", &["--version"]);
    let script = format!("{}/tests/serve/{script}", env!("CARGO_MANIFEST_DIR"));
    let aws = aws.to_str().unwrap();
    check(&run_client(serve, Path::new("sh"), &["-eu", &script, aws]));
}
