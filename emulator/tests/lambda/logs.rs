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
        [] async groups_are_made_tagged_and_deleted,
        [] async clients_write_events_in_order_and_not_of_long_ago,
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
    assert_eq!(texts(&tail, "events", "message"), ["third ERROR\n"]);
    let before = read(json!({ "nextToken": tail["nextBackwardToken"] })).await;
    assert_eq!(texts(&before, "events", "message"), ["first\n"]);
    let end = read(json!({ "nextToken": tail["nextForwardToken"] })).await;
    assert_eq!(texts(&end, "events", "message"), [""; 0]);
    assert_eq!(end["nextForwardToken"], tail["nextForwardToken"]);
    let head = read(json!({ "startFromHead": true })).await;
    assert_eq!(texts(&head, "events", "message"), ["first\n"]);
    assert_eq!(head["events"][0]["timestamp"], 1000);
    let later = read(json!({ "startFromHead": true, "startTime": 1001 })).await;
    assert_eq!(texts(&later, "events", "message"), ["third ERROR\n"]);
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
    let expected = ["first\n", "second\n", "third ERROR\n", "fourth ERROR\n"];
    assert_eq!(texts(&all, "events", "message"), expected);
    let ids = texts(&all, "events", "eventId");
    let distinct: std::collections::BTreeSet<&&str> = ids.iter().collect();
    assert_eq!(distinct.len(), 4);
    let errors = filter(json!({ "filterPattern": "ERROR -third" })).await;
    assert_eq!(texts(&errors, "events", "message"), ["fourth ERROR\n"]);
    let one = filter(json!({ "logStreamNames": ["one"], "endTime": 3000 })).await;
    assert_eq!(texts(&one, "events", "message"), ["first\n"]);
    let first = filter(json!({ "limit": 3 })).await;
    let rest = filter(json!({ "limit": 3, "nextToken": first["nextToken"] })).await;
    assert_eq!(texts(&rest, "events", "message"), ["fourth ERROR\n"]);
}

#[expect(
    clippy::too_many_lines,
    reason = "one row for each input that was recorded"
)]
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
            "InvalidParameterException",
        ),
        (
            "DescribeLogGroups",
            json!({ "logGroupClass": "SOME" }),
            "InvalidParameterException",
        ),
        (
            "DescribeLogStreams",
            json!({ "logGroupName": "/other", "logGroupIdentifier": "/other" }),
            "ValidationException",
        ),
        (
            "CreateLogGroup",
            json!({ "logGroupName": "/other" }),
            "ResourceAlreadyExistsException",
        ),
        (
            "PutRetentionPolicy",
            json!({ "logGroupName": "/other", "retentionInDays": 2 }),
            "InvalidParameterException",
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
        logs(&server, "PutMetricFilter", json!({})).await["status"],
        501
    );
    let prefix_and_pattern = json!({ "logGroupNamePrefix": "a", "logGroupNamePattern": "b" });
    let refused = logs(&server, "DescribeLogGroups", prefix_and_pattern).await;
    let text = "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.";
    assert_eq!(refused["Message"], text);
    let long = json!({ "logGroupName": "x".repeat(513) });
    let refused = logs(&server, "CreateLogGroup", long).await;
    let text = "Invalid LogGroup or LogStream, both must have length less than or equal to 512.";
    assert_eq!(refused["Message"], text);
}

