//! CloudWatch Logs, as its readers ask.

use keywheel_clients::{Test, tests};
use keywheel_emulator::http::Server;
use keywheel_emulator::time::Timestamp;
use serde_json::{Value, json};

use crate::server::{server, target};

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [] async groups_and_streams_are_described_in_pages,
        [] async a_stream_is_read_in_both_directions,
        [] async streams_are_filtered_together_in_the_order_of_time,
        [] async bad_input_is_told,
    ]
}

async fn logs(server: &Server, operation: &str, input: Value) -> Value {
    let reply = target(server, &format!("Logs_20140328.{operation}"), &input).await;
    let mut answer = reply.json();
    if reply.status != 200 {
        answer["status"] = json!(reply.status);
    }
    answer
}

async fn written() -> Server {
    let server = server().await;
    server.with_engine(|engine, _| {
        let scope = keywheel_emulator::ids::Scope::default();
        let logs = &mut engine.world().partition(&scope).logs;
        for (second, stream, line) in [
            (1, "one", "first"),
            (3, "one", "third ERROR"),
            (2, "two", "second"),
            (4, "two", "fourth ERROR"),
        ] {
            let now = Timestamp::from_seconds(second);
            logs.write("/aws/lambda/f", stream, &[line.to_owned()], now);
        }
        logs.write("/other", "s", &["x".to_owned()], Timestamp::from_seconds(9));
    });
    server
}

fn texts<'a>(answer: &'a Value, list: &str, member: &str) -> Vec<&'a str> {
    let items = answer[list]
        .as_array()
        .unwrap_or_else(|| panic!("{answer}"));
    items
        .iter()
        .map(|item| item[member].as_str().unwrap())
        .collect()
}

async fn groups_and_streams_are_described_in_pages() {
    let server = written().await;
    let all = logs(&server, "DescribeLogGroups", json!({})).await;
    assert_eq!(
        texts(&all, "logGroups", "logGroupName"),
        ["/aws/lambda/f", "/other"]
    );
    let group = &all["logGroups"][0];
    let arn = "arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/f";
    assert_eq!(group["logGroupArn"], arn);
    assert_eq!(group["arn"], format!("{arn}:*"));
    assert_eq!(group["creationTime"], 1000);
    let input = json!({ "logGroupNamePrefix": "/aws" });
    let some = logs(&server, "DescribeLogGroups", input).await;
    assert_eq!(texts(&some, "logGroups", "logGroupName"), ["/aws/lambda/f"]);
    let first = logs(&server, "DescribeLogGroups", json!({ "limit": 1 })).await;
    let input = json!({ "limit": 1, "nextToken": first["nextToken"] });
    let second = logs(&server, "DescribeLogGroups", input).await;
    assert_eq!(texts(&second, "logGroups", "logGroupName"), ["/other"]);
    assert!(second.get("nextToken").is_none());

    let input = json!({ "logGroupName": "/aws/lambda/f" });
    let streams = logs(&server, "DescribeLogStreams", input).await;
    assert_eq!(
        texts(&streams, "logStreams", "logStreamName"),
        ["one", "two"]
    );
    let input = json!({
        "logGroupIdentifier": arn, "orderBy": "LastEventTime", "descending": true,
    });
    let streams = logs(&server, "DescribeLogStreams", input).await;
    assert_eq!(
        texts(&streams, "logStreams", "logStreamName"),
        ["two", "one"]
    );
    assert_eq!(streams["logStreams"][0]["lastEventTimestamp"], 4000);
    assert_eq!(streams["logStreams"][0]["firstEventTimestamp"], 2000);
}

async fn a_stream_is_read_in_both_directions() {
    let server = written().await;
    let read = |more: Value| {
        let mut input =
            json!({ "logGroupName": "/aws/lambda/f", "logStreamName": "one", "limit": 1 });
        input
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        logs(&server, "GetLogEvents", input)
    };
    let tail = read(json!({})).await;
    assert_eq!(texts(&tail, "events", "message"), ["third ERROR"]);
    let before = read(json!({ "nextToken": tail["nextBackwardToken"] })).await;
    assert_eq!(texts(&before, "events", "message"), ["first"]);
    let end = read(json!({ "nextToken": tail["nextForwardToken"] })).await;
    assert_eq!(texts(&end, "events", "message"), [""; 0]);
    assert_eq!(end["nextForwardToken"], tail["nextForwardToken"]);
    let head = read(json!({ "startFromHead": true })).await;
    assert_eq!(texts(&head, "events", "message"), ["first"]);
    assert_eq!(head["events"][0]["timestamp"], 1000);
    let later = read(json!({ "startFromHead": true, "startTime": 1001 })).await;
    assert_eq!(texts(&later, "events", "message"), ["third ERROR"]);
}

async fn streams_are_filtered_together_in_the_order_of_time() {
    let server = written().await;
    let filter = |more: Value| {
        let mut input = json!({ "logGroupName": "/aws/lambda/f" });
        input
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        logs(&server, "FilterLogEvents", input)
    };
    let all = filter(json!({})).await;
    let expected = ["first", "second", "third ERROR", "fourth ERROR"];
    assert_eq!(texts(&all, "events", "message"), expected);
    let ids = texts(&all, "events", "eventId");
    let distinct: std::collections::BTreeSet<&&str> = ids.iter().collect();
    assert_eq!(distinct.len(), 4);
    let errors = filter(json!({ "filterPattern": "ERROR -third" })).await;
    assert_eq!(texts(&errors, "events", "message"), ["fourth ERROR"]);
    let one = filter(json!({ "logStreamNames": ["one"], "endTime": 3000 })).await;
    assert_eq!(texts(&one, "events", "message"), ["first"]);
    let first = filter(json!({ "limit": 3 })).await;
    let rest = filter(json!({ "limit": 3, "nextToken": first["nextToken"] })).await;
    assert_eq!(texts(&rest, "events", "message"), ["fourth ERROR"]);
}

async fn bad_input_is_told() {
    let server = written().await;
    for (operation, input, code) in [
        (
            "FilterLogEvents",
            json!({ "logGroupName": "none" }),
            "ResourceNotFoundException",
        ),
        (
            "DescribeLogStreams",
            json!({ "logGroupName": "none" }),
            "ResourceNotFoundException",
        ),
        (
            "GetLogEvents",
            json!({ "logGroupName": "/other", "logStreamName": "none" }),
            "ResourceNotFoundException",
        ),
        (
            "GetLogEvents",
            json!({ "logGroupName": "/other", "logStreamName": "s", "nextToken": "x" }),
            "InvalidParameterException",
        ),
        ("FilterLogEvents", json!({}), "InvalidParameterException"),
        (
            "DescribeLogGroups",
            json!({ "limit": 0 }),
            "ValidationException",
        ),
    ] {
        let answer = logs(&server, operation, input.clone()).await;
        assert_eq!(
            (&answer["status"], &answer["__type"]),
            (&json!(400), &json!(code)),
            "{input}"
        );
    }
    let pattern = json!({ "logGroupName": "/other", "filterPattern": "{ $.a = 1 }" });
    assert_eq!(
        logs(&server, "FilterLogEvents", pattern).await["status"],
        501
    );
    assert_eq!(
        logs(&server, "PutLogEvents", json!({})).await["status"],
        501
    );
}
