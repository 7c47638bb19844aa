//! AWS's own runtime clients for Python and Node.js run functions that rotate a password: deployed
//! with a `bootstrap` that starts them, and as a command of `--function`.

use std::path::PathBuf;

use keywheel_clients::{Client, Test, tests};
use serde_json::{Value, json};

use crate::functions::{deploy, lambda};
use crate::process::Serve;
use crate::rust_sdk::{Clients, advance, clients};

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [Boto3 LambdaRic] async the_python_client_rotates_when_it_is_deployed,
        [Boto3 LambdaRic] async the_python_client_rotates_as_a_command,
        [Node NodeRic JavaScriptSdk] async the_node_client_rotates_when_it_is_deployed,
        [Node NodeRic JavaScriptSdk] async the_node_client_rotates_as_a_command,
    ]
}

/// The functions that the scenarios of a password are run with.
const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios/functions");

const SECRET: &str = "app/password";

/// A function, and the command that runs it where its file is.
struct Function {
    file: &'static str,
    command: String,
    /// The type of the error where it is asked for a step that there is not.
    error_type: &'static str,
}

fn python() -> Function {
    let python = Client::LambdaRic.program();
    Function {
        file: "password.py",
        command: format!(
            "exec '{}' -m awslambdaric password.handler",
            python.display()
        ),
        error_type: "ValueError",
    }
}

fn node() -> Function {
    let (modules, client) = (keywheel_clients::MODULES, keywheel_clients::RUNTIME_CLIENT);
    Function {
        file: "password.cjs",
        command: format!(
            "NODE_PATH='{modules}' exec node '{client}/bin/index.mjs' password.handler"
        ),
        error_type: "Error",
    }
}

/// The secret's value, once it has been rotated.
async fn rotated(serve: &Serve, clients: &Clients, arn: &str) -> Value {
    let rotate = clients.secrets.rotate_secret().secret_id(SECRET);
    rotate.rotation_lambda_arn(arn).send().await.unwrap();
    advance(serve, "0s").await;
    let value = clients.secrets.get_secret_value().secret_id(SECRET);
    let value = value.send().await.unwrap();
    assert_eq!(value.version_stages(), ["AWSCURRENT"]);
    serde_json::from_str(value.secret_string().unwrap()).unwrap()
}

/// Rotates cold and warm: another password each time, and what else is in the secret stays.
async fn rotates(serve: &Serve, arn: &str) {
    let clients = clients(&serve.url);
    let secret = clients.secrets.create_secret().name(SECRET);
    let first = json!({ "username": "app", "password": "first" });
    secret
        .secret_string(first.to_string())
        .send()
        .await
        .unwrap();
    let mut passwords = vec![first["password"].clone()];
    for _ in 0..2 {
        let value = rotated(serve, &clients, arn).await;
        assert_eq!(value["username"], "app");
        assert!(!passwords.contains(&value["password"]), "it is another one");
        passwords.push(value["password"].clone());
    }
}

async fn rotates_when_it_is_deployed(function: Function) {
    let serve = Serve::start(&["--seed", "7"]);
    let source = std::fs::read(PathBuf::from(SOURCES).join(function.file)).unwrap();
    let bootstrap = format!("#!/bin/sh\n{}\n", function.command);
    let files = [
        ("bootstrap", bootstrap.as_bytes()),
        (function.file, &*source),
    ];
    let arn = deploy(&serve, "password", &files).await;
    rotates(&serve, &arn).await;
    let event = json!({ "Step": "none", "SecretId": SECRET, "ClientRequestToken": "none" });
    let (status, error) = lambda(&serve, "/password/invocations", &event).await;
    assert_eq!(
        (status, &error["errorType"]),
        (200, &json!(function.error_type))
    );
}

async fn rotates_as_a_command(function: Function) {
    let command = format!("password=exec:cd '{SOURCES}' && {}", function.command);
    let serve = Serve::start(&["--seed", "7", "--function", &command]);
    rotates(
        &serve,
        "arn:aws:lambda:us-east-1:000000000000:function:password",
    )
    .await;
}

async fn the_python_client_rotates_when_it_is_deployed() {
    rotates_when_it_is_deployed(python()).await;
}

async fn the_python_client_rotates_as_a_command() {
    rotates_as_a_command(python()).await;
}

async fn the_node_client_rotates_when_it_is_deployed() {
    rotates_when_it_is_deployed(node()).await;
}

async fn the_node_client_rotates_as_a_command() {
    rotates_as_a_command(node()).await;
}
