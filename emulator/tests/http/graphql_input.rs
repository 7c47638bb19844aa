//! Bad input to AppSync over sockets: its own errors, nothing of 500 and above, and no key told.

use serde_json::{Value, json};

use super::client::{Reply, rest, send, server};

/// A server with an API, the path of its data plane and a key.
async fn ready() -> (keywheel_emulator::http::Server, String, String) {
    let server = server().await;
    let body = r#"{"name":"a","authenticationType":"API_KEY"}"#;
    let api = rest(&server, "POST /v1/apis", body).await.unwrap().json();
    let url = api["graphqlApi"]["uris"]["GRAPHQL"].as_str().unwrap();
    let path = url.strip_prefix(&server.url()).unwrap().to_owned();
    let id = api["graphqlApi"]["apiId"].as_str().unwrap();
    let made = rest(&server, &format!("POST /v1/apis/{id}/apikeys"), "{}").await;
    let key = made.unwrap().json()["apiKey"]["id"].clone();
    (server, path, key.as_str().unwrap().to_owned())
}

async fn ask(
    server: &keywheel_emulator::http::Server,
    path: &str,
    key: &str,
    body: &[u8],
) -> Reply {
    let key = format!("x-api-key: {key}");
    let headers = ["content-type: application/json", key.as_str()];
    let reply = send(server, &format!("POST {path}"), &headers, body).await;
    reply.expect("the server answers")
}

#[tokio::test]
async fn ten_megabytes_are_refused_in_the_form_of_the_data_plane() {
    let (server, path, key) = ready().await;
    let padding = "#".repeat(10 << 20);
    let body = json!({ "query": format!("{{__typename}}{padding}") }).to_string();
    let reply = ask(&server, &path, &key, body.as_bytes()).await;
    assert_eq!(reply.status, 413);
    assert!(
        reply.json()["errors"][0]["message"].is_string(),
        "{reply:?}"
    );
    let alive = ask(&server, &path, &key, br#"{"query":"{__typename}"}"#).await;
    assert_eq!(alive.status, 200);
    server.shutdown().await;
}

#[tokio::test]
async fn nesting_in_every_part_of_a_body_is_a_clients_mistake() {
    let (server, path, key) = ready().await;
    let deep = 200_000;
    let objects = format!("{{a(b:{}", "{b:".repeat(deep));
    for body in [
        json!({ "query": "{a".repeat(deep) }).to_string(),
        json!({ "query": format!("{{a(b:{}", "[".repeat(deep)) }).to_string(),
        json!({ "query": objects }).to_string(),
        json!({ "query": format!("query($a:{}", "[".repeat(deep)) }).to_string(),
        format!(
            r#"{{"query":"{{__typename}}","variables":{{"a":{}"#,
            "[".repeat(deep)
        ),
        format!("{}{}", r#"{"a":"#.repeat(deep), "}".repeat(deep)),
        "[".repeat(deep),
    ] {
        let reply = ask(&server, &path, &key, body.as_bytes()).await;
        assert_eq!(reply.status, 400, "{}", &body[..60]);
    }
    server.shutdown().await;
}

#[tokio::test]
async fn members_of_wrong_types_are_a_clients_mistake() {
    let (server, path, key) = ready().await;
    for body in [
        json!({ "query": 1 }),
        json!({ "query": ["{__typename}"] }),
        json!({ "query": "{__typename}", "variables": "x" }),
        json!({ "query": "{__typename}", "variables": [] }),
        json!({ "query": "{__typename}", "operationName": 7 }),
        json!("{__typename}"),
        json!(7),
        Value::Null,
    ] {
        let reply = ask(&server, &path, &key, body.to_string().as_bytes()).await;
        assert_eq!(reply.status, 400, "{body}");
    }
    let reply = ask(&server, &path, &key, b"\xff\xfe{}").await;
    assert_eq!(reply.status, 400);
    server.shutdown().await;
}

#[tokio::test]
async fn a_schema_that_is_no_schema_is_never_fatal() {
    let (server, ..) = ready().await;
    let apis = rest(&server, "GET /v1/apis", "").await.unwrap().json();
    let id = apis["graphqlApis"][0]["apiId"].as_str().unwrap();
    let path = format!("POST /v1/apis/{id}/schemacreation");
    let deep = format!("type Query {{ a: {}", "[".repeat(200_000));
    for text in [&b"\xff\xfe\x00"[..], b"", b"{{{{", deep.as_bytes()] {
        let definition = data_encoding::BASE64.encode(text);
        let body = json!({ "definition": definition }).to_string();
        let reply = rest(&server, &path, &body).await.unwrap();
        assert_eq!(reply.status, 200, "{reply:?}");
        let status = format!("GET /v1/apis/{id}/schemacreation");
        let status = rest(&server, &status, "").await.unwrap().json();
        assert_eq!(status["status"], "FAILED", "{status}");
    }
    for body in [
        r#"{"definition":"no base64!"}"#,
        r#"{"definition":5}"#,
        "{}",
    ] {
        assert_eq!(rest(&server, &path, body).await.unwrap().status, 400);
    }
    server.shutdown().await;
}

#[tokio::test]
async fn unknown_ids_are_not_found_and_a_key_is_told_to_its_own_caller_only() {
    let (server, path, key) = ready().await;
    let none = "a".repeat(26);
    for start in [
        format!("GET /v1/apis/{none}"),
        format!("GET /v1/apis/{none}/apikeys"),
        format!("DELETE /v1/apis/{none}/apikeys/{key}"),
        format!("GET /v1/apis/{none}/schema?format=SDL"),
        format!("GET /v1/apis/{none}/schemacreation"),
    ] {
        let reply = rest(&server, &start, "").await.unwrap();
        assert_eq!(reply.status, 404, "{start}");
        assert!(!reply.body.contains(&key), "{reply:?}");
    }
    assert_eq!(ask(&server, &path, "da2-wrong", b"{}").await.status, 401);
    let journal = rest(&server, "GET /_keywheel/journal", "").await.unwrap();
    let snapshot = rest(&server, "GET /_keywheel/snapshot", "").await.unwrap();
    for told in [journal.body, snapshot.body] {
        assert!(!told.contains("da2-"), "{told}");
    }
    server.shutdown().await;
}
