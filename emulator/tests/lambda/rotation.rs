//! Rotations by functions that were created.

use keywheel_clients::{Test, tests};
use keywheel_emulator::http::Server;
use serde_json::{Value, json};

use crate::server::{create, lambda, log_lines, python, send, server, target};

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [Node] async a_node_function_rotates_a_secret,
        [Python] async what_goes_wrong_fails_the_step_and_keeps_the_old_value,
        [Python] async a_function_that_returns_garbage_and_never_finishes_is_a_failure,
        [Python] async a_function_that_goes_or_loses_its_permission_meanwhile_fails_the_next_step,
        [Node] async faults_know_the_step_of_a_created_function,
    ]
}

pub(crate) const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:f";

/// Rotates and tells the events of the service, each with its message.
async fn rotate(server: &Server) -> Vec<(String, String)> {
    let secret =
        json!({ "Name": "s", "SecretString": "old", "ClientRequestToken": "v".repeat(32) });
    target(server, "secretsmanager.CreateSecret", &secret).await;
    permit(server).await;
    let input = json!({
        "SecretId": "s", "ClientRequestToken": "t".repeat(32), "RotationLambdaARN": FUNCTION,
    });
    let reply = target(server, "secretsmanager.RotateSecret", &input).await;
    assert_eq!(reply.status, 200, "{:?}", reply.json());
    settle(server).await;
    events(server).await
}

async fn permit(server: &Server) {
    let input = json!({
        "StatementId": "s",
        "Action": "lambda:InvokeFunction",
        "Principal": "secretsmanager.amazonaws.com",
        "SourceAccount": "000000000000",
    });
    lambda(server, "POST", "/f/policy", &input).await;
}

pub(crate) async fn settle(server: &Server) {
    send(server, "POST /_keywheel/clock", &[], br#"{"advance":"0s"}"#).await;
}

pub(crate) async fn events(server: &Server) -> Vec<(String, String)> {
    let journal = send(server, "GET /_keywheel/journal", &[], b"")
        .await
        .json();
    let entries = journal["entries"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let events = entries.filter(|entry| entry["kind"] == "event");
    events
        .map(|event| (text(&event["name"]), text(&event["message"])))
        .collect()
}

pub(crate) async fn current(server: &Server) -> String {
    let input = json!({ "SecretId": "s" });
    let reply = target(server, "secretsmanager.GetSecretValue", &input).await;
    reply.json()["SecretString"].as_str().unwrap().to_owned()
}

pub(crate) fn names(events: &[(String, String)]) -> Vec<&str> {
    events.iter().map(|(name, _)| name.as_str()).collect()
}

const NODE: &str = r#"
const target = async (operation, input) => {
  const key = `${process.env.AWS_ACCESS_KEY_ID}/20261122/${process.env.AWS_REGION}/secretsmanager/aws4_request`;
  const response = await fetch(process.env.AWS_ENDPOINT_URL, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `secretsmanager.${operation}`,
      authorization: `AWS4-HMAC-SHA256 Credential=${key}, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(input),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.__type);
  return answer;
};

export const handler = async ({ Step, SecretId, ClientRequestToken }) => {
  console.log(Step);
  if (Step === "createSecret") {
    await target("PutSecretValue", {
      SecretId, ClientRequestToken, SecretString: "new from node", VersionStages: ["AWSPENDING"],
    });
  }
  if (Step === "finishSecret") {
    const { VersionId } = await target("GetSecretValue", { SecretId });
    await target("UpdateSecretVersionStage", {
      SecretId, VersionStage: "AWSCURRENT", MoveToVersionId: ClientRequestToken, RemoveFromVersionId: VersionId,
    });
  }
};
"#;

async fn a_node_function_rotates_a_secret() {
    let server = server().await;
    create(&server, "nodejs22.x", "index.mjs", NODE, json!({})).await;
    let events = rotate(&server).await;
    let lines = log_lines(&server).await;
    assert_eq!(
        names(&events),
        ["RotationStarted", "RotationSucceeded"],
        "{lines:?}"
    );
    assert_eq!(current(&server).await, "new from node");
    let starts = lines
        .iter()
        .filter(|line| line.starts_with("START RequestId: "));
    assert_eq!(starts.count(), 4, "{lines:?}");
    let inits = lines
        .iter()
        .filter(|line| line.contains("\tInit Duration: "));
    assert_eq!(inits.count(), 1, "one cold start: {lines:?}");
}

async fn what_goes_wrong_fails_the_step_and_keeps_the_old_value() {
    for (code, expected) in [
        (
            "def handler(e, c): raise ValueError('no')",
            "[ERROR] ValueError: no",
        ),
        (
            "import os\ndef handler(e, c): os._exit(1)",
            "Runtime exited with error: exit status 1",
        ),
        (
            "import time\ndef handler(e, c): time.sleep(60)",
            "Task timed out after 1.00 seconds",
        ),
        ("import nowhere", "Runtime.ImportModuleError"),
        ("def handler(e, c): return {1}", "Runtime.MarshalError"),
    ] {
        let server = server().await;
        python(&server, code, json!({ "Timeout": 1 })).await;
        let events = rotate(&server).await;
        assert_eq!(
            names(&events),
            ["RotationStarted", "RotationFailed"],
            "{code}"
        );
        let message = format!("Error when executing lambda {FUNCTION} during createSecret step");
        assert_eq!(events[1].1, message, "{code}");
        assert_eq!(current(&server).await, "old", "{code}");
        let lines = log_lines(&server).await;
        assert!(
            lines.iter().any(|line| line.contains(expected)),
            "{code}: {lines:?}"
        );
    }
}

async fn a_function_that_returns_garbage_and_never_finishes_is_a_failure() {
    let server = server().await;
    python(&server, "def handler(e, c): return 'whatever'", json!({})).await;
    let events = rotate(&server).await;
    assert_eq!(names(&events), ["RotationStarted", "RotationFailed"]);
    assert!(
        events[1].1.contains("AWSCURRENT is not on the version"),
        "{events:?}"
    );
}

async fn a_function_that_goes_or_loses_its_permission_meanwhile_fails_the_next_step() {
    for path in ["", "/policy/s"] {
        let server = server().await;
        let code = "
import time
def handler(event, context):
    print(event['Step'])
    time.sleep(1.5)
";
        python(&server, code, json!({ "Timeout": 10 })).await;
        let remove = async {
            while !log_lines(&server)
                .await
                .iter()
                .any(|line| line == "createSecret")
            {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
            let path = format!("/f{path}");
            assert_eq!(
                lambda(&server, "DELETE", &path, &Value::Null).await.status,
                204
            );
        };
        let (events, ()) = tokio::join!(rotate(&server), remove);
        assert_eq!(
            names(&events),
            ["RotationStarted", "RotationFailed"],
            "{path}"
        );
        assert!(events[1].1.ends_with("during setSecret step"), "{events:?}");
        let lines = log_lines(&server).await;
        assert!(!lines.iter().any(|line| line == "setSecret"), "{lines:?}");
    }
}

async fn faults_know_the_step_of_a_created_function() {
    let server = server().await;
    create(&server, "nodejs22.x", "index.mjs", NODE, json!({})).await;
    let rule = br#"{"at":"createSecret/PutSecretValue","kind":"kill-before"}"#;
    assert_eq!(
        send(&server, "POST /_keywheel/faults", &[], rule)
            .await
            .status,
        200
    );
    let events = rotate(&server).await;
    assert_eq!(names(&events), ["RotationStarted", "RotationFailed"]);
    assert_eq!(current(&server).await, "old");
}
