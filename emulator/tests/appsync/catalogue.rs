//! Every error of AppSync whose code is known, with its status and, where it is recorded, its text.

use keywheel_emulator::fault::Rule;
use keywheel_emulator::ids::ApiId;
use keywheel_emulator::state::appsync::AppSyncSettings;
use keywheel_emulator::wire::request::Ending;
use serde_json::{Value, json};

use super::client::{Client, keys_of, text};

const BAD: &str = "BadRequestException";

#[test]
fn expiry_out_of_bounds_has_the_recorded_texts() {
    let mut client = Client::new();
    let api = client.api_id();
    let now = client.now.as_seconds();
    let key = text(&client.create_key(&api, &json!({}))["id"]);
    for path in [keys_of(&api), format!("{}/{key}", keys_of(&api))] {
        let code = "ApiKeyValidityOutOfBoundsException";
        let soon = client.call("POST", &path, &json!({ "expires": now }));
        assert_eq!(
            soon.error(),
            (400, code, "API key must be valid for a minimum of 1 days.")
        );
        let late = client.call("POST", &path, &json!({ "expires": now * 1000 }));
        assert_eq!(
            late.error(),
            (400, code, "API key can be valid for a maximum of 365 days.")
        );
    }
}

#[test]
fn what_is_not_there_is_not_found() {
    let mut client = Client::new();
    let api = client.api_id();
    let absent = "aaaaaaaaaaaaaaaaaaaaaaaaaa";
    let of_api = format!("GraphQL API {absent} not found.");
    let schema = format!("/v1/apis/{absent}/schemacreation");
    let attributes = json!({ "name": "a", "authenticationType": "API_KEY" });
    let arn = format!("arn:aws:appsync:eu-west-1:000000000000:apis/{absent}");
    for (method, path, body) in [
        ("POST", keys_of(absent), json!({})),
        ("GET", keys_of(absent), Value::Null),
        ("POST", format!("{}/da2-x", keys_of(absent)), json!({})),
        ("DELETE", format!("{}/da2-x", keys_of(absent)), Value::Null),
        ("GET", format!("/v1/apis/{absent}"), Value::Null),
        ("POST", format!("/v1/apis/{absent}"), attributes),
        ("DELETE", format!("/v1/apis/{absent}"), Value::Null),
        ("GET", schema.clone(), Value::Null),
        ("POST", schema, json!({ "definition": "" })),
        (
            "GET",
            format!("/v1/tags/{arn}").replace("apis/", "apis%2F"),
            Value::Null,
        ),
    ] {
        let answer = client.call(method, &path, &body);
        assert_eq!(
            answer.error(),
            (404, "NotFoundException", of_api.as_str()),
            "{method} {path}"
        );
    }
    for (method, body) in [("POST", json!({})), ("DELETE", Value::Null)] {
        let answer = client.call(method, &format!("{}/da2-abc%2Fdef", keys_of(&api)), &body);
        let text = "API key not found: da2-abc/def";
        assert_eq!(answer.error(), (404, "NotFoundException", text));
    }
}

#[test]
fn a_schema_change_is_a_conflict_for_the_creation_of_keys() {
    let mut client = Client::new();
    let api = client.api_id();
    let key = text(&client.create_key(&api, &json!({}))["id"]);
    hold(&mut client, &api, true);
    let text = "Schema is currently being altered, please wait until that is complete.";
    let conflict = (409, "ConcurrentModificationException", text);
    assert_eq!(
        client.call("POST", &keys_of(&api), &json!({})).error(),
        conflict
    );
    let path = format!("/v1/apis/{api}");
    let attributes = json!({ "name": "a", "authenticationType": "API_KEY" });
    assert_eq!(client.call("POST", &path, &attributes).error(), conflict);
    assert_eq!(client.call("DELETE", &path, &Value::Null).error(), conflict);
    client.call("GET", &keys_of(&api), &Value::Null).ok();
    client
        .call("DELETE", &format!("{}/{key}", keys_of(&api)), &Value::Null)
        .ok();
    hold(&mut client, &api, false);
    client.create_key(&api, &json!({}));
}

