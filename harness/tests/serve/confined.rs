//! What a created function is kept from, and what a server that others reach refuses.

use std::path::Path;

use keywheel_clients::{Test, tests};
use keywheel_emulator::invoke::confine::confines_writes;
use serde_json::{Value, json};

use crate::functions::{lambda, python_function};
use crate::process::{Serve, keywheel};

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [Python] async a_function_finds_no_variable_of_the_servers_user,
        [] async a_command_of_the_users_own_has_the_users_variables,
        [Python] async a_function_writes_to_its_own_folder_only,
        [Python] async beyond_the_loopback_functions_must_be_allowed,
    ]
}

/// A variable of the user's that nobody else has, and its value.
const VARIABLE: (&str, &str) = ("KEY_OF_THE_USERS_OWN", "a-value-that-no-function-may-see");

/// Where a function finds the value: in any process that it can look into, itself among them.
const LOOK: &str = r#"
import os

def handler(event, context):
    found = []
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{process}/environ", "rb") as environment:
                if event["value"].encode() in environment.read():
                    found.append(process)
        except OSError:
            pass
    with open(f"/proc/{os.getppid()}/cmdline", "rb") as parent:
        return {"found": found, "parent": parent.read().decode()}
"#;

fn serve_with_variable(arguments: &[&str]) -> Serve {
    let mut command = keywheel(&["serve", "--port", "0"]);
    command.args(arguments).env(VARIABLE.0, VARIABLE.1);
    Serve::spawn(command)
}

async fn run(serve: &Serve, name: &str, code: &str, event: &Value) -> Value {
    let (status, made) = lambda(serve, "", &python_function(name, code)).await;
    assert_eq!(status, 201, "{made}");
    let (status, returned) = lambda(serve, &format!("/{name}/invocations"), event).await;
    assert_eq!(status, 200, "{returned}");
    returned
}

async fn a_function_finds_no_variable_of_the_servers_user() {
    // A command of the user's makes the server keep the variables for it.
    for functions in [&[][..], &["--function", "own=exec:true"]] {
        let serve = serve_with_variable(functions);
        let looked = run(&serve, "look", LOOK, &json!({ "value": VARIABLE.1 })).await;
        assert_eq!(looked["found"], json!([]), "{looked}");
        let parent = looked["parent"].as_str().unwrap();
        assert!(
            parent.contains("serve"),
            "it looked at its server: {looked}"
        );
    }
}

async fn a_command_of_the_users_own_has_the_users_variables() {
    let folder = tempfile::tempdir().unwrap();
    let seen = folder.path().join("seen");
    let script = format!("own=exec:env > '{}'", seen.display());
    let serve = serve_with_variable(&["--function", &script]);
    // It asks for no event, and so it fails.
    lambda(&serve, "/own/invocations", &json!({})).await;
    let seen = std::fs::read_to_string(seen).unwrap();
    let (name, value) = VARIABLE;
    assert!(seen.contains(&format!("{name}={value}")), "{seen}");
    assert!(!seen.contains("KEYWHEEL_VARIABLES"), "{seen}");
}

/// What becomes of each attempt to write.
const WRITE: &str = r#"
import os

def attempt(path):
    try:
        with open(path, "w") as file:
            file.write("x")
        return "written"
    except OSError as error:
        return type(error).__name__

def status(name):
    with open("/proc/self/status") as lines:
        return next(line.split()[1] for line in lines if line.startswith(name))

def handler(event, context):
    root = os.environ["LAMBDA_TASK_ROOT"]
    return {
        "outside": attempt(event["outside"]),
        "root": attempt(root + "/new"),
        "code": attempt(__file__),
        "temporary": attempt(os.environ["TMPDIR"] + "/x"),
        "nothing": attempt("/dev/null"),
        "privileges": status("NoNewPrivs"),
        "capabilities": status("CapEff"),
        "modes": [oct(os.stat(path).st_mode & 0o7777) for path in (root, __file__, os.environ["TMPDIR"])],
    }
"#;

async fn a_function_writes_to_its_own_folder_only() {
    let folder = tempfile::tempdir().unwrap();
    let serve = Serve::start_in(folder.path(), &[]);
    let outside = folder.path().join("outside");
    let wrote = run(&serve, "write", WRITE, &json!({ "outside": outside })).await;
    let refused = "PermissionError";
    if confines_writes() {
        assert_eq!(wrote["outside"], refused, "{wrote}");
    }
    assert_eq!(wrote["root"], refused, "{wrote}");
    assert_eq!(wrote["code"], refused, "{wrote}");
    assert_eq!(wrote["temporary"], "written", "{wrote}");
    assert_eq!(wrote["nothing"], "written", "{wrote}");
    assert_eq!(wrote["privileges"], "1", "{wrote}");
    assert_eq!(wrote["capabilities"], "0000000000000000", "{wrote}");
    assert_eq!(wrote["modes"], json!(["0o500", "0o500", "0o700"]));
    drop(serve);
    assert!(!Path::new(&outside).exists() || !confines_writes());
}

async fn beyond_the_loopback_functions_must_be_allowed() {
    let function = python_function("f", "def handler(event, context): return 1");
    let mut serve = Serve::start(&["--host", "0.0.0.0"]);
    let (status, refused) = lambda(&serve, "", &function).await;
    assert_eq!(status, 403);
    let message = refused["Message"].as_str().unwrap();
    assert!(message.contains("--allow-remote-functions"), "{message}");
    // Nor can whoever reaches the server allow it to himself.
    let allow = json!({ "lambda": { "mayCreate": true } }).to_string();
    let answer = serve.send("PUT", "/_keywheel/settings", &allow);
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    assert_eq!(lambda(&serve, "", &function).await.0, 403);
    let log = serve.end();
    assert!(log.contains("listening on 0.0.0.0:"), "{log}");
    let serve = Serve::start(&["--host", "0.0.0.0", "--allow-remote-functions"]);
    assert_eq!(lambda(&serve, "", &function).await.0, 201);
}
