//! The blog post's walkthrough with the AWS CLI: its own flow fails as it must on a faithful
//! service; the builtin rotator, and a function in the way of AWS's template, succeed.

use std::path::Path;

use keywheel_clients::{Client, Test, tests};

use crate::process::{Serve, check, run_client};

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [AwsCli Boto3] the_posts_flow_under_the_token_never_completes,
        [AwsCli Boto3] a_function_in_the_way_of_awss_template_rotates,
        [AwsCli Boto3] the_builtin_rotator_rotates,
        [AwsCli Boto3] the_posts_flow_that_writes_a_version_of_its_own_is_abandoned,
    ]
}

fn walk(way: &str) {
    let aws = Client::AwsCli.program();
    let python = Client::Boto3.program();
    let (aws, python) = (aws.to_str().unwrap(), python.to_str().unwrap());
    // A name without a folder is found by the server itself.
    let options = if python.contains('/') {
        vec!["--python", python]
    } else {
        Vec::new()
    };
    let serve = Serve::start(&options);
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../scenarios/walkthrough/walkthrough.sh"
    );
    check(&run_client(
        &serve,
        Path::new("sh"),
        &[script, aws, python, way],
    ));
}

fn the_posts_flow_under_the_token_never_completes() {
    walk("token");
}

fn a_function_in_the_way_of_awss_template_rotates() {
    walk("template");
}

fn the_builtin_rotator_rotates() {
    walk("builtin");
}

fn the_posts_flow_that_writes_a_version_of_its_own_is_abandoned() {
    walk("current");
}
