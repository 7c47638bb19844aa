//! Functions that are deployed with CreateFunction, and what a server leaves behind that is killed.

use std::io::{Cursor, Write};
use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keywheel_clients::{Test, tests};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::process::{Serve, bootstrap};
use crate::rust_sdk::{advance, clients, current_key, post, set_up};

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [] async the_rust_bootstrap_rotates_when_it_is_deployed,
        [] async the_bootstraps_log_is_json_with_metrics_and_without_the_sdks_talk,
        [] async what_a_killed_server_leaves_is_ended_at_the_next_start,
        [] async a_server_that_is_told_to_end_leaves_no_process,
        [] async without_functions_none_is_taken_and_the_builtin_still_rotates,
    ]
}

const SIGNED: &str = "authorization: AWS4-HMAC-SHA256 \
    Credential=test/20261122/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=0\r\n";
const ARN: &str = "arn:aws:lambda:us-east-1:000000000000:function:deployed";

pub(crate) async fn lambda(serve: &Serve, path: &str, input: &Value) -> (u16, Value) {
    let url = format!("{}/2015-03-31/functions{path}", serve.url);
    post(&url, SIGNED, &input.to_string()).await
}

/// A function whose code is one executable called `bootstrap`.
fn function(name: &str, code: &[u8]) -> Value {
    function_of(name, &[("bootstrap", code)])
}

/// A function in Python, whose code has a `handler`.
pub(crate) fn python_function(name: &str, code: &str) -> Value {
    let mut function = function_of(name, &[("index.py", code.as_bytes())]);
    function["Runtime"] = "python3.13".into();
    function["Handler"] = "index.handler".into();
    function
}

/// A function with a `bootstrap` among its files.
fn function_of(name: &str, files: &[(&str, &[u8])]) -> Value {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().unix_permissions(0o755);
    for (file, code) in files {
        writer.start_file(*file, options).unwrap();
        writer.write_all(code).unwrap();
    }
    let archive = writer.finish().unwrap().into_inner();
    json!({
        "FunctionName": name, "Runtime": "provided.al2023", "Handler": "bootstrap", "Timeout": 60,
        "MemorySize": 512,
        "Role": "arn:aws:iam::000000000000:role/rotator",
        "Code": { "ZipFile": STANDARD.encode(archive) },
    })
}

/// Makes a function that Secrets Manager may invoke; its ARN.
pub(crate) async fn deploy(serve: &Serve, name: &str, files: &[(&str, &[u8])]) -> String {
    deploy_as(serve, name, &function_of(name, files)).await
}

async fn deploy_as(serve: &Serve, name: &str, input: &Value) -> String {
    let (status, made) = lambda(serve, "", input).await;
    assert_eq!(status, 201, "{made}");
    let permission = json!({
        "StatementId": "rotation", "Action": "lambda:InvokeFunction",
        "Principal": "secretsmanager.amazonaws.com", "SourceAccount": "000000000000",
    });
    let policy = format!("/{name}/policy");
    assert_eq!(lambda(serve, &policy, &permission).await.0, 201);
    made["FunctionArn"].as_str().unwrap().to_owned()
}

/// The rotator's own Lambda binary, in the archive that would go to AWS.
async fn the_rust_bootstrap_rotates_when_it_is_deployed() {
    let serve = Serve::start(&["--seed", "7"]);
    let clients = clients(&serve.url);
    let api = set_up(&clients).await;
    let code = std::fs::read(bootstrap()).unwrap();
    assert_eq!(
        deploy(&serve, "deployed", &[("bootstrap", &code)]).await,
        ARN
    );
    let mut keys = vec![api.key];
    for _ in 0..2 {
        let rotate = clients.secrets.rotate_secret().secret_id("shop/key");
        rotate.rotation_lambda_arn(ARN).send().await.unwrap();
        advance(&serve, "0s").await;
        let key = current_key(&clients).await;
        assert!(!keys.contains(&key));
        keys.push(key);
    }
}

