//! The function in JavaScript, with the SDK.

use std::path::Path;

use keywheel::scenario::OracleId;
use keywheel::subject::process::Process;
use keywheel_clients::{MODULES, Test, tests};

use crate::{Bug, LIMIT, holds, is_found, scenarios, top};

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [Node JavaScriptSdk] it_holds_in_every_scenario_of_a_password,
        [Node JavaScriptSdk] every_bug_that_is_seeded_in_it_is_found,
    ]
}

const SOURCE: &str = include_str!("../../../scenarios/functions/password.cjs");

const BUGS: [Bug; 3] = [
    Bug {
        name: "logs what it stores",
        edits: &[(
            "  try {\n    await secrets.send(\n      new PutSecretValueCommand",
            "  console.log(value);\n  try {\n    await secrets.send(\n      new PutSecretValueCommand",
        )],
        scenario: "password/rotates",
        oracle: OracleId::NoSecretLeaked,
    },
    Bug {
        name: "loses the other members",
        edits: &[("{ ...JSON.parse(SecretString), password }", "{ password }")],
        scenario: "password/rotates",
        oracle: OracleId::ValuePreserved,
    },
    Bug {
        name: "calls itself done when another value is there",
        edits: &[(
            "ClientRequestToken: token,\n        SecretString",
            "SecretString",
        )],
        scenario: "password/rotates",
        oracle: OracleId::OwnLabels,
    },
];

fn command(script: &Path) -> String {
    format!("NODE_PATH='{}' node '{}'", MODULES, script.display())
}

fn it_holds_in_every_scenario_of_a_password() {
    let subject = Process::new(
        &command(&top().join("scenarios/functions/password.cjs")),
        LIMIT,
    );
    for scenario in scenarios("password") {
        holds(&scenario, &subject);
    }
}

fn every_bug_that_is_seeded_in_it_is_found() {
    for bug in &BUGS {
        is_found(bug, SOURCE, "password.cjs", command);
    }
}
