//! Publishing to Event APIs over HTTP.

use http::HeaderMap;
use serde_json::{Value, json};

use super::client::{Answer, Client, keys_of, text};
use super::event_apis::{config, create_api, create_namespace};

/// An Event API with a namespace `chat` and a key.
pub(crate) struct Events {
    pub(crate) client: Client,
    pub(crate) api: Value,
    pub(crate) key: String,
    /// The path of its domain: `/LABEL`.
    pub(crate) root: String,
}

impl Events {
    pub(crate) fn new() -> Self {
        Self::with(&Value::Null)
    }

    pub(crate) fn with(attributes: &Value) -> Self {
        let mut client = Client::new();
        let api = create_api(&mut client, attributes);
        create_namespace(&mut client, &api, &json!({ "name": "chat" }));
        let key = text(&client.create_key(&text(&api["apiId"]), &json!({}))["id"]);
        let domain = text(&api["dns"]["HTTP"]);
        let (_, label) = domain.split_once('/').unwrap();
        let root = format!("/{label}");
        Self {
            client,
            api,
            key,
            root,
        }
    }

    #[track_caller]
    pub(crate) fn post(&mut self, key: Option<&str>, body: &str) -> Answer {
        let headers: Vec<_> = key.map(|key| ("x-api-key", key)).into_iter().collect();
        let path = format!("{}/event", self.root);
        self.client.answer("POST", &path, &headers, body.as_bytes())
    }

    #[track_caller]
    pub(crate) fn publish(&mut self, body: &Value) -> Answer {
        let key = self.key.clone();
        self.post(Some(&key), &body.to_string())
    }

    pub(crate) fn delete_key(&mut self) {
        let path = format!("{}/{}", keys_of(&text(&self.api["apiId"])), self.key);
        self.client.call("DELETE", &path, &Value::Null).ok();
    }
}

/// The type and text of the first error in an answer of the data plane.
fn error(answer: &Answer) -> (u16, &str, &str) {
    let error = &answer.json["errors"][0];
    let code = error["errorType"].as_str().unwrap_or_default();
    assert_eq!(
        answer.header("x-amzn-errortype"),
        Some(code),
        "{}",
        answer.text
    );
    let message = error["message"].as_str().unwrap_or_default();
    (answer.status, code, message)
}

#[test]
fn each_event_gets_an_identifier_and_its_place() {
    let mut events = Events::new();
    let body = json!({ "channel": "/chat/x", "events": ["1", "{\"a\":[2]}"] });
    let answer = events.publish(&body);
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(
        answer.header("content-type"),
        Some("application/json;charset=UTF-8")
    );
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    assert_eq!(answer.json["failed"], json!([]));
    let successful = answer.json["successful"].as_array().unwrap();
    assert_eq!(successful.len(), 2);
    assert_eq!(
        (&successful[0]["index"], &successful[1]["index"]),
        (&json!(0), &json!(1))
    );
    let identifier = text(&successful[0]["identifier"]);
    assert_eq!(identifier.len(), 36);
    assert_ne!(successful[0]["identifier"], successful[1]["identifier"]);
}

#[test]
fn keys_are_judged_as_at_graphql_apis() {
    let mut events = Events::new();
    let body = json!({ "channel": "chat/x", "events": ["1"] }).to_string();
    let refused = (
        401,
        "UnauthorizedException",
        "You are not authorized to make this call.",
    );
    let missing = (
        401,
        "UnauthorizedException",
        "Valid authorization header not provided.",
    );
    assert_eq!(error(&events.post(None, &body)), missing);
    assert_eq!(
        error(&events.post(Some("da2-aaaaaaaaaaaaaaaaaaaaaaaaaa"), &body)),
        refused
    );
    assert_eq!(
        error(&events.post(Some("wrong"), "meow")),
        refused,
        "the credential comes first"
    );
    let key = events.key.clone();
    assert_eq!(events.post(Some(&key), &body).status, 200);
    events.client.now = events.client.now.plus_days(7);
    assert_eq!(
        error(&events.post(Some(&key), &body)),
        refused,
        "it is expired"
    );
    events.client.now = events.client.now.plus_days(-7);
    events.delete_key();
    assert_eq!(
        error(&events.post(Some(&key), &body)),
        refused,
        "it is deleted"
    );
}

#[test]
fn modes_open_publishing_for_the_api_and_for_a_namespace() {
    let mut mixed = config();
    mixed["authProviders"] = json!([{ "authType": "API_KEY" }, { "authType": "AWS_IAM" }]);
    mixed["defaultPublishAuthModes"] = json!([{ "authType": "AWS_IAM" }]);
    let mut events = Events::with(&json!({ "eventConfig": mixed }));
    let open = json!({ "name": "open", "publishAuthModes": [{ "authType": "API_KEY" }] });
    create_namespace(&mut events.client, &events.api, &open);
    let refused = events.publish(&json!({ "channel": "chat/x", "events": ["1"] }));
    assert_eq!(error(&refused).0, 401);
    let accepted = events.publish(&json!({ "channel": "open/x", "events": ["1"] }));
    assert_eq!(accepted.status, 200, "{}", accepted.text);
    let iam = json!([{ "authType": "AWS_IAM" }]);
    let only_iam = json!({
        "authProviders": iam, "connectionAuthModes": iam,
        "defaultPublishAuthModes": iam, "defaultSubscribeAuthModes": iam,
    });
    let mut events = Events::with(&json!({ "eventConfig": only_iam }));
    let missing = events.publish(&json!({ "channel": "chat/x", "events": ["1"] }));
    assert_eq!(
        error(&missing).2,
        "Valid authorization header not provided."
    );
}

