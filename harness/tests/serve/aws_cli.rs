//! The AWS CLI makes an API, a key and a secret, rotates, and reads the new key.

use std::path::Path;

use crate::process::{Serve, check, program, run_client, skips_clients};

#[test]
fn the_aws_cli_rotates_a_key() {
    if skips_clients() {
        return;
    }
    let aws = program("aws", &["--version"]);
    let serve = Serve::with_bootstrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/serve/aws_cli.sh");
    let aws = aws.to_str().unwrap();
    check(&run_client(&serve, Path::new("sh"), &["-eu", script, aws]));
}
