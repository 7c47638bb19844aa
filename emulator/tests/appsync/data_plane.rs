//! What a key is told.

use keywheel_emulator::state::appsync::AppSyncSettings;
use keywheel_emulator::state::appsync::settings::{
    AuthenticationOrder, MissingKeyText, MissingSchema,
};
use serde_json::{Value, json};

use super::client::{Answer, Client, PROBE, graphql_path, text};

const REFUSED: &str = "You are not authorized to make this call.";
const MISSING: &str = "Valid authorization header not provided.";
const WRONG: &str = "da2-aaaaaaaaaaaaaaaaaaaaaaaaaa";

/// A client with an API and a key of it: the client, the path and the key.
fn ready(settings: AppSyncSettings, attributes: &Value) -> (Client, String, String) {
    let mut client = Client::with(settings);
    let api = client.create_api(attributes);
    let key = client.create_key(&text(&api["apiId"]), &json!({}));
    (client, graphql_path(&api), text(&key["id"]))
}

fn default() -> (Client, String, String) {
    ready(AppSyncSettings::default(), &json!({}))
}

/// The bytes of a 401, as recorded.
#[track_caller]
fn assert_401(answer: &Answer, message: &str) {
    let body = format!(
        "{{\n  \"errors\" : [ {{\n    \"errorType\" : \"UnauthorizedException\",\n    \
         \"message\" : \"{message}\"\n  }} ]\n}}"
    );
    assert_eq!((answer.status, answer.text.as_str()), (401, body.as_str()));
    assert_eq!(
        answer.header("x-amzn-errortype"),
        Some("UnauthorizedException")
    );
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
}