#[test]
fn a_request_that_cannot_be_served_publishes_nothing() {
    let mut events = Events::new();
    let key = events.key.clone();
    for (body, told) in [
        ("", "not a JSON object"),
        ("meow", "not a JSON object"),
        ("[]", "not a JSON object"),
        ("{}", "channel is missing"),
        (r#"{"channel":7,"events":["1"]}"#, "channel is missing"),
        (r#"{"channel":"chat/x"}"#, "events is missing"),
        (r#"{"channel":"chat/x","events":"1"}"#, "events is missing"),
        (
            r#"{"channel":"chat/x","events":[{"a":1}]}"#,
            "events is missing or of the wrong type",
        ),
        (r#"{"channel":"chat/x","events":[]}"#, "one to 5 events"),
        (
            r#"{"channel":"chat/x","events":["1","2","3","4","5","6"]}"#,
            "one to 5 events",
        ),
        (
            r#"{"channel":"chat/*","events":["1"]}"#,
            "Invalid Channel Format",
        ),
        (
            r#"{"channel":"a/b/c/d/e/f","events":["1"]}"#,
            "Invalid Channel Format",
        ),
        (
            r#"{"channel":"other/x","events":["1"]}"#,
            "Channel namespace other not found.",
        ),
    ] {
        let answer = events.post(Some(&key), body);
        let (status, code, message) = error(&answer);
        assert_eq!((status, code), (400, "BadRequestException"), "{body}");
        assert!(message.contains(told), "{body}: {message}");
    }
    let deep = format!(r#"{{"channel":{}"#, "[".repeat(200_000));
    assert_eq!(events.post(Some(&key), &deep).status, 400);
}

#[test]
fn an_event_fails_by_itself() {
    let mut events = Events::new();
    let longest = format!("\"{}\"", "x".repeat(240 * 1024 - 2));
    let too_long = format!("\"{}\"", "x".repeat(240 * 1024 - 1));
    let body = json!({ "channel": "chat/x", "events": [longest, too_long, "meow", "{}", ""] });
    let answer = events.publish(&body).ok();
    let indices = |list: &str| -> Vec<u64> {
        let list = answer[list].as_array().unwrap().iter();
        list.map(|event| event["index"].as_u64().unwrap()).collect()
    };
    assert_eq!(
        (indices("successful"), indices("failed")),
        (vec![0, 3], vec![1, 2, 4])
    );
    assert_eq!(answer["failed"][0]["code"], 400);
    let told = text(&answer["failed"][0]["message"]);
    assert!(told.contains("245760 bytes"), "{told}");
    let five: Vec<&str> = ["1"; 5].to_vec();
    let body = json!({ "channel": "chat/x", "events": five });
    assert_eq!(events.publish(&body).ok()["failed"], json!([]));
}

#[test]
fn the_host_of_aws_leads_there_too_and_other_methods_do_not() {
    let mut events = Events::new();
    let (key, label) = (events.key.clone(), events.root[1..].to_owned());
    let host = format!("{label}.appsync-api.eu-west-1.amazonaws.com");
    let body = br#"{"channel":"chat/x","events":["1"]}"#;
    let headers = [("host", host.as_str()), ("x-api-key", key.as_str())];
    let answer = events.client.answer("POST", "/event", &headers, body);
    assert_eq!(answer.status, 200, "{}", answer.text);
    let path = format!("{}/event", events.root);
    let get = events.client.answer("GET", &path, &headers[1..], b"");
    assert_eq!(error(&get).0, 405);
    let preflight = [("access-control-request-method", "POST")];
    let options = events.client.answer("OPTIONS", &path, &preflight, b"");
    assert_eq!((options.status, options.text.as_str()), (200, ""));
    assert_eq!(options.header("access-control-allow-methods"), Some("POST"));
    let nobody = format!("/{}/event", "a".repeat(26));
    let gone = events.client.answer("POST", &nobody, &headers[1..], body);
    assert_eq!(error(&gone).0, 404);
    let plain = format!("{}/event/realtime", events.root);
    let plain = events.client.answer("GET", &plain, &headers[1..], b"");
    assert_eq!(error(&plain).0, 400);
}

#[test]
fn no_key_is_in_the_journal() {
    let mut events = Events::new();
    events.publish(&json!({ "channel": "chat/x", "events": ["1"] }));
    let mut headers = HeaderMap::new();
    headers.insert("x-api-key", events.key.parse().unwrap());
    let entries: Vec<_> = events.client.engine.journal().since(0).collect();
    let told = serde_json::to_string(&entries).unwrap();
    assert!(
        told.contains("EventPublish") && !told.contains("da2-"),
        "{told}"
    );
}
