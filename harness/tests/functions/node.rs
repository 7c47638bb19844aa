//! The function in JavaScript, with the SDK.

use std::path::{Path, PathBuf};
use std::process::Command;

use keywheel::scenario::OracleId;
use keywheel::subject::process::Process;

use crate::{Bug, LIMIT, holds, is_found, needs, scenarios, skips_clients, top};

const SOURCE: &str = include_str!("../../../scenarios/functions/password.cjs");

const BUGS: [Bug; 3] = [
    Bug {
        name: "logs what it stores",
        edits: &[(
            "  try {\n    await secrets.send(\n      new PutSecretValueCommand",
            "  console.log(value);\n  try {\n    await secrets.send(\n      new PutSecretValueCommand",
        )],
        scenario: "rotates",
        oracle: OracleId::NoSecretLeaked,
    },
    Bug {
        name: "loses the other members",
        edits: &[("{ ...JSON.parse(SecretString), password }", "{ password }")],
        scenario: "rotates",
        oracle: OracleId::ValuePreserved,
    },
    Bug {
        name: "calls itself done when another value is there",
        edits: &[(
            "ClientRequestToken: token,\n        SecretString",
            "SecretString",
        )],
        scenario: "rotates",
        oracle: OracleId::OwnLabels,
    },
];

/// Where npm has put the SDK.
fn modules() -> PathBuf {
    top().join("harness/tests/serve/node/node_modules")
}

fn command(script: &Path) -> String {
    format!(
        "NODE_PATH='{}' node '{}'",
        modules().display(),
        script.display()
    )
}

fn needs_node() {
    let cure = "Node.js or its SDK is missing: run `npm ci --prefix harness/tests/serve/node` at \
                the top of the workspace";
    let question = "require('@aws-sdk/client-secrets-manager')";
    needs(
        Command::new("node")
            .args(["-e", question])
            .env("NODE_PATH", modules()),
        cure,
    );
}

#[test]
fn it_holds_in_every_scenario_of_a_password() {
    if skips_clients() {
        return;
    }
    needs_node();
    let subject = Process::new(
        &command(&top().join("scenarios/functions/password.cjs")),
        LIMIT,
    );
    for scenario in scenarios() {
        holds(&scenario, &subject);
    }
}

#[test]
fn every_bug_that_is_seeded_in_it_is_found() {
    if skips_clients() {
        return;
    }
    needs_node();
    for bug in &BUGS {
        is_found(bug, SOURCE, "password.cjs", command);
    }
}