fn hold(client: &mut Client, api: &str, is_held: bool) {
    let scope = client.engine.world().partitions().next().unwrap().0.clone();
    let appsync = &mut client.engine.world().partition(&scope).appsync;
    appsync
        .api_mut(&ApiId::new(api))
        .unwrap()
        .schema
        .hold(is_held);
}

#[test]
fn limits_have_codes_of_their_own() {
    let settings = AppSyncSettings {
        keys_max: 1,
        apis_max: 1,
        ..AppSyncSettings::default()
    };
    let mut client = Client::with(settings);
    let api = client.api_id();
    client.create_key(&api, &json!({}));
    let keys = client.call("POST", &keys_of(&api), &json!({}));
    assert_eq!(
        (keys.error().0, keys.error().1),
        (400, "ApiKeyLimitExceededException")
    );
    let body = json!({ "name": "b", "authenticationType": "API_KEY" });
    let apis = client.call("POST", "/v1/apis", &body);
    assert_eq!(
        (apis.error().0, apis.error().1),
        (400, "ApiLimitExceededException")
    );
}

#[test]
fn modes_that_cannot_be_combined_are_bad_requests() {
    let mut client = Client::new();
    let api = client.api_id();
    let mut refused = |attributes: Value| {
        let mut body = json!({ "name": "a", "authenticationType": "API_KEY" });
        body.as_object_mut()
            .unwrap()
            .extend(attributes.as_object().unwrap().clone());
        let create = client.call("POST", "/v1/apis", &body);
        let update = client.call("POST", &format!("/v1/apis/{api}"), &body);
        assert_eq!(create.error(), update.error());
        assert_eq!((create.error().0, create.error().1), (400, BAD), "{body}");
        create.error().2.to_owned()
    };
    let repeated = refused(json!({
        "additionalAuthenticationProviders":
            [{ "authenticationType": "AWS_IAM" }, { "authenticationType": "API_KEY" }]
    }));
    assert_eq!(
        repeated,
        "Authentication type API_KEY for additional authentication provider 2 already specified \
         on the API. It can only be specified once."
    );
    refused(json!({ "authenticationType": "AWS_LAMBDA" }));
    refused(json!({ "authenticationType": "OPENID_CONNECT" }));
    refused(json!({ "additionalAuthenticationProviders":
        [{ "authenticationType": "AMAZON_COGNITO_USER_POOLS" }] }));
}

/// A call that must be a bad request.
#[track_caller]
fn assert_bad(client: &mut Client, method: &str, path: &str, body: &Value) {
    let answer = client.call(method, path, body);
    let (status, code, message) = answer.error();
    assert_eq!(
        (status, code),
        (400, BAD),
        "{method} {path} {body} {}",
        answer.text
    );
    assert!(!message.is_empty());
}

#[test]
fn constraints_on_keys_are_those_of_the_model() {
    let mut client = Client::new();
    let keys = keys_of(&client.api_id());
    for query in [
        "maxResults=26",
        "maxResults=-1",
        "maxResults=ten",
        "nextToken=",
        "nextToken=a%20b",
        "nextToken=not-mine",
    ] {
        assert_bad(&mut client, "GET", &format!("{keys}?{query}"), &Value::Null);
    }
    for body in [
        json!({ "expires": "tomorrow" }),
        json!({ "expires": 1.5 }),
        json!({ "description": 5 }),
        json!([]),
    ] {
        assert_bad(&mut client, "POST", &keys, &body);
    }
}

