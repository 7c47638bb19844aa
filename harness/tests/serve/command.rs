//! The command itself: what it prints, how it ends, what it refuses.

use std::net::{TcpListener, TcpStream};
use std::process::Output;

use keywheel_clients::{Test, tests};

use crate::process::{Serve, keywheel};

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    let mut tests = tests![
        [] the_first_line_tells_address_and_seed,
        [] what_it_prints_can_be_pasted_and_its_health_is_asked_by_the_command,
        [] a_port_in_use_is_told,
        [] wrong_arguments_are_told,
        [] a_wrong_rule_is_told_with_file_and_line,
        [] settings_come_from_a_file_and_from_flags,
        [Python] scripts_set_the_server_up_once_it_answers,
        [] the_descriptor_limit_is_raised_and_a_full_table_answers_the_health_check,
    ];
    if cfg!(unix) {
        tests.extend(tests![[] a_signal_ends_it_in_good_order]);
    }
    tests
}

fn run(args: &[&str]) -> Output {
    keywheel(args).output().unwrap()
}

/// The command refuses with exit code 2, and says something.
fn check_refused(args: &[&str], expected: &str) {
    let output = run(args);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{args:?}: {errors}");
    assert!(errors.contains(expected), "{args:?}: {errors}");
    assert!(!errors.contains("panicked"), "{errors}");
}

fn the_first_line_tells_address_and_seed() {
    let serve = Serve::start(&["--seed", "7"]);
    assert_eq!(
        serve.first_line,
        format!("keywheel: listening on {} (seed 7)", serve.url)
    );
    let drawn = Serve::start(&[]);
    assert!(drawn.first_line.contains("(seed "), "{}", drawn.first_line);
}

