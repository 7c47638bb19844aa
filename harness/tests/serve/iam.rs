//! Users, roles, permissions and signatures, with boto3 and the AWS CLI.

use std::path::Path;

use crate::process::{Serve, check, program, run_client, skips_clients};

const BOTO3: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/serve/iam_client.py");
const CROSS_ACCOUNT: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/serve/cross_account_client.py"
);
const CLI: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/serve/iam_cli.sh");

#[test]
fn boto3_makes_roles_and_is_held_to_their_policies() {
    if skips_clients() {
        return;
    }
    let python = program("python3", &["-c", "import boto3"]);
    let serve = Serve::start(&["--iam", "enforce"]);
    check(&run_client(&serve, &python, &[BOTO3]));
}

#[test]
fn boto3_signs_what_is_verified() {
    if skips_clients() {
        return;
    }
    let python = program("python3", &["-c", "import boto3"]);
    let serve = Serve::start(&["--iam", "enforce", "--auth", "verify"]);
    check(&run_client(&serve, &python, &[BOTO3, "verify"]));
}

#[test]
fn boto3_reaches_what_another_account_shares() {
    if skips_clients() {
        return;
    }
    let python = program("python3", &["-c", "import boto3"]);
    let serve = Serve::start(&["--iam", "enforce", "--auth", "verify"]);
    check(&run_client(&serve, &python, &[CROSS_ACCOUNT]));
}

#[test]
fn the_aws_cli_makes_roles_and_is_held_to_policies_and_signatures() {
    if skips_clients() {
        return;
    }
    let aws = program("aws", &["--version"]);
    let serve = Serve::start(&["--iam", "enforce", "--auth", "verify"]);
    let aws = aws.to_str().unwrap();
    check(&run_client(&serve, Path::new("sh"), &["-eu", CLI, aws]));
}
