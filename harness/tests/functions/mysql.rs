//! The function that rotates the password of a MySQL user, in Python, with a real MariaDB.

use std::path::Path;

use keywheel::scenario::OracleId;
use keywheel::subject::process::Process;
use keywheel_clients::{Client, Test, tests};

use crate::{Bug, LIMIT, holds, is_found, scenarios, top};

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [Boto3 MariaDb PyMySql] it_holds_in_every_scenario_of_a_user,
        [Boto3 MariaDb PyMySql] every_bug_that_is_seeded_in_it_is_found,
    ]
}

const SOURCE: &str = include_str!("../../../scenarios/functions/mysql.py");

const CHANGE: &str =
    "    connection.cursor().execute(\"SET PASSWORD = PASSWORD(%s)\", [value[\"password\"]])\n";

const TRIED: &str = "    connection = None if value is None else log_in(value)\n";

const BUGS: [Bug; 6] = [
    Bug {
        name: "the database gets the first twenty characters",
        edits: &[("[value[\"password\"]])", "[value[\"password\"][:20]])")],
        scenario: "mysql/first",
        oracle: OracleId::CredentialKnown,
    },
    Bug {
        name: "the database keeps the old password, and AWSCURRENT is what is tested",
        edits: &[
            ("[value[\"password\"]])", "[old[\"password\"]])"),
            (TRIED, "    connection = log_in(current(arn))\n"),
        ],
        scenario: "mysql/first",
        oracle: OracleId::CurrentWorks,
    },
    Bug {
        name: "the password is set before it is stored",
        edits: &[(
            "    try:\n        secrets.put_secret_value(",
            "    log_in(current(arn)).cursor().execute(\n        \"SET PASSWORD = PASSWORD(%s)\", \
             [value[\"password\"]]\n    )\n    try:\n        secrets.put_secret_value(",
        )],
        scenario: "mysql/first",
        oracle: OracleId::CredentialKnown,
    },
    Bug {
        name: "the password is empty for a moment",
        edits: &[(
            CHANGE,
            "    connection.cursor().execute(\"SET PASSWORD = ''\")\n    \
             connection.cursor().execute(\"SET PASSWORD = PASSWORD(%s)\", [value[\"password\"]])\n",
        )],
        scenario: "mysql/first",
        oracle: OracleId::CredentialKnown,
    },
    Bug {
        name: "a password that was set unheard is not tried",
        edits: &[("    if log_in(value) is not None:\n        return\n", "")],
        scenario: "mysql/set-answer-lost",
        oracle: OracleId::Recovers,
    },
    Bug {
        name: "an error of the database is swallowed, and nothing is tested",
        edits: &[
            (
                CHANGE,
                "    try:\n        connection.cursor().execute(\n            \
                 \"SET PASSWORD = PASSWORD(%s)\", [value[\"password\"]]\n        )\n    \
                 except Exception:\n        pass\n",
            ),
            (TRIED, "    return\n"),
        ],
        scenario: "mysql/set-fails",
        oracle: OracleId::CurrentWorks,
    },
];

fn command(python: &Path, script: &Path) -> String {
    format!("'{}' '{}'", python.display(), script.display())
}

fn it_holds_in_every_scenario_of_a_user() {
    let script = top().join("scenarios/functions/mysql.py");
    let subject = Process::new(&command(&Client::Boto3.program(), &script), LIMIT);
    for scenario in scenarios("mysql") {
        holds(&scenario, &subject);
    }
}

fn every_bug_that_is_seeded_in_it_is_found() {
    let python = Client::Boto3.program();
    for bug in &BUGS {
        is_found(bug, SOURCE, "mysql.py", |script| command(&python, script));
    }
}
