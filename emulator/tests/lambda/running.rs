//! Functions that are run: by Invoke, cold and warm, in every runtime.

use std::time::Duration;

use keywheel_clients::{Test, tests};
use serde_json::{Value, json};

use crate::archive::zip_file;
use crate::client::ROLE;
use crate::server::{
    builder, create, dies, invoke, invoke_as, is_alive, lambda, log_lines, python, server,
};

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [Python] async a_python_function_returns_what_it_makes_of_its_event,
        [Python] async an_environment_stays_warm_until_the_function_changes_or_goes,
        [Python] async everything_ends_with_the_server,
        [Python] async invocations_at_once_have_an_environment_each,
        [Python] async an_event_that_nobody_waits_for_is_run_all_the_same,
        [Python] async a_version_and_an_alias_run_what_they_stand_for,
        [Python] async errors_of_python_are_told_as_lambda_tells_them,
        [Python] async an_error_at_import_is_told_and_tried_once_more,
        [Python] async a_bootstrap_of_ones_own_is_run,
        [Node] async node_functions_return_promises_or_call_back,
        [Node] async an_ecmascript_module_is_imported,
        [Python] async a_frozen_clock_does_not_stop_functions,
        [Python] async a_function_has_keys_of_its_role,
    ]
}

const ECHO: &str = "
import os
print('loaded')
def handler(event, context):
    print('called with', event)
    names = ('AWS_REGION', 'AWS_LAMBDA_FUNCTION_NAME', 'AWS_LAMBDA_FUNCTION_MEMORY_SIZE', 'MINE',
             'AWS_EXECUTION_ENV', '_HANDLER', 'AWS_ACCESS_KEY_ID', 'HOME')
    return {
        'event': event, 'pid': os.getpid(), 'request': context.aws_request_id,
        'arn': context.invoked_function_arn, 'left': context.get_remaining_time_in_millis(),
        'environment': {name: os.environ.get(name) for name in names},
        'root': os.environ['LAMBDA_TASK_ROOT'] == os.getcwd(),
        'endpoint': os.environ['AWS_ENDPOINT_URL'] == 'http://' + os.environ['AWS_LAMBDA_RUNTIME_API'],
    }
";

async fn a_python_function_returns_what_it_makes_of_its_event() {
    let server = server().await;
    python(
        &server,
        ECHO,
        json!({ "Environment": { "Variables": { "MINE": "m" } } }),
    )
    .await;
    let reply = invoke(&server, "f", &json!({ "a": [1, "ü"] })).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.header("x-amz-executed-version"), Some("$LATEST"));
    assert_eq!(reply.header("x-amz-function-error"), None);
    let answer = reply.json();
    assert_eq!(answer["event"], json!({ "a": [1, "ü"] }));
    assert_eq!(
        answer["arn"],
        "arn:aws:lambda:us-east-1:000000000000:function:f"
    );
    assert_eq!(
        Some(answer["request"].as_str().unwrap()),
        reply.header("x-amzn-requestid")
    );
    assert!(
        (1..=20_000).contains(&answer["left"].as_i64().unwrap()),
        "{answer}"
    );
    let expected = json!({
        "AWS_REGION": "us-east-1",
        "AWS_LAMBDA_FUNCTION_NAME": "f",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
        "MINE": "m",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "_HANDLER": "index.handler",
        "AWS_ACCESS_KEY_ID": answer["environment"]["AWS_ACCESS_KEY_ID"],
        "HOME": null,
    });
    assert_eq!(answer["environment"], expected);
    assert!(answer["environment"]["AWS_ACCESS_KEY_ID"].is_string());
    assert_eq!(
        (&answer["root"], &answer["endpoint"]),
        (&json!(true), &json!(true))
    );
    let log = reply.log();
    let lines: Vec<&str> = log.lines().collect();
    let id = answer["request"].as_str().unwrap();
    assert_eq!(lines[0], format!("START RequestId: {id} Version: $LATEST"));
    assert_eq!(lines[1], "called with {'a': [1, 'ü']}");
    assert_eq!(lines[2], format!("END RequestId: {id}"));
    assert!(
        lines[3].starts_with(&format!("REPORT RequestId: {id}\tDuration: ")),
        "{log}"
    );
    assert!(
        lines[3].contains("\tMemory Size: 128 MB\tMax Memory Used: "),
        "{log}"
    );
    assert!(lines[3].contains("\tInit Duration: "), "{log}");
    let all = log_lines(&server).await;
    assert!(
        all[0].starts_with("INIT_START Runtime Version: python:3.13.v1\tRuntime Version ARN: arn:")
            && all[1] == "loaded",
        "{all:?}"
    );
    assert!(log.ends_with("\t\n"), "{log:?}");
}

