//! The function that rotates the password of a PostgreSQL role, in Python, with a real server.

use std::path::Path;

use keywheel::scenario::OracleId;
use keywheel::subject::process::Process;
use keywheel_clients::{Client, Test, tests};

use crate::{Bug, LIMIT, holds, is_found, scenarios, top};

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [Boto3 Postgres Psycopg2] it_holds_in_every_scenario_of_a_role,
        [Boto3 Postgres Psycopg2] every_bug_that_is_seeded_in_it_is_found,
    ]
}

const SOURCE: &str = include_str!("../../../scenarios/functions/postgres.py");

/// The statement that sets the password.
const CHANGE: &str = "    connection.cursor().execute(change)\n";

const BUGS: [Bug; 10] = [
    Bug {
        name: "the database gets the first twenty characters",
        edits: &[(
            "sql.Literal(value[\"password\"])",
            "sql.Literal(value[\"password\"][:20])",
        )],
        scenario: "postgres/first",
        oracle: OracleId::CredentialKnown,
    },
    Bug {
        name: "the database gets another password than the secret",
        edits: &[(
            "sql.Literal(value[\"password\"])",
            "sql.Literal(value[\"password\"].swapcase())",
        )],
        scenario: "postgres/first",
        oracle: OracleId::CredentialKnown,
    },
    Bug {
        name: "the database keeps the old password, and AWSCURRENT is what is tested",
        edits: &[
            (
                "sql.Literal(value[\"password\"])",
                "sql.Literal(old[\"password\"])",
            ),
            (
                "    connection = None if value is None else log_in(value)\n",
                "    connection = log_in(current(arn))\n",
            ),
        ],
        scenario: "postgres/first",
        oracle: OracleId::CurrentWorks,
    },
    Bug {
        name: "no step but the last does anything at the database",
        edits: &[
            (CHANGE, "    pass\n"),
            (
                "    connection = None if value is None else log_in(value)\n",
                "    return\n",
            ),
        ],
        scenario: "postgres/first",
        oracle: OracleId::CurrentWorks,
    },
    Bug {
        name: "the password is set before it is stored",
        edits: &[(
            "    try:\n        secrets.put_secret_value(",
            "    log_in(current(arn)).cursor().execute(\n        \"ALTER ROLE app PASSWORD %s\", \
             [value[\"password\"]]\n    )\n    try:\n        secrets.put_secret_value(",
        )],
        scenario: "postgres/first",
        oracle: OracleId::CredentialKnown,
    },
    Bug {
        name: "NULL is the password for a moment",
        edits: &[(
            CHANGE,
            "    connection.cursor().execute(\"ALTER ROLE app PASSWORD NULL\")\n    \
             connection.cursor().execute(change)\n",
        )],
        scenario: "postgres/first",
        oracle: OracleId::CredentialKnown,
    },
    Bug {
        name: "a password that was set unheard is not tried",
        edits: &[("    if log_in(value) is not None:\n        return\n", "")],
        scenario: "postgres/alter-answer-lost",
        oracle: OracleId::Recovers,
    },
    Bug {
        name: "the change is not committed",
        edits: &[("    connection.autocommit = True\n", "")],
        scenario: "postgres/first",
        oracle: OracleId::Recovers,
    },
    Bug {
        name: "an error of the database is swallowed, and nothing is tested",
        edits: &[
            (
                CHANGE,
                "    try:\n        connection.cursor().execute(change)\n    except Exception:\n        \
                 pass\n",
            ),
            (
                "    connection = None if value is None else log_in(value)\n",
                "    return\n",
            ),
        ],
        scenario: "postgres/alter-fails",
        oracle: OracleId::CurrentWorks,
    },
    Bug {
        name: "the password stands in the error of a failed login",
        edits: &[(
            "        if \"password authentication failed\" in str(error):\n            return None\n        \
             raise\n",
            "        if \"password authentication failed\" in str(error):\n            return None\n        \
             raise ValueError(f\"cannot log in with {value}\")\n",
        )],
        scenario: "postgres/too-many-connections",
        oracle: OracleId::NoSecretLeaked,
    },
];

fn command(python: &Path, script: &Path) -> String {
    format!("'{}' '{}'", python.display(), script.display())
}

fn it_holds_in_every_scenario_of_a_role() {
    let script = top().join("scenarios/functions/postgres.py");
    let subject = Process::new(&command(&Client::Boto3.program(), &script), LIMIT);
    for scenario in scenarios("postgres") {
        holds(&scenario, &subject);
    }
}

fn every_bug_that_is_seeded_in_it_is_found() {
    let python = Client::Boto3.program();
    for bug in &BUGS {
        is_found(bug, SOURCE, "postgres.py", |script| {
            command(&python, script)
        });
    }
}