/// What a function has written to its log, but for the lines of Lambda itself.
async fn written(serve: &Serve, name: &str) -> Vec<String> {
    let target = "x-amz-target: Logs_20140328.FilterLogEvents\r\n";
    let group = json!({ "logGroupName": format!("/aws/lambda/{name}") });
    let (status, found) = post(&format!("{}/", serve.url), target, &group.to_string()).await;
    assert_eq!(status, 200, "{found}");
    let messages = found["events"].as_array().unwrap().iter();
    let messages = messages.map(|event| event["message"].as_str().unwrap().trim_end().to_owned());
    let of_lambda = ["START ", "END ", "REPORT ", "INIT_START "];
    messages
        .filter(|line| !of_lambda.iter().any(|it| line.starts_with(it)))
        .collect()
}

/// The log of the rotator's Lambda: lines of JSON, metrics among them, and nothing of the SDK's own
/// talk, which has requests in it, however talkative it is told to be.
async fn the_bootstraps_log_is_json_with_metrics_and_without_the_sdks_talk() {
    let serve = Serve::start(&["--seed", "7"]);
    let clients = clients(&serve.url);
    set_up(&clients).await;
    let code = std::fs::read(bootstrap()).unwrap();
    for (name, level, is_talkative) in [("quiet", "INFO", false), ("talkative", "TRACE", true)] {
        let mut input = function_of(name, &[("bootstrap", &code)]);
        let variables = json!({ "AWS_LAMBDA_LOG_LEVEL": level });
        input["Environment"] = json!({ "Variables": variables });
        let arn = deploy_as(&serve, name, &input).await;
        let rotate = clients.secrets.rotate_secret().secret_id("shop/key");
        rotate.rotation_lambda_arn(arn).send().await.unwrap();
        advance(&serve, "0s").await;
        let sweep = json!({ "Step": "sweep", "SecretId": "shop/key" });
        let (status, swept) = lambda(&serve, &format!("/{name}/invocations"), &sweep).await;
        assert_eq!((status, swept), (200, Value::Null));

        let lines = written(&serve, name).await;
        let parsed = lines.iter().map(|line| serde_json::from_str(line));
        let parsed: Vec<Value> = parsed.collect::<Result<_, _>>().unwrap();
        for step in [
            "createSecret",
            "setSecret",
            "testSecret",
            "finishSecret",
            "sweepSecret",
        ] {
            let is_metric = |line: &&Value| line["_aws"].is_object() && line["Step"] == step;
            let metric = parsed.iter().find(is_metric);
            let metric = metric.unwrap_or_else(|| panic!("no metric of {step}: {lines:#?}"));
            assert_eq!(metric["Outcome"], "success", "{metric}");
        }
        // The sweep has looked at the keys, which the invocation's own metric does not count.
        let looked =
            |line: &&Value| line["Step"] == "sweepSecret" && line["KeysTotal"] != Value::Null;
        assert!(parsed.iter().any(|line| looked(&line)), "{lines:#?}");
        let is_fine = |line: &&Value| line["level"] == "DEBUG" || line["level"] == "TRACE";
        let fine: Vec<&Value> = parsed.iter().filter(is_fine).collect();
        assert_eq!(!fine.is_empty(), is_talkative, "{lines:#?}");
        for line in fine {
            let target = line["target"].as_str().unwrap();
            assert!(target.starts_with("keywheel_rotator"), "{line}");
        }
        assert!(
            parsed.iter().any(|line| line["message"] == "done"),
            "{lines:#?}"
        );
    }
}

/// Says where its process is, with a child in a session of its own, and never answers.
const STRAY: &str = "#!/bin/sh
setsid sleep 300 &
echo $! $$ > \"${PID_FILE:-$TMPDIR/pids}\"
exec sleep 300
";

/// The file of this name in a process's own folder.
fn below(file: &Path) -> std::io::Result<String> {
    let folder = file.parent().unwrap_or(file).display().to_string();
    let found = std::process::Command::new("find")
        .args([&folder, "-name", "pids", "-type", "f"])
        .output()?;
    let paths = String::from_utf8_lossy(&found.stdout).into_owned();
    std::fs::read_to_string(paths.lines().next().unwrap_or_default())
}

