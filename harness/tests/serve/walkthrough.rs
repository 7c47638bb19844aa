//! The blog post's walkthrough with the AWS CLI: its own flow fails as it must on a faithful
//! service; the builtin rotator, and a function in the way of AWS's template, succeed.

use std::path::Path;

use crate::process::{Serve, check, program, run_client, skips_clients};

fn walk(way: &str) {
    if skips_clients() {
        return;
    }
    let aws = program("aws", &["--version"]);
    let python = program("python3", &["-c", "import boto3"]);
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

#[test]
fn the_posts_flow_under_the_token_never_completes() {
    walk("token");
}

#[test]
fn a_function_in_the_way_of_awss_template_rotates() {
    walk("template");
}

#[test]
fn the_builtin_rotator_rotates() {
    walk("builtin");
}

#[test]
fn the_posts_flow_that_writes_a_version_of_its_own_is_abandoned() {
    walk("current");
}