async fn pid(server: &keywheel_emulator::http::Server) -> u64 {
    invoke(server, "f", &json!({})).await.json()["pid"]
        .as_u64()
        .unwrap()
}

async fn an_environment_stays_warm_until_the_function_changes_or_goes() {
    let server = server().await;
    python(&server, ECHO, json!({})).await;
    let first = pid(&server).await;
    assert_eq!(pid(&server).await, first, "warm");
    let change = json!({ "Description": "other" });
    lambda(&server, "PUT", "/f/configuration", &change).await;
    assert!(
        dies(first).await,
        "an environment of the old configuration ends"
    );
    let second = pid(&server).await;
    assert_ne!(second, first);
    let code = json!({ "ZipFile": zip_file(&[("index.py", b"def handler(e, c): return 'new'")]) });
    lambda(&server, "PUT", "/f/code", &code).await;
    assert_eq!(invoke(&server, "f", &json!({})).await.json(), json!("new"));
    assert!(dies(second).await);
    lambda(&server, "DELETE", "/f", &Value::Null).await;
    assert_eq!(invoke(&server, "f", &json!({})).await.status, 404);
}

async fn everything_ends_with_the_server() {
    let server = server().await;
    python(&server, ECHO, json!({})).await;
    let pid = pid(&server).await;
    assert!(is_alive(pid));
    server.shutdown().await;
    assert!(dies(pid).await);
}

async fn invocations_at_once_have_an_environment_each() {
    let server = server().await;
    let code = "
import os, time
def handler(event, context):
    time.sleep(0.5)
    return os.getpid()
";
    python(&server, code, json!({})).await;
    let event = json!({});
    let (a, b, c) = tokio::join!(
        invoke(&server, "f", &event),
        invoke(&server, "f", &event),
        invoke(&server, "f", &event)
    );
    let mut pids = [a, b, c].map(|reply| reply.json().as_u64().unwrap());
    pids.sort_unstable();
    assert!(pids[0] < pids[1] && pids[1] < pids[2], "{pids:?}");
}

