//! The function in Python, with boto3.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use keywheel::function::{Interpreters, Spec};
use keywheel::oracle::Violation;
use keywheel::run::run;
use keywheel::scenario::{Holds, OracleId};
use keywheel::subject::Subject;
use keywheel::subject::process::Process;
use keywheel::subject::url::Url;
use keywheel_clients::{Client, Test, tests};

use crate::{Bug, LIMIT, holds, is_found, scenario, scenarios, top};

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [Boto3] it_holds_in_every_scenario_of_a_password,
        [Boto3] every_bug_that_is_seeded_in_it_is_found,
        [Boto3] one_like_the_templates_of_aws_passes_but_for_what_is_true,
        [Boto3] it_holds_behind_a_url_too_where_a_kill_cuts_it_off,
    ]
}

const SOURCE: &str = include_str!("../../../scenarios/functions/password.py");

const BUGS: [Bug; 6] = [
    Bug {
        name: "prints the password",
        edits: &[(
            "    try:\n        secrets.put_secret_value(",
            "    print(value)\n    try:\n        secrets.put_secret_value(",
        )],
        scenario: "password/rotates",
        oracle: OracleId::NoSecretLeaked,
    },
    Bug {
        name: "tells the value in an error",
        edits: &[(
            "if value is None or not json.loads(value)[\"password\"]:\n        raise ValueError(",
            "if True:\n        raise ValueError(value or ",
        )],
        scenario: "password/rotates",
        oracle: OracleId::NoSecretLeaked,
    },
    Bug {
        name: "stores the password alone",
        edits: &[(
            "SecretString=json.dumps(value)",
            "SecretString=json.dumps({\"password\": value[\"password\"]})",
        )],
        scenario: "password/rotates",
        oracle: OracleId::ValuePreserved,
    },
    Bug {
        name: "stores the old password again",
        edits: &[("value[\"password\"] = password[\"RandomPassword\"]", "pass")],
        scenario: "password/rotates",
        oracle: OracleId::OneCurrent,
    },
    Bug {
        name: "does not look for the value of an earlier try",
        edits: &[
            (
                "    if pending(arn, token) is not None:\n        return\n",
                "",
            ),
            (
                "    except exists:\n        print(\"another run was faster\")",
                "    finally:\n        pass",
            ),
        ],
        scenario: "password/every-step-twice",
        oracle: OracleId::RepeatHarmless,
    },
    Bug {
        name: "looks through all secrets",
        edits: &[(
            "    if pending(arn, token) is not None:",
            "    secrets.list_secrets()\n    if pending(arn, token) is not None:",
        )],
        scenario: "password/rotates",
        oracle: OracleId::WithinPolicy,
    },
];

fn command(python: &Path, script: &Path) -> String {
    format!("'{}' '{}'", python.display(), script.display())
}

fn it_holds_in_every_scenario_of_a_password() {
    let script = top().join("scenarios/functions/password.py");
    let subject = Process::new(&command(&Client::Boto3.program(), &script), LIMIT);
    for scenario in scenarios("password") {
        holds(&scenario, &subject);
    }
}

fn every_bug_that_is_seeded_in_it_is_found() {
    let python = Client::Boto3.program();
    for bug in &BUGS {
        is_found(bug, SOURCE, "password.py", |script| {
            command(&python, script)
        });
    }
}

/// A function in the way of AWS's templates: it has boto3's timeouts, which are longer than it may
/// run, and nothing else is wrong with it.
fn one_like_the_templates_of_aws_passes_but_for_what_is_true() {
    let spec = Spec::File {
        path: top().join("scenarios/functions/template_like.py"),
        handler: None,
    };
    let interpreters = Interpreters {
        python: Some(Client::Boto3.program()),
        node: None,
    };
    let found = spec.find(&interpreters).unwrap().unwrap();
    let subject = Process::of_code("template-like", found, Duration::from_secs(8));
    subject.check().unwrap();
    let portable = keywheel::suite::portable().unwrap().into_iter();
    let of_passwords = portable.filter(|it| it.world.holds == Holds::Password);
    for scenario in of_passwords.filter(|it| it.world.target.is_none()) {
        if scenario.name == "password/unanswered" {
            let run = run(&scenario, &subject);
            let oracles: Vec<_> = run.violations().map(Violation::oracle).collect();
            assert_eq!(oracles, [OracleId::InTime]);
        } else {
            holds(&scenario, &subject);
        }
    }
}

/// The function behind a URL, which makes its calls at a port that it was told.
struct Behind {
    child: Child,
    url: String,
    listen: SocketAddr,
}

impl Behind {
    fn start(python: &Path) -> Self {
        // Nobody else takes a port that was free a moment ago.
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let listen = free.local_addr().unwrap();
        let mut child = Command::new(python)
            .arg(top().join("harness/tests/functions/behind_a_url.py"))
            .arg(top().join("scenarios/functions"))
            .env("AWS_ENDPOINT_URL", format!("http://{listen}"))
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_DEFAULT_REGION", "us-east-1")
            .env("NO_PROXY", "127.0.0.1")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        let url = format!("http://127.0.0.1:{}/", line.trim());
        Self { child, url, listen }
    }
}

impl Drop for Behind {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn it_holds_behind_a_url_too_where_a_kill_cuts_it_off() {
    let behind = Behind::start(&Client::Boto3.program());
    let subject = Url::new(&behind.url, behind.listen, LIMIT).unwrap();
    for name in [
        "rotates",
        "answer-lost",
        "killed-after-put",
        "killed-before-put",
        "denied",
    ] {
        holds(&scenario(&format!("password/{name}")), &subject);
    }
}