async fn groups_are_made_tagged_and_deleted() {
    let server = server().await;
    let name = json!({ "logGroupName": "g" });
    // CreateLogGroup
    let group = json!({
        "logGroupName": "g", "tags": { "env": "test" }, "kmsKeyId": "k",
        "logGroupClass": "INFREQUENT_ACCESS", "deletionProtectionEnabled": true,
    });
    assert_eq!(logs(&server, "CreateLogGroup", group).await, Value::Null);
    let shown = logs(&server, "DescribeLogGroups", json!({})).await["logGroups"][0].clone();
    assert_eq!(shown["logGroupClass"], "INFREQUENT_ACCESS");
    assert_eq!(shown["deletionProtectionEnabled"], true);
    assert_eq!(shown["kmsKeyId"], "k");
    assert!(shown.get("retentionInDays").is_none());
    let others = json!({ "logGroupClass": "STANDARD" });
    let others = logs(&server, "DescribeLogGroups", others).await;
    assert_eq!(others["logGroups"], json!([]));
    // A pattern finds parts of names, whatever their case, and tells less of them.
    let found = logs(
        &server,
        "DescribeLogGroups",
        json!({ "logGroupNamePattern": "G" }),
    )
    .await;
    assert_eq!(texts(&found, "logGroups", "logGroupName"), ["g"]);
    assert!(found["logGroups"][0].get("storedBytes").is_none());
    // TagResource, UntagResource, ListTagsForResource
    let arn = "arn:aws:logs:us-east-1:000000000000:log-group:g";
    let tags = json!({ "resourceArn": arn, "tags": { "a": "b" } });
    logs(&server, "TagResource", tags).await;
    let keys = json!({ "resourceArn": format!("{arn}:*"), "tagKeys": ["env"] });
    logs(&server, "UntagResource", keys).await;
    let listed = logs(
        &server,
        "ListTagsForResource",
        json!({ "resourceArn": arn }),
    )
    .await;
    assert_eq!(listed, json!({ "tags": { "a": "b" } }));
    let refused = logs(
        &server,
        "ListTagsForResource",
        json!({ "resourceArn": "g" }),
    )
    .await;
    assert_eq!(refused["__type"], "InvalidParameterException");
    // DeleteLogGroup
    let kept = logs(&server, "DeleteLogGroup", name.clone()).await;
    assert_eq!(kept["__type"], "ValidationException");
    let plain = json!({ "logGroupName": "h" });
    logs(&server, "CreateLogGroup", plain.clone()).await;
    assert_eq!(
        logs(&server, "DeleteLogGroup", plain.clone()).await,
        Value::Null
    );
    let gone = logs(&server, "DeleteLogGroup", plain).await;
    assert_eq!(gone["__type"], "ResourceNotFoundException");
}

async fn clients_write_events_in_order_and_not_of_long_ago() {
    let server = server().await;
    let stream = json!({ "logGroupName": "g", "logStreamName": "s" });
    logs(&server, "CreateLogGroup", json!({ "logGroupName": "g" })).await;
    // CreateLogStream
    logs(&server, "CreateLogStream", stream.clone()).await;
    let again = logs(&server, "CreateLogStream", stream.clone()).await;
    assert_eq!(again["__type"], "ResourceAlreadyExistsException");
    let shown = logs(
        &server,
        "DescribeLogStreams",
        json!({ "logGroupName": "g" }),
    )
    .await;
    let mut members: Vec<&String> = shown["logStreams"][0].as_object().unwrap().keys().collect();
    members.sort();
    assert_eq!(
        members,
        ["arn", "creationTime", "logStreamName", "storedBytes"]
    );
    // PutLogEvents
    let now = server.with_engine(|_, now| now.as_millis());
    let put = |events: Value| {
        let input = json!({ "logGroupName": "g", "logStreamName": "s", "logEvents": events });
        logs(&server, "PutLogEvents", input)
    };
    let event = |at: i64, text: &str| json!({ "timestamp": at, "message": text });
    let day = 86_400_000;
    let written = put(json!([event(now - day, "old"), event(now, "new")])).await;
    assert!(written["nextSequenceToken"].is_string(), "{written}");
    let partly = json!([
        event(now - 15 * day, "x"),
        event(now, "y"),
        event(now + day, "z")
    ]);
    let partly = put(partly).await["rejectedLogEventsInfo"].clone();
    let places = json!({ "tooOldLogEventEndIndex": 1, "tooNewLogEventStartIndex": 2 });
    assert_eq!(partly, places);
    let unordered = put(json!([event(now, "b"), event(now - 1, "a")])).await;
    let text = "Log events in a single PutLogEvents request must be in chronological order.";
    assert_eq!(unordered["Message"], text);
    let read = || logs(&server, "GetLogEvents", stream.clone());
    assert_eq!(
        texts(&read().await, "events", "message"),
        ["old", "new", "y"]
    );
    // PutRetentionPolicy, DeleteRetentionPolicy: the clock decides what is still there.
    let days = json!({ "logGroupName": "g", "retentionInDays": 1 });
    logs(&server, "PutRetentionPolicy", days).await;
    let shown = logs(&server, "DescribeLogGroups", json!({})).await;
    assert_eq!(shown["logGroups"][0]["retentionInDays"], 1);
    let expired = put(json!([event(now - 2 * day, "x"), event(now, "z")])).await;
    assert_eq!(
        expired["rejectedLogEventsInfo"],
        json!({ "expiredLogEventEndIndex": 1 })
    );
    let left = read().await;
    assert!(!texts(&left, "events", "message").contains(&"x"), "{left}");
    logs(
        &server,
        "DeleteRetentionPolicy",
        json!({ "logGroupName": "g" }),
    )
    .await;
    let shown = logs(&server, "DescribeLogGroups", json!({})).await;
    assert!(shown["logGroups"][0].get("retentionInDays").is_none());
    // DeleteLogStream
    logs(&server, "DeleteLogStream", stream.clone()).await;
    let gone = read().await;
    assert_eq!(gone["__type"], "ResourceNotFoundException");
}