async fn pids(file: &Path) -> Vec<u32> {
    for _ in 0..500 {
        let text = std::fs::read_to_string(file).or_else(|_| below(file));
        let text = text.unwrap_or_default();
        if text.ends_with('\n') {
            return text
                .split_whitespace()
                .map(|pid| pid.parse().unwrap())
                .collect();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the function never ran");
}

fn is_alive(pid: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/stat"));
    status.is_ok_and(|status| !status.contains(") Z "))
}

/// Waits until none of the processes is there.
async fn are_gone(pids: &[u32]) {
    for pid in pids {
        for _ in 0..250 {
            if !is_alive(*pid) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!(!is_alive(*pid), "{pid} is still there");
    }
}

/// How a function comes to a server.
#[derive(Clone, Copy, Debug)]
enum Way {
    Deployed,
    Command,
}

/// A server whose function runs and does not end, and the function's processes.
async fn server_that_is_busy(folder: &Path, way: Way) -> (Serve, Vec<u32>) {
    let (file, script) = (folder.join("pids"), folder.join("stray"));
    let mut input = function("stray", STRAY.as_bytes());
    // It may write to a folder of its own only, somewhere below.
    input["Environment"] = json!({ "Variables": {} });
    let serve = match way {
        Way::Deployed => {
            let serve = Serve::start_in(folder, &[]);
            assert_eq!(lambda(&serve, "", &input).await.0, 201);
            serve
        }
        Way::Command => {
            std::fs::write(&script, STRAY).unwrap();
            let (file, script) = (file.display(), script.display());
            let command = format!("stray=exec:PID_FILE='{file}' sh '{script}'");
            Serve::start_in(folder, &["--function", &command])
        }
    };
    let event = format!("{SIGNED}x-amz-invocation-type: Event\r\n");
    let authority = serve.url.strip_prefix("http://").unwrap();
    let head = format!(
        "POST /2015-03-31/functions/stray/invocations HTTP/1.1\r\nhost: localhost\r\n\
         connection: close\r\ncontent-length: 2\r\n{event}\r\n{{}}"
    );
    let mut stream = TcpStream::connect(authority).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
    let pids = pids(&file).await;
    assert_eq!(pids.len(), 2);
    (serve, pids)
}

async fn what_a_killed_server_leaves_is_ended_at_the_next_start() {
    for way in [Way::Deployed, Way::Command] {
        let folder = tempfile::tempdir().unwrap();
        let (mut serve, pids) = server_that_is_busy(folder.path(), way).await;
        // SIGKILL: it has no time to clear up.
        serve.end();
        assert!(
            pids.iter().any(|pid| is_alive(*pid)),
            "{way:?}: nothing was left behind"
        );
        let mut next = Serve::start_in(folder.path(), &[]);
        are_gone(&pids).await;
        assert!(
            next.end()
                .contains("ended what 1 killed command had left behind")
        );
    }
}

async fn a_server_that_is_told_to_end_leaves_no_process() {
    for way in [Way::Deployed, Way::Command] {
        let folder = tempfile::tempdir().unwrap();
        let (mut serve, pids) = server_that_is_busy(folder.path(), way).await;
        let kill = format!("kill -TERM {}", serve.pid());
        let killed = std::process::Command::new("sh")
            .args(["-c", &kill])
            .status();
        assert!(killed.unwrap().success());
        assert_eq!(serve.wait().code(), Some(0), "{way:?}");
        are_gone(&pids).await;
        let left = std::fs::read_dir(folder.path()).unwrap();
        let left = left.filter_map(|entry| entry.unwrap().file_name().into_string().ok());
        let left: Vec<String> = left.filter(|name| name.starts_with("keywheel")).collect();
        assert!(left.is_empty(), "{way:?}: {left:?}");
    }
}

async fn without_functions_none_is_taken_and_the_builtin_still_rotates() {
    let serve = Serve::start(&["--no-functions"]);
    let (status, answer) = lambda(&serve, "", &function("deployed", b"#!/bin/sh\n")).await;
    assert_eq!(status, 403);
    let message = answer["Message"].as_str().unwrap();
    assert!(message.contains("--no-functions"), "{message}");
    let clients = clients(&serve.url);
    let api = set_up(&clients).await;
    let rotate = clients.secrets.rotate_secret().secret_id("shop/key");
    let rotate = rotate.rotation_lambda_arn(crate::process::BUILTIN_ARN);
    rotate.send().await.unwrap();
    advance(&serve, "0s").await;
    assert_ne!(current_key(&clients).await, api.key);
}