fn what_it_prints_can_be_pasted_and_its_health_is_asked_by_the_command() {
    let serve = Serve::start(&["--seed", "7"]);
    let port = serve.url.rsplit_once(':').unwrap().1;
    let well = run(&["health", "--port", port]);
    assert!(well.status.success());
    assert!(String::from_utf8_lossy(&well.stdout).contains(r#""status":"ok""#));
    let lines = run(&["env", "--port", port, "--shell", "bash"]);
    let lines = String::from_utf8(lines.stdout).unwrap();
    assert!(
        lines.contains(&format!("AWS_ENDPOINT_URL='{}'", serve.url)),
        "{lines}"
    );
}

fn a_port_in_use_is_told() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    check_refused(&["serve", "--port", &port], "choose another --port");
    check_refused(&["serve", "--port", "0", "--host", "203.0.113.1"], "--host");
}

fn wrong_arguments_are_told() {
    for (args, expected) in [
        (["--port", "70000"], "--port"),
        (["--host", "localhost"], "--host"),
        (["--clock", "yesterday"], "2026-11-22T10:00:00Z"),
        (["--account", "123"], "12 digits"),
        (["--region", ""], "--region"),
        (["--function", "f=docker:x"], "NAME=exec:COMMAND"),
        (["--function", "f=https://x/y"], "NAME=exec:COMMAND"),
        (
            ["--function", "f=http:nonsense"],
            "does not begin with http://",
        ),
        (["--function-timeout", "30"], "--function-timeout"),
        (["--faults", "/no/such/file"], "cannot read"),
        (["--settings", "/no/such/file"], "cannot read"),
        (["--init", "/no/such/file.sh"], "no such file"),
        (["--init", "/etc/hostname"], "ends with .sh or .py"),
        (
            ["--set", "secretsmanager.deletdDate=x"],
            "did you mean deletedDate?",
        ),
        (["--set", "rotation.retryAfter=5"], "a duration ends with"),
        (["--speed", "fast"], "--speed"),
        (["--iam", "on"], "off, audit or enforce"),
        (["--auth", "on"], "off or verify"),
    ] {
        check_refused(&["serve", args[0], args[1]], expected);
    }
}

fn a_wrong_rule_is_told_with_file_and_line() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("rules.jsonl");
    let good = r#"{"at":"GraphQL","kind":"reset"}"#;
    let path = file.to_str().unwrap();
    for (bad, expected) in [
        (
            r#"{"at":"GraphQl","kind":"reset"}"#,
            "did you mean GraphQL?",
        ),
        (r#"{"at":"GraphQL""#, "EOF"),
        (r#"{"at":"GraphQL","kind":"resets"}"#, "resets"),
    ] {
        std::fs::write(&file, format!("{good}\n\n{bad}\n")).unwrap();
        check_refused(
            &["serve", "--port", "0", "--faults", path],
            "rules.jsonl:3: ",
        );
        check_refused(&["serve", "--port", "0", "--faults", path], expected);
    }
    std::fs::write(&file, good).unwrap();
    Serve::start(&["--faults", path]);
}

fn settings_come_from_a_file_and_from_flags() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("settings.json");
    let path = file.to_str().unwrap();
    std::fs::write(&file, r#"{"rotation":{"retries":1,"retryAfter":"5s"}}"#).unwrap();
    let assignment = "rotation.retries=2";
    let serve = Serve::start(&["--settings", path, "--set", assignment]);
    let settings = serve.get("/_keywheel/settings");
    assert!(
        settings.contains(r#""retries":2,"retryAfter":"5s""#)
            || settings.contains(r#""retryAfter":"5s","retries":2"#),
        "{settings}"
    );
    std::fs::write(&file, r#"{"rotation":{"retrys":1}}"#).unwrap();
    check_refused(
        &["serve", "--port", "0", "--settings", path],
        "settings.json: unknown setting rotation.retrys (did you mean retries?)",
    );
}

fn a_signal_ends_it_in_good_order() {
    for signal in ["TERM", "INT"] {
        let mut serve = Serve::start(&[]);
        let pid = serve.pid().to_string();
        let kill = format!("kill -{signal} {pid}");
        let killed = std::process::Command::new("sh")
            .args(["-c", &kill])
            .status();
        assert!(killed.unwrap().success());
        assert_eq!(serve.wait().code(), Some(0), "{signal}");
    }
}

fn scripts_set_the_server_up_once_it_answers() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let seen = folder.path().join("seen");
    let first = "echo \"$AWS_ENDPOINT_URL $AWS_REGION\" > \"$(dirname \"$0\")/seen\"";
    let first = at("first.sh", first);
    let ask = "import os, pathlib, urllib.request\n\
               urllib.request.urlopen(os.environ['AWS_ENDPOINT_URL'] + '/_keywheel/health').read()\n\
               pathlib.Path(__file__).with_name('asked').touch()\n";
    let second = at("second.py", ask);
    let serve = Serve::start(&["--init", &first, "--init", &second]);
    let asked = folder.path().join("asked");
    for _ in 0..200 {
        if asked.exists() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert!(asked.exists(), "both have run");
    let told = std::fs::read_to_string(seen).unwrap();
    assert_eq!(told, format!("{} us-east-1\n", serve.url));
    let failing = at("failing.sh", "exit 3");
    check_refused(
        &["serve", "--port", "0", "--init", &failing],
        "failing.sh failed: exit status: 3",
    );
}

/// The connections that one test holds.
fn hold(serve: &Serve, count: usize) -> Vec<TcpStream> {
    let authority = serve.url.trim_start_matches("http://");
    (0..count)
        .map(|_| TcpStream::connect(authority).unwrap())
        .collect()
}

#[cfg(target_os = "linux")]
fn the_descriptor_limit_is_raised_and_a_full_table_answers_the_health_check() {
    let raised = Serve::start_with_descriptors(40, 400);
    let held = hold(&raised, 200);
    assert!(raised.get("/_keywheel/journal").starts_with("HTTP/1.1 200"));
    drop(held);
    let full = Serve::start_with_descriptors(64, 64);
    let _held = hold(&full, 200);
    for _ in 0..3 {
        let health = full.get("/_keywheel/health");
        assert!(health.starts_with("HTTP/1.1 200"), "{health}");
        let other = full.get("/_keywheel/journal");
        assert!(
            other.starts_with("HTTP/1.1 503") && other.contains("ulimit"),
            "{other}"
        );
    }
}
