//! The AWS CLI makes an API, a key and a secret, rotates, and reads the new key; and it does to secrets
//! all that operators do.

use std::path::Path;

use keywheel_clients::{Client, Test, tests};

use crate::process::{Serve, check, run_client};

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [AwsCli] the_aws_cli_rotates_a_key,
        [AwsCli] the_aws_cli_works_on_secrets,
    ]
}

fn the_aws_cli_rotates_a_key() {
    run(&Serve::with_bootstrap(), "aws_cli.sh");
}

fn the_aws_cli_works_on_secrets() {
    run(&Serve::start(&["--seed", "7"]), "secretsmanager_cli.sh");
}

fn run(serve: &Serve, script: &str) {
    let aws = Client::AwsCli.program();
    let script = format!("{}/tests/serve/{script}", env!("CARGO_MANIFEST_DIR"));
    let aws = aws.to_str().unwrap();
    check(&run_client(serve, Path::new("sh"), &["-eu", &script, aws]));
}