#[test]
fn a_good_key_is_answered_with_the_headers_seen_on_aws() {
    let (mut client, path, key) = default();
    let answer = client.graphql(&path, Some(&key), PROBE);
    assert_eq!(
        (answer.status, answer.text.as_str()),
        (200, r#"{"data":{"__typename":"Query"}}"#)
    );
    for (name, value) in [
        ("content-type", "application/json;charset=UTF-8"),
        ("x-amzn-appsync-tokensconsumed", "1"),
        ("access-control-allow-origin", "*"),
    ] {
        assert_eq!(answer.header(name), Some(value));
    }
    assert!(answer.header("x-amzn-requestid").is_some() && answer.header("date").is_some());
    assert_eq!(answer.header("x-amzn-errortype"), None);
}

#[test]
fn no_key_and_a_wrong_key_are_told_apart() {
    let (mut client, path, key) = default();
    assert_401(&client.graphql(&path, None, PROBE), MISSING);
    assert_401(&client.graphql(&path, Some(WRONG), PROBE), REFUSED);
    assert_401(&client.graphql(&path, Some(""), PROBE), REFUSED);
    assert_401(
        &client.graphql(&path, Some(&key.to_uppercase()), PROBE),
        REFUSED,
    );
    client.now = client.now.plus_days(8);
    assert_401(&client.graphql(&path, Some(&key), PROBE), REFUSED);
}

#[test]
fn the_text_for_a_missing_key_can_be_that_of_simulators() {
    let settings = AppSyncSettings {
        missing_key_text: MissingKeyText::Simulator,
        ..Default::default()
    };
    let (mut client, path, _) = ready(settings, &json!({}));
    assert_401(
        &client.graphql(&path, None, PROBE),
        "Missing authorization header",
    );
}

#[test]
fn a_key_of_another_api_is_wrong() {
    let (mut client, path, _) = default();
    let other = client.api_id();
    let key = text(&client.create_key(&other, &json!({}))["id"]);
    assert_401(&client.graphql(&path, Some(&key), PROBE), REFUSED);
}

#[test]
fn a_key_can_be_made_where_none_is_taken_and_never_works() {
    let (mut client, path, key) = ready(
        AppSyncSettings::default(),
        &json!({ "authenticationType": "AWS_IAM" }),
    );
    assert_401(&client.graphql(&path, Some(&key), PROBE), MISSING);
}

#[test]
fn bodies_that_cannot_be_read_have_the_recorded_answers() {
    let (mut client, path, key) = default();
    let body_of = |message: &str| {
        format!(
            r#"{{"errors":[{{"message":"{message}","errorType":"MalformedHttpRequestException"}}]}}"#
        )
    };
    for (sent, message) in [
        ("", "Request body is empty."),
        ("meow", "Unable to parse GraphQL query."),
        ("{}", "Unable to parse GraphQL query."),
        ("{}}", "Unable to parse GraphQL query."),
        ("[]", "Unable to parse GraphQL query."),
        (r#"{"query":"{"}"#, "Unable to parse GraphQL query."),
    ] {
        let answer = client.graphql(&path, Some(&key), sent);
        assert_eq!(
            (answer.status, answer.text),
            (400, body_of(message)),
            "{sent}"
        );
    }
    assert_401(&client.graphql(&path, Some(WRONG), "meow"), REFUSED);
}

#[test]
fn bodies_can_be_read_before_keys() {
    let settings = AppSyncSettings {
        authentication_order: AuthenticationOrder::AfterParsing,
        ..Default::default()
    };
    let (mut client, path, _) = ready(settings, &json!({}));
    assert_eq!(client.graphql(&path, Some(WRONG), "meow").status, 400);
    assert_401(&client.graphql(&path, Some(WRONG), PROBE), REFUSED);
}

#[test]
fn an_undefined_field_is_an_answer_with_status_200() {
    let (mut client, path, key) = default();
    let answer = client.graphql(&path, Some(&key), r#"{"query":"{badfield}"}"#);
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.text,
        r#"{"data":null,"errors":[{"path":null,"locations":[{"line":1,"column":2,"sourceName":null}],"message":"Validation error of type FieldUndefined: Field 'badfield' in type 'Query' is undefined @ 'badfield'"}]}"#
    );
}

#[test]
fn several_operations_need_a_name() {
    let (mut client, path, key) = default();
    let query = "query A{_} query B{__typename}";
    let unnamed = client.graphql(&path, Some(&key), &json!({ "query": query }).to_string());
    assert_eq!(unnamed.status, 400);
    assert_eq!(
        unnamed.header("x-amzn-errortype"),
        Some("BadRequestException")
    );
    assert_eq!(
        unnamed.json["errors"][0]["message"],
        "Missing operation name."
    );
    let named = json!({ "query": query, "operationName": "B" }).to_string();
    let named = client.graphql(&path, Some(&key), &named);
    assert_eq!(named.text, r#"{"data":{"__typename":"Query"}}"#);
}

#[test]
fn an_additional_key_opens_the_type_name_and_no_unmarked_field() {
    let attributes = json!({
        "authenticationType": "AWS_IAM",
        "additionalAuthenticationProviders": [{ "authenticationType": "API_KEY" }],
    });
    let (mut client, path, key) = ready(AppSyncSettings::default(), &attributes);
    assert_eq!(
        client.graphql(&path, Some(&key), PROBE).text,
        r#"{"data":{"__typename":"Query"}}"#
    );
    let answer = client.graphql(&path, Some(&key), r#"{"query":"{_}"}"#);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("x-amzn-errortype"), None);
    assert_eq!(
        answer.text,
        r#"{"data":{"_":null},"errors":[{"path":["_"],"data":null,"errorType":"Unauthorized","errorInfo":null,"locations":[{"line":1,"column":2,"sourceName":null}],"message":"Not Authorized to access _ on type Query"}]}"#
    );
}

#[test]
fn without_introspection_the_probe_still_works() {
    let attributes = json!({ "introspectionConfig": "DISABLED" });
    let (mut client, path, key) = ready(AppSyncSettings::default(), &attributes);
    assert_eq!(client.probe(&path, &key), 200);
    let answer = client.graphql(&path, Some(&key), r#"{"query":"{__schema{types{name}}}"}"#);
    assert_eq!((answer.status, &answer.json["data"]), (200, &Value::Null));
}

#[test]
fn an_api_without_a_schema_can_be_made_to_refuse() {
    let settings = AppSyncSettings {
        missing_schema: MissingSchema::Refused,
        ..Default::default()
    };
    let (mut client, path, key) = ready(settings, &json!({}));
    let answer = client.graphql(&path, Some(&key), PROBE);
    assert_eq!(answer.status, 502);
    assert_eq!(
        answer.header("x-amzn-errortype"),
        Some("GraphQLSchemaException")
    );
    assert_eq!(
        answer.json["errors"][0]["message"],
        "No schema definition exists."
    );
    assert_401(&client.graphql(&path, Some(WRONG), PROBE), REFUSED);
}

#[test]
fn get_takes_its_query_from_the_url() {
    let (mut client, path, key) = default();
    let headers = [("x-api-key", key.as_str())];
    let url = format!("{path}?query=query%20%7B__typename%7D");
    assert_eq!(client.answer("GET", &url, &headers, b"").status, 200);
    let answer = client.answer("GET", &path, &headers, b"");
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.text,
        r#"{"errors":[{"message":"Invalid URI format","errorType":"MalformedHttpRequestException"}]}"#
    );
    assert_eq!(client.answer("PUT", &path, &headers, b"").status, 405);
}

#[test]
fn browsers_may_ask() {
    let (mut client, path, _) = default();
    let asked = [
        ("origin", "https://example.com"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type,x-api-key"),
    ];
    let answer = client.answer("OPTIONS", &path, &asked, b"");
    assert_eq!((answer.status, answer.text.as_str()), (200, ""));
    let exposed = "x-amzn-RequestId,x-amzn-ErrorType,x-amz-user-agent,x-amzn-ErrorMessage,Date,\
                   x-amz-schema-version";
    for (name, value) in [
        ("access-control-allow-origin", "*"),
        ("access-control-expose-headers", exposed),
        ("access-control-max-age", "172800"),
        ("access-control-allow-methods", "POST"),
        ("access-control-allow-headers", "content-type,x-api-key"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
}

#[test]
fn the_host_of_aws_leads_to_the_api_too() {
    let (mut client, path, key) = default();
    let label = path.rsplit('/').next().unwrap();
    let host = format!("{label}.appsync-api.eu-west-1.amazonaws.com");
    let headers = [("host", host.as_str()), ("X-API-KEY", key.as_str())];
    let answer = client.answer("POST", "/graphql", &headers, PROBE.as_bytes());
    assert_eq!(answer.status, 200);
}

#[test]
fn no_api_at_the_host_is_neither_401_nor_a_result() {
    let (mut client, path, key) = default();
    let wrong = format!("/graphql/{}", "b".repeat(26));
    assert_eq!(client.probe(&wrong, &key), 404);
    assert_eq!(client.probe(&path, &key), 200);
}

#[test]
fn deep_questions_are_refused_and_not_fatal() {
    let (mut client, path, key) = default();
    for query in [
        "{a".repeat(100_000),
        format!("{{a(b:{}", "[".repeat(100_000)),
    ] {
        let body = json!({ "query": query }).to_string();
        assert_eq!(client.graphql(&path, Some(&key), &body).status, 400);
    }
    let body = format!(r#"{{"query":"{{_}}","variables":{}"#, "[".repeat(100_000));
    assert_eq!(client.graphql(&path, Some(&key), &body).status, 400);
}

#[test]
fn a_fault_strikes_the_data_plane_by_its_name() {
    let (mut client, path, key) = default();
    let rule = r#"{"at":"GraphQL","kind":"unauthorized"}"#;
    client
        .engine
        .faults()
        .arm(serde_json::from_str(rule).unwrap());
    let answer = client.graphql(&path, Some(&key), PROBE);
    assert_eq!(answer.status, 401);
    assert_eq!(client.probe(&path, &key), 200);
}

#[test]
fn no_key_appears_in_the_journal() {
    let (mut client, path, key) = default();
    client.probe(&path, &key);
    client.probe(&path, WRONG);
    let journal = format!("{:?}", client.engine.journal());
    assert!(!journal.contains(&key) && !journal.contains(WRONG));
    assert!(journal.contains("GraphQL"));
}
