//! Users, roles, permissions and signatures, with boto3 and the AWS CLI.

use std::path::Path;

use keywheel_clients::{Client, Test, tests};

use crate::process::{Serve, check, run_client};

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [Boto3] boto3_makes_roles_and_is_held_to_their_policies,
        [Boto3] boto3_signs_what_is_verified,
        [Boto3] boto3_reaches_what_another_account_shares,
        [AwsCli] the_aws_cli_makes_roles_and_is_held_to_policies_and_signatures,
    ]
}

const BOTO3: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/serve/iam_client.py");
const CROSS_ACCOUNT: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/serve/cross_account_client.py"
);
const CLI: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/serve/iam_cli.sh");

fn boto3_makes_roles_and_is_held_to_their_policies() {
    let python = Client::Boto3.program();
    let serve = Serve::start(&["--iam", "enforce"]);
    check(&run_client(&serve, &python, &[BOTO3]));
}

fn boto3_signs_what_is_verified() {
    let python = Client::Boto3.program();
    let serve = Serve::start(&["--iam", "enforce", "--auth", "verify"]);
    check(&run_client(&serve, &python, &[BOTO3, "verify"]));
}

fn boto3_reaches_what_another_account_shares() {
    let python = Client::Boto3.program();
    let serve = Serve::start(&["--iam", "enforce", "--auth", "verify"]);
    check(&run_client(&serve, &python, &[CROSS_ACCOUNT]));
}

fn the_aws_cli_makes_roles_and_is_held_to_policies_and_signatures() {
    let aws = Client::AwsCli.program();
    let serve = Serve::start(&["--iam", "enforce", "--auth", "verify"]);
    let aws = aws.to_str().unwrap();
    check(&run_client(&serve, Path::new("sh"), &["-eu", CLI, aws]));
}
