//! The function that rotates a token of an issuer over HTTP, in Python.

use std::path::Path;

use keywheel::scenario::OracleId;
use keywheel::subject::process::Process;
use keywheel_clients::{Client, Test, tests};

use crate::{Bug, LIMIT, holds, is_found, scenarios, top};

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [Boto3] it_holds_in_every_scenario_of_an_issuer,
        [Boto3] every_bug_that_is_seeded_in_it_is_found,
    ]
}

const SOURCE: &str = include_str!("../../../scenarios/functions/issuer.py");

/// What createSecret stores.
const STORED: &str = "    value = {**value, \"token\": made[\"token\"]}\n";

const BUGS: [Bug; 6] = [
    Bug {
        name: "the old token is revoked before clients know the new one",
        edits: &[(
            STORED,
            "    revoke_all_but(made | value | made, {made[\"token\"][:12]})\n    \
             value = {**value, \"token\": made[\"token\"]}\n",
        )],
        scenario: "issuer/killed-before-put",
        oracle: OracleId::CredentialKnown,
    },
    Bug {
        name: "the new token is revoked in place of the one before the last",
        edits: &[(
            "            prefix(stored(arn, VersionId=token, VersionStage=\"AWSPENDING\")),\n",
            "",
        )],
        scenario: "issuer/first",
        oracle: OracleId::CurrentWorks,
    },
    Bug {
        name: "no token is ever revoked",
        edits: &[(
            "        if token[\"prefix\"] not in keep:",
            "        if False:",
        )],
        scenario: "issuer/third",
        oracle: OracleId::OldDies,
    },
    Bug {
        name: "tokens of tries that failed are not revoked",
        edits: &[("    revoke_all_but(value, known(arn))\n", "")],
        scenario: "issuer/made-unseen-always",
        oracle: OracleId::Recovers,
    },
    Bug {
        name: "the new token is printed",
        edits: &[(
            STORED,
            "    print(made)\n    value = {**value, \"token\": made[\"token\"]}\n",
        )],
        scenario: "issuer/first",
        oracle: OracleId::NoSecretLeaked,
    },
    Bug {
        name: "the old token is stored again",
        edits: &[(STORED, "")],
        scenario: "issuer/first",
        oracle: OracleId::OneCurrent,
    },
];

fn command(python: &Path, script: &Path) -> String {
    format!("'{}' '{}'", python.display(), script.display())
}

fn it_holds_in_every_scenario_of_an_issuer() {
    let script = top().join("scenarios/functions/issuer.py");
    let subject = Process::new(&command(&Client::Boto3.program(), &script), LIMIT);
    for scenario in scenarios("issuer") {
        holds(&scenario, &subject);
    }
}

fn every_bug_that_is_seeded_in_it_is_found() {
    let python = Client::Boto3.program();
    for bug in &BUGS {
        is_found(bug, SOURCE, "issuer.py", |script| command(&python, script));
    }
}
