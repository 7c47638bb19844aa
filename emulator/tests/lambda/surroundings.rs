//! What a function finds around it: its own variables, addresses of AWS in them, and the form in
//! which it is to log.

use keywheel_clients::{Test, tests};
use serde_json::{Value, json};

use crate::client::signed;
use crate::server::{builder, error_of, invoke, lambda, log_lines, python, send, server};

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [Python] async an_endpoint_of_its_own_is_kept,
        [Python] async addresses_of_aws_lead_here_or_are_warned_of,
        [Python] async a_function_is_told_of_its_trace_and_its_client,
        [Python] async a_wrapper_starts_the_runtime_and_a_missing_one_is_told,
        [Python] async a_function_that_logs_json_has_lines_of_json_in_its_own_group,
    ]
}

const VARIABLES: &str = "
import os
def handler(event, context):
    seen = context.client_context
    return {name: os.environ.get(name) for name in event} | {'client': seen and seen.custom}
";

fn with(variables: Value) -> Value {
    json!({ "Environment": { "Variables": variables } })
}

async fn an_endpoint_of_its_own_is_kept() {
    let server = server().await;
    let own = json!({ "AWS_ENDPOINT_URL": "http://127.0.0.1:1", "A": "http://example.com" });
    python(&server, VARIABLES, with(own.clone())).await;
    let seen = invoke(&server, "f", &json!(["AWS_ENDPOINT_URL", "A"]))
        .await
        .json();
    assert_eq!(seen["AWS_ENDPOINT_URL"], own["AWS_ENDPOINT_URL"]);
    assert_eq!(seen["A"], own["A"]);
}

async fn addresses_of_aws_lead_here_or_are_warned_of() {
    const AWS: &str = "https://secretsmanager.us-east-1.amazonaws.com";
    for (setting, is_rewritten) in [("rewrite", true), ("warn", false)] {
        let server = builder().bind("127.0.0.1:0").await.unwrap();
        let body = json!({ "lambda": { "awsAddresses": setting } }).to_string();
        let changed = send(&server, "POST /_keywheel/settings", &[], body.as_bytes()).await;
        assert_eq!(changed.status, 200, "{changed:?}");
        let own = json!({ "SECRETS_MANAGER_ENDPOINT": AWS });
        python(&server, VARIABLES, with(own)).await;
        let names = json!(["SECRETS_MANAGER_ENDPOINT", "AWS_ENDPOINT_URL"]);
        let seen = invoke(&server, "f", &names).await.json();
        let expected = match is_rewritten {
            true => seen["AWS_ENDPOINT_URL"].clone(),
            false => json!(AWS),
        };
        assert_eq!(seen["SECRETS_MANAGER_ENDPOINT"], expected);
        let lines = log_lines(&server).await;
        let told = lines.iter().filter(|line| line.starts_with("[KEYWHEEL]"));
        let told: Vec<&String> = told.collect();
        let [line] = told[..] else {
            panic!("{lines:?}")
        };
        assert!(line.contains("SECRETS_MANAGER_ENDPOINT"), "{line}");
        // What was given is still what is shown.
        let shown = lambda(&server, "GET", "/f/configuration", &Value::Null)
            .await
            .json();
        assert_eq!(
            shown["Environment"]["Variables"]["SECRETS_MANAGER_ENDPOINT"],
            AWS
        );
    }
}

async fn a_function_is_told_of_its_trace_and_its_client() {
    let server = server().await;
    python(&server, VARIABLES, json!({})).await;
    let signature = signed("lambda");
    // {"custom": {"a": "b"}}
    let headers = [
        ("authorization", signature.as_str()),
        ("x-amz-client-context", "eyJjdXN0b20iOiB7ImEiOiAiYiJ9fQ=="),
    ];
    let path = "POST /2015-03-31/functions/f/invocations";
    let names = json!(["_X_AMZN_TRACE_ID", "AWS_XRAY_CONTEXT_MISSING", "SHLVL"]);
    let reply = send(&server, path, &headers, names.to_string().as_bytes()).await;
    let seen = reply.json();
    assert_eq!(seen["client"], json!({ "a": "b" }), "{seen}");
    assert!(
        seen["_X_AMZN_TRACE_ID"]
            .as_str()
            .unwrap()
            .starts_with("Root=1-"),
        "{seen}"
    );
    assert_eq!(seen["AWS_XRAY_CONTEXT_MISSING"], "LOG_ERROR");
    assert_eq!(seen["SHLVL"], "0");
}

async fn a_wrapper_starts_the_runtime_and_a_missing_one_is_told() {
    let server = server().await;
    let wrapper = |path: &str| with(json!({ "AWS_LAMBDA_EXEC_WRAPPER": path }));
    python(&server, VARIABLES, wrapper("/usr/bin/env")).await;
    assert_eq!(
        invoke(&server, "f", &json!(["X"])).await.json()["X"],
        Value::Null
    );
    lambda(&server, "PUT", "/f/configuration", &wrapper("/not-there")).await;
    let (error_type, message) = error_of(&invoke(&server, "f", &json!([])).await);
    assert_eq!(error_type, "Runtime.ExitError");
    assert!(message.ends_with("exit status 127"), "{message}");
}

async fn a_function_that_logs_json_has_lines_of_json_in_its_own_group() {
    let server = server().await;
    let code = "
import logging
def handler(event, context):
    logging.getLogger().debug('quiet')
    logging.getLogger().warning('loud')
";
    let logging = json!({ "LogFormat": "JSON", "LogGroup": "/aws/lambda/f" });
    python(&server, code, json!({ "LoggingConfig": logging })).await;
    invoke(&server, "f", &json!({})).await;
    let lines = log_lines(&server).await;
    let lines: Vec<Value> = lines
        .iter()
        .map(|it| serde_json::from_str(it).unwrap())
        .collect();
    let kinds: Vec<&Value> = lines.iter().map(|line| &line["type"]).collect();
    assert_eq!(kinds[..2], ["platform.initStart", "platform.start"]);
    assert_eq!(lines[2]["message"], "loud");
    assert_eq!(lines[2]["level"], "WARNING");
    assert_eq!(kinds[3], "platform.report");
    assert_eq!(lines[3]["record"]["status"], "success");
    assert_eq!(lines.len(), 4, "{lines:?}");
    let quiet = json!({ "LoggingConfig": { "SystemLogLevel": "WARN" } });
    lambda(&server, "PUT", "/f/configuration", &quiet).await;
    invoke(&server, "f", &json!({})).await;
    assert_eq!(log_lines(&server).await.len(), 5);
}