#[test]
fn constraints_on_apis_are_those_of_the_model() {
    let mut client = Client::new();
    let many = (0..51).map(|n| (n.to_string(), json!("")));
    let many: Value = many.collect::<serde_json::Map<_, _>>().into();
    for more in [
        json!({ "name": null }),
        json!({ "authenticationType": null }),
        json!({ "authenticationType": "NONE" }),
        json!({ "queryDepthLimit": 76 }),
        json!({ "resolverCountLimit": 10_001 }),
        json!({ "ownerContact": "x".repeat(257) }),
        json!({ "visibility": "SECRET" }),
        json!({ "logConfig": { "fieldLogLevel": "LOUD", "cloudWatchLogsRoleArn": "r" } }),
        json!({ "tags": {} }),
        json!({ "tags": many }),
    ] {
        let mut body = json!({ "name": "a", "authenticationType": "API_KEY" });
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        assert_bad(&mut client, "POST", "/v1/apis", &body);
    }
    assert_bad(&mut client, "GET", "/v1/apis?owner=NOBODY", &Value::Null);
}

#[test]
fn constraints_on_tags_are_those_of_the_model() {
    let mut client = Client::new();
    let api = client.create_api(&json!({}));
    let tags = format!("/v1/tags/{}", text(&api["arn"]).replace('/', "%2F"));
    assert_bad(
        &mut client,
        "POST",
        &tags,
        &json!({ "tags": { "aws:x": "" } }),
    );
    assert_bad(&mut client, "POST", &tags, &json!({}));
    assert_bad(&mut client, "DELETE", &tags, &Value::Null);
    assert_bad(&mut client, "GET", "/v1/tags/arn%3Aaws%3Ax", &Value::Null);
}

#[test]
fn errors_that_only_faults_make_have_their_codes() {
    let mut client = Client::new();
    let api = client.api_id();
    for (verdict, status, code, text) in [
        (
            "throttled",
            429,
            "TooManyRequestsException",
            "Too Many Requests",
        ),
        ("limit-429", 429, "LimitExceededException", ""),
        (
            "conflict",
            409,
            "ConcurrentModificationException",
            "Schema is currently being altered",
        ),
        (
            "access-denied",
            403,
            "AccessDeniedException",
            "is not authorized to perform: appsync:",
        ),
        ("error-500", 500, "InternalFailureException", ""),
        ("unauthorized", 401, "UnauthorizedException", ""),
        ("quota", 400, "ApiKeyLimitExceededException", ""),
        ("waf-403", 403, "WAFForbiddenException", "403 Forbidden"),
    ] {
        let rule = json!({ "at": "CreateApiKey", "kind": verdict }).to_string();
        let rule: Rule = serde_json::from_str(&rule).unwrap();
        client.engine.faults().arm(rule);
        let answer = client.call("POST", &keys_of(&api), &json!({}));
        assert_eq!((answer.error().0, answer.error().1), (status, code));
        assert!(answer.error().2.contains(text), "{}", answer.text);
    }
    let listed = client.call("GET", &keys_of(&api), &Value::Null).ok();
    assert_eq!(listed["apiKeys"], json!([]), "none of them had an effect");
}

#[test]
fn a_lost_answer_leaves_a_key_each_time() {
    let mut client = Client::new();
    let api = client.api_id();
    let rule = r#"{"at":"CreateApiKey","kind":"answer-lost","times":3}"#;
    client
        .engine
        .faults()
        .arm(serde_json::from_str(rule).unwrap());
    let authorization = client.authorization.clone();
    for _ in 0..3 {
        let headers = [("authorization", authorization.as_str())];
        let outcome = client.send("POST", &keys_of(&api), &headers, b"{}");
        assert!(matches!(outcome.ending, Ending::Dropped));
    }
    let listed = client.call("GET", &keys_of(&api), &Value::Null).ok();
    assert_eq!(listed["apiKeys"].as_array().unwrap().len(), 3);
}

#[test]
fn what_is_not_emulated_says_so() {
    let mut client = Client::new();
    let answer = client.call("POST", "/v1/apis/x/types", &json!({}));
    assert_eq!((answer.status, answer.error().1), (501, "NotImplemented"));
    let answer = client.call("PUT", "/v1/apis", &json!({}));
    assert_eq!(answer.status, 405);
}