async fn an_event_that_nobody_waits_for_is_run_all_the_same() {
    let server = server().await;
    python(&server, "def handler(e, c): print('ran', e)", json!({})).await;
    let reply = invoke_as(&server, "f", "Event", b"[1]").await;
    assert_eq!((reply.status, reply.body.len()), (202, 0), "{reply:?}");
    for _ in 0..200 {
        if log_lines(&server)
            .await
            .iter()
            .any(|line| line == "ran [1]")
        {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{:?}", log_lines(&server).await);
}

async fn a_version_and_an_alias_run_what_they_stand_for() {
    let server = server().await;
    python(
        &server,
        "def handler(e, c): return c.function_version",
        json!({}),
    )
    .await;
    lambda(&server, "POST", "/f/versions", &json!({})).await;
    let live = json!({ "Name": "live", "FunctionVersion": "1" });
    lambda(&server, "POST", "/f/aliases", &live).await;
    for (name, version) in [("f", "$LATEST"), ("f:1", "1"), ("f:live", "1")] {
        let reply = invoke(&server, name, &json!({})).await;
        assert_eq!(reply.json(), json!(version), "{name}");
        assert_eq!(
            reply.header("x-amz-executed-version"),
            Some(version),
            "{name}"
        );
    }
}

async fn errors_of_python_are_told_as_lambda_tells_them() {
    let server = server().await;
    let code = "
def handler(event, context):
    if event == 'set':
        return {1, 2}
    raise ValueError('not today')
";
    python(&server, code, json!({})).await;
    let reply = invoke(&server, "f", &json!({})).await;
    assert_eq!(
        (reply.status, reply.header("x-amz-function-error")),
        (200, Some("Unhandled"))
    );
    let error = reply.json();
    assert_eq!(
        (&error["errorType"], &error["errorMessage"]),
        (&json!("ValueError"), &json!("not today"))
    );
    assert!(
        error["stackTrace"][0]
            .as_str()
            .unwrap()
            .contains("line 5, in handler"),
        "{error}"
    );
    assert!(
        reply.log().contains("[ERROR] ValueError: not today"),
        "{}",
        reply.log()
    );
    let garbage = invoke(&server, "f", &json!("set")).await.json();
    assert_eq!(garbage["errorType"], "Runtime.MarshalError");
    assert_eq!(
        invoke(&server, "f", &json!("set")).await.status,
        200,
        "it goes on"
    );
}

async fn an_error_at_import_is_told_and_tried_once_more() {
    for (code, handler, error_type, message) in [
        (
            "import nowhere",
            "index.handler",
            "Runtime.ImportModuleError",
            "Unable to import module 'index': No module named 'nowhere'",
        ),
        (
            "x = (",
            "index.handler",
            "Runtime.UserCodeSyntaxError",
            "Syntax error in module 'index'",
        ),
        (
            "x = 1",
            "index.handler",
            "Runtime.HandlerNotFound",
            "Handler 'handler' missing on module 'index'",
        ),
        (
            "x = 1",
            "handler",
            "Runtime.MalformedHandlerName",
            "Bad handler 'handler'",
        ),
        (
            "raise RuntimeError('at import')",
            "index.handler",
            "RuntimeError",
            "at import",
        ),
    ] {
        let server = server().await;
        python(&server, code, json!({ "Handler": handler })).await;
        let reply = invoke(&server, "f", &json!({})).await;
        assert_eq!(
            reply.header("x-amz-function-error"),
            Some("Unhandled"),
            "{code}"
        );
        let error = reply.json();
        assert_eq!(error["errorType"], error_type, "{code}");
        assert!(
            error["errorMessage"].as_str().unwrap().starts_with(message),
            "{error}"
        );
        let lines = log_lines(&server).await;
        let reports: Vec<&String> = lines
            .iter()
            .filter(|l| l.starts_with("INIT_REPORT"))
            .collect();
        assert_eq!(reports.len(), 2, "{lines:?}");
        assert!(
            reports[0].contains("\tPhase: init\tStatus: error\tError Type: "),
            "{reports:?}"
        );
        assert!(reports[1].contains("\tPhase: invoke\t"), "{reports:?}");
    }
}

async fn a_bootstrap_of_ones_own_is_run() {
    let server = server().await;
    let code = r#"#!/usr/bin/env python3
import http.client, json, os
where = os.environ["AWS_LAMBDA_RUNTIME_API"]
def ask(method, path, body=None):
    connection = http.client.HTTPConnection(where)
    connection.request(method, "/2018-06-01/runtime/invocation/" + path, body)
    answer = connection.getresponse()
    return answer.headers, answer.read()
while True:
    headers, event = ask("GET", "next")
    ask("POST", headers["Lambda-Runtime-Aws-Request-Id"] + "/response", b'"' + event.upper() + b'"')
"#;
    create(&server, "provided.al2023", "bootstrap", code, json!({})).await;
    assert_eq!(invoke(&server, "f", &json!([])).await.json(), json!("[]"));
    let other = json!({
        "FunctionName": "g",
        "Runtime": "provided.al2",
        "Role": ROLE,
        "Handler": "x",
        "Code": { "ZipFile": zip_file(&[("other", b"")]) },
    });
    lambda(&server, "POST", "", &other).await;
    let error = invoke(&server, "g", &json!({})).await.json();
    assert_eq!(error["errorType"], "Runtime.InvalidEntrypoint");
    assert!(
        error["errorMessage"]
            .as_str()
            .unwrap()
            .contains("Couldn't find valid bootstrap")
    );
}

async fn node_functions_return_promises_or_call_back() {
    let server = server().await;
    let code = "
exports.promised = async (event, context) => {
  console.log('called', event.a);
  return { doubled: event.a * 2, name: context.functionName };
};
exports.called = (event, context, back) => back(null, 'back');
exports.fails = async () => { throw new TypeError('not today'); };
";
    for (handler, expected) in [
        ("index.promised", json!({ "doubled": 42, "name": "f" })),
        ("index.called", json!("back")),
    ] {
        let change = json!({ "Handler": handler });
        if lambda(&server, "GET", "/f", &Value::Null).await.status == 404 {
            create(&server, "nodejs22.x", "index.js", code, change).await;
        } else {
            lambda(&server, "PUT", "/f/configuration", &change).await;
        }
        let reply = invoke(&server, "f", &json!({ "a": 21 })).await;
        assert_eq!(reply.json(), expected, "{}", reply.log());
    }
    let line = log_lines(&server)
        .await
        .into_iter()
        .find(|line| line.ends_with("\tINFO\tcalled 21"));
    assert!(line.is_some(), "{:?}", log_lines(&server).await);
    lambda(
        &server,
        "PUT",
        "/f/configuration",
        &json!({ "Handler": "index.fails" }),
    )
    .await;
    let reply = invoke(&server, "f", &json!({})).await;
    assert_eq!(reply.header("x-amz-function-error"), Some("Unhandled"));
    assert_eq!(reply.json()["errorType"], "TypeError");
    assert!(
        reply.log().contains("\tERROR\tInvoke Error"),
        "{}",
        reply.log()
    );
    for (handler, error_type) in [
        ("index.missing", "Runtime.HandlerNotFound"),
        ("nowhere.handler", "Runtime.ImportModuleError"),
    ] {
        lambda(
            &server,
            "PUT",
            "/f/configuration",
            &json!({ "Handler": handler }),
        )
        .await;
        let reply = invoke(&server, "f", &json!({})).await;
        assert_eq!(reply.json()["errorType"], error_type, "{}", reply.log());
    }
}

async fn an_ecmascript_module_is_imported() {
    let server = server().await;
    let code = "export const handler = async (event) => event.length;";
    create(&server, "nodejs20.x", "index.mjs", code, json!({})).await;
    let reply = invoke(&server, "f", &json!([1, 2])).await;
    assert_eq!(reply.json(), json!(2), "{}", reply.log());
}

async fn a_frozen_clock_does_not_stop_functions() {
    let now = keywheel_emulator::time::Timestamp::parse("2030-01-01T00:00:00Z").unwrap();
    let clock = keywheel_emulator::time::Clock::Frozen { at: now };
    let server = builder().clock(clock).bind("127.0.0.1:0").await.unwrap();
    python(
        &server,
        "def handler(e, c): return c.log_stream_name",
        json!({}),
    )
    .await;
    let reply = invoke(&server, "f", &json!({})).await;
    assert!(
        reply
            .json()
            .as_str()
            .unwrap()
            .starts_with("2030/01/01/[$LATEST]"),
        "{reply:?}"
    );
}

/// Its calls are those of a session of its role; GetCallerIdentity says so.
async fn a_function_has_keys_of_its_role() {
    let server = server().await;
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    let trust = percent_encoding::utf8_percent_encode(trust, percent_encoding::NON_ALPHANUMERIC);
    let form = format!(
        "Action=CreateRole&Version=2010-05-08&RoleName=rotation&AssumeRolePolicyDocument={trust}"
    );
    let query = async |service: &str, key: &str, form: &str| {
        let signature = crate::client::signed(service).replace("=test/", &format!("={key}/"));
        let headers = [
            ("authorization", signature.as_str()),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        let reply = crate::server::send(&server, "POST /", &headers, form.as_bytes()).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        String::from_utf8(reply.body).unwrap()
    };
    query("iam", "test", &form).await;
    let code = "
import os
def handler(event, context):
    names = ('AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN')
    return [os.environ[name] for name in names]
";
    python(&server, code, json!({})).await;
    let keys = invoke(&server, "f", &json!({})).await.json();
    let id = keys[0].as_str().unwrap();
    assert!(id.starts_with("ASIA"), "{id}");
    assert!(keys[1].as_str().unwrap().len() >= 40 && keys[2].as_str().unwrap().len() >= 100);
    let form = "Action=GetCallerIdentity&Version=2011-06-15";
    let identity = query("sts", id, form).await;
    // A session's name has two letters at least, so that one is made longer.
    let arn = "arn:aws:sts::000000000000:assumed-role/rotation/f@lambda_function";
    assert!(
        identity.contains(&format!("<Arn>{arn}</Arn>")),
        "{identity}"
    );
}
