//! The control plane.

use keywheel_emulator::http::Server;
use keywheel_emulator::time::Clock;
use serde_json::json;

use crate::client::{control, moment, rest, secrets, server};

#[tokio::test]
async fn health_tells_version_seed_and_clock() {
    let server = server().await;
    let health = control(&server, "GET /_keywheel/health", "").await;
    assert_eq!(health["status"], "ok");
    assert_eq!(health["seed"], 7);
    assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
    let clock = json!({ "now": "2026-11-22T10:30:00.000Z", "frozen": true });
    assert_eq!(health["clock"], clock);
}

#[tokio::test]
async fn the_clock_freezes_runs_is_set_and_advances() {
    let server = Server::builder().bind("127.0.0.1:0").await.unwrap();
    let path = "POST /_keywheel/clock";
    let frozen = control(
        &server,
        path,
        r#"{"freeze":true,"set":"2026-11-22T10:00:00+01:00"}"#,
    )
    .await;
    assert_eq!(
        frozen,
        json!({ "now": "2026-11-22T09:00:00.000Z", "frozen": true })
    );
    let later = control(&server, path, r#"{"advance":"25h"}"#).await;
    assert_eq!(later["now"], "2026-11-23T10:00:00.000Z");
    assert_eq!(control(&server, "GET /_keywheel/clock", "").await, later);
    let running = control(&server, path, r#"{"run":true}"#).await;
    assert_eq!(running["frozen"], false);
    assert!(
        running["now"]
            .as_str()
            .unwrap()
            .starts_with("2026-11-23T10:00")
    );
    let reset = control(&server, "POST /_keywheel/reset", "").await;
    assert_eq!(reset["reset"], true);
    let clock = control(&server, "GET /_keywheel/clock", "").await;
    assert_eq!(clock["frozen"], false);
}

#[tokio::test]
async fn a_wrong_order_to_the_clock_is_refused_and_changes_nothing() {
    let server = server().await;
    for body in [
        "",
        "{}",
        "[]",
        "{\"freeze\":1}",
        "{\"set\":\"tomorrow\"}",
        "{\"advance\":\"25\"}",
        "{\"advance\":-1}",
        "{\"advanse\":\"1h\"}",
        "{\"freeze\":true,\"run\":true}",
        "{\"set\":\"1969-12-31T23:59:59Z\"}",
        "{\"set\":\"9999-01-01T00:00:00Z\"}",
    ] {
        let reply = rest(&server, "POST /_keywheel/clock", body).await.unwrap();
        assert_eq!(reply.status, 400, "{body}: {reply:?}");
        assert!(reply.json()["error"].is_string());
    }
    for _ in 0..80 {
        // To the end of the calendar and not beyond.
        let reply = rest(&server, "POST /_keywheel/clock", r#"{"advance":"36500d"}"#).await;
        assert!([200, 400].contains(&reply.unwrap().status));
    }
    control(&server, "POST /_keywheel/reset", "").await;
    let clock = control(&server, "GET /_keywheel/clock", "").await;
    assert_eq!(clock["now"], moment().to_string());
}

#[tokio::test]
async fn unknown_paths_and_methods_are_told() {
    let server = server().await;
    let unknown = rest(&server, "GET /_keywheel/helth", "").await.unwrap();
    assert_eq!(unknown.status, 404);
    assert!(
        unknown.json()["error"]
            .as_str()
            .unwrap()
            .contains("/_keywheel/health")
    );
    let wrong = rest(&server, "DELETE /_keywheel/reset", "").await.unwrap();
    assert_eq!(wrong.status, 405);
    assert!(wrong.head.contains("allow: POST"), "{wrong:?}");
    assert!(wrong.json()["error"].is_string());
    let wrong = rest(&server, "GET /_keywheel/journal?since=1", "")
        .await
        .unwrap();
    assert_eq!(wrong.status, 400);
}

#[tokio::test]
async fn the_journal_goes_on_where_the_reader_stopped() {
    let server = server().await;
    rest(&server, "GET /v1/apis", "").await.unwrap();
    rest(&server, "GET /v1/apis/none", "").await.unwrap();
    let journal = control(&server, "GET /_keywheel/journal?after=1", "").await;
    assert_eq!(journal["written"], 2);
    let entries = journal["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0]["operation"], "GetGraphqlApi");
    assert_eq!(entries[0]["status"], 404);
}

#[tokio::test]
async fn the_report_gives_a_policy_to_paste_once_calls_are_watched() {
    let server = server().await;
    rest(&server, "GET /v1/apis", "").await.unwrap();
    let off = control(&server, "GET /_keywheel/iam/report", "").await;
    assert_eq!(off, json!({ "iam": "off", "principals": [] }));
    let audit = r#"{"access":{"iam":"audit"}}"#;
    control(&server, "POST /_keywheel/settings", audit).await;
    rest(&server, "GET /v1/apis", "").await.unwrap();
    let report = control(&server, "GET /_keywheel/iam/report", "").await;
    let resource = "arn:aws:appsync:us-east-1:000000000000:/v1/apis";
    let statement = json!({
        "Effect": "Allow", "Action": ["appsync:ListGraphqlApis"], "Resource": [resource],
    });
    let expected = json!({
        "principal": "arn:aws:iam::000000000000:root", "checks": 1, "refusals": 0, "refused": [],
        "leastPolicy": { "Version": "2012-10-17", "Statement": [statement] },
    });
    assert_eq!(report, json!({ "iam": "audit", "principals": [expected] }));
}

#[tokio::test]
async fn the_report_tells_what_could_not_be_decided() {
    let server = server().await;
    let audit = r#"{"access":{"iam":"audit"}}"#;
    control(&server, "POST /_keywheel/settings", audit).await;
    let secret = json!({
        "Name": "s", "SecretString": "v", "ClientRequestToken": "0".repeat(32),
    });
    secrets(&server, "CreateSecret", &secret).await.unwrap();
    let elsewhere = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*",
        "Action":"secretsmanager:GetSecretValue","Resource":"*",
        "Condition":{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}}}"#;
    let policy = json!({ "SecretId": "s", "ResourcePolicy": elsewhere });
    secrets(&server, "PutResourcePolicy", &policy)
        .await
        .unwrap();
    let id = json!({ "SecretId": "s" });
    secrets(&server, "GetSecretValue", &id).await.unwrap();
    let report = control(&server, "GET /_keywheel/iam/report", "").await;
    let caller = &report["principals"][0];
    assert_eq!(
        (&caller["checks"], &caller["undecided"]),
        (&json!(3), &json!(1))
    );
    let told = caller["open"][0]["message"].as_str().unwrap();
    assert!(told.contains("aws:SourceVpce"), "{told}");
}

#[tokio::test]
async fn faults_are_armed_counted_and_cleared() {
    let server = server().await;
    let rules = r#"[{"at":"ListGraphqlApis","kind":"error-500"},{"at":"GraphQL","kind":"hang"}]"#;
    let armed = control(&server, "POST /_keywheel/faults", rules).await;
    assert_eq!(armed["faults"].as_array().unwrap().len(), 2);
    assert_eq!(rest(&server, "GET /v1/apis", "").await.unwrap().status, 500);
    assert_eq!(rest(&server, "GET /v1/apis", "").await.unwrap().status, 200);
    let last = control(&server, "DELETE /_keywheel/faults", "").await;
    assert_eq!(
        (&last["faults"][0]["fired"], &last["faults"][1]["fired"]),
        (&json!(1), &json!(0))
    );
    assert_eq!(last["unfired"], json!([2]));
    assert_nothing_is_armed(&server).await;
}

async fn assert_nothing_is_armed(server: &Server) {
    let none = control(server, "GET /_keywheel/faults", "").await;
    assert_eq!(none, json!({ "faults": [], "unfired": [], "budget": null }));
}

#[tokio::test]
async fn a_budget_bounds_how_many_faults_strike() {
    let server = server().await;
    let order = r#"{"budget":2,"rules":[{"at":"*","kind":"error-500","times":"forever"}]}"#;
    let armed = control(&server, "POST /_keywheel/faults", order).await;
    assert_eq!(armed["budget"], 2);
    for status in [500, 500, 200] {
        let reply = rest(&server, "GET /v1/apis", "").await.unwrap();
        assert_eq!(reply.status, status);
    }
    let more = control(&server, "POST /_keywheel/faults", r#"{"budget":1}"#).await;
    assert_eq!(
        (&more["budget"], &more["faults"][0]["fired"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(rest(&server, "GET /v1/apis", "").await.unwrap().status, 500);
    control(&server, "DELETE /_keywheel/faults", "").await;
    assert_nothing_is_armed(&server).await;
}

#[tokio::test]
async fn a_wrong_rule_arms_nothing() {
    let server = server().await;
    for body in [
        r#"{"at":"ListGraphqlApi","kind":"reset"}"#,
        r#"{"at":"GraphQL","kind":"explode"}"#,
        r#"{"at":"GraphQL","kind":"reset","when":1}"#,
        r#"{"at":"ec2.*","kind":"reset"}"#,
        r#"{"budget":-1}"#,
        r#"{"budget":1,"rules":[{"at":"GraphQL"}]}"#,
        r#"[{"at":"GraphQL","kind":"reset"},7]"#,
        "7",
        "{",
    ] {
        let reply = rest(&server, "POST /_keywheel/faults", body).await.unwrap();
        assert_eq!(reply.status, 400, "{body}: {reply:?}");
    }
    assert_nothing_is_armed(&server).await;
}

#[tokio::test]
async fn settings_are_shown_changed_by_parts_and_reset() {
    let server = server().await;
    let path = "/_keywheel/settings";
    let first = control(&server, &format!("GET {path}"), "").await;
    assert_eq!(first["rotation"]["retries"], 0);
    for (method, retries) in [("PUT", 2), ("POST", 3)] {
        let change = json!({ "rotation": { "retries": retries } }).to_string();
        let changed = control(&server, &format!("{method} {path}"), &change).await;
        assert_eq!(changed["rotation"]["retries"], retries);
        assert_eq!(changed["appsync"], first["appsync"]);
        assert_eq!(control(&server, &format!("GET {path}"), "").await, changed);
    }
    for (bad, told) in [
        (
            r#"{"rotation":{"retries":4,"retryAftr":"1s"}}"#,
            "did you mean retryAfter?",
        ),
        (r#"{"rotation":{"retryAfter":1}}"#, "rotation.retryAfter"),
        ("[]", "section"),
        ("{", "bad JSON"),
    ] {
        let refused = rest(&server, &format!("PUT {path}"), bad).await.unwrap();
        assert_eq!(refused.status, 400, "{bad}");
        assert!(refused.body.contains(told), "{refused:?}");
    }
    let kept = control(&server, &format!("GET {path}"), "").await;
    assert_eq!(kept["rotation"]["retries"], 3);
    control(&server, "POST /_keywheel/reset", "").await;
    assert_eq!(control(&server, &format!("GET {path}"), "").await, first);
}

#[tokio::test]
async fn a_reset_begins_the_same_world_again() {
    let server = server().await;
    let create = || {
        rest(
            &server,
            "POST /v1/apis",
            r#"{"name":"a","authenticationType":"API_KEY"}"#,
        )
    };
    let first = create().await.unwrap().json()["graphqlApi"]["apiId"].clone();
    control(&server, "POST /_keywheel/reset", "").await;
    let list = rest(&server, "GET /v1/apis", "").await.unwrap();
    assert_eq!(list.json()["graphqlApis"], json!([]));
    let again = create().await.unwrap().json()["graphqlApi"]["apiId"].clone();
    assert_eq!(first, again, "the same seed gives the same ids");
}

#[tokio::test]
async fn a_server_in_code_can_have_its_engine_looked_at() {
    let clock = Clock::Frozen { at: moment() };
    let server = Server::builder()
        .clock(clock)
        .bind("127.0.0.1:0")
        .await
        .unwrap();
    rest(&server, "GET /v1/apis", "").await.unwrap();
    let written = server.with_engine(|engine, now| (engine.journal().written(), now));
    assert_eq!(written, (1, moment()));
    let address = server.local_addr();
    server.shutdown().await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_snapshot_shows_the_world_without_secrets() {
    let server = server().await;
    let api = r#"{"name":"a","authenticationType":"API_KEY"}"#;
    let api = rest(&server, "POST /v1/apis", api).await.unwrap().json();
    let id = api["graphqlApi"]["apiId"].as_str().unwrap().to_owned();
    let path = format!("POST /v1/apis/{id}/apikeys");
    let key = rest(&server, &path, "{}").await.unwrap().json()["apiKey"]["id"].clone();
    let input =
        json!({ "Name": "s", "SecretString": "hunter2", "ClientRequestToken": "t".repeat(32) });
    secrets(&server, "CreateSecret", &input).await.unwrap();
    let reply = rest(&server, "GET /_keywheel/snapshot", "").await.unwrap();
    assert!(!reply.body.contains("hunter2") && !reply.body.contains(key.as_str().unwrap()));
    let snapshot = reply.json();
    assert_eq!(
        snapshot["secrets"][0]["labels"]["AWSCURRENT"],
        "t".repeat(32)
    );
    assert_eq!(
        snapshot["secrets"][0]["versions"]["t".repeat(32)]["length"],
        7
    );
    assert_eq!(snapshot["apis"][0]["keys"][0]["accepted"], true);
    assert_eq!(snapshot["apis"][0]["liveKeys"], 1);
    assert_eq!(snapshot["apis"][0]["unmarkedDeleted"], 0);
    assert_eq!(snapshot["apis"][0]["keys"][0]["refusals"], json!([]));
}
