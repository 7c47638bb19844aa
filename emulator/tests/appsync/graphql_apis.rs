//! GraphQL APIs, their schema and their tags.

use serde_json::{Value, json};

use super::client::{AUTHORITY, Client, graphql_path, keys_of, signed, text};

#[test]
fn a_new_api_has_two_names_and_tells_where_it_answers() {
    let mut client = Client::new();
    let api = client.create_api(&json!({ "tags": { "team": "a" } }));
    let id = text(&api["apiId"]);
    assert_eq!(
        api["arn"],
        format!("arn:aws:appsync:eu-west-1:000000000000:apis/{id}")
    );
    assert_eq!(api["owner"], "000000000000");
    let url = text(&api["uris"]["GRAPHQL"]);
    let label = url
        .strip_prefix(&format!("http://{AUTHORITY}/graphql/"))
        .unwrap();
    assert_ne!(label, id);
    assert_eq!(
        text(&api["dns"]["GRAPHQL"]),
        format!("{label}.appsync-api.eu-west-1.amazonaws.com")
    );
    assert_eq!(
        api["uris"]["REALTIME"],
        format!("ws://{AUTHORITY}/graphql/{label}/realtime")
    );
    assert!(api["dns"]["REALTIME"].is_string());
    assert_eq!(api["tags"], json!({ "team": "a" }));
    assert_eq!(api["xrayEnabled"], false);
    assert_eq!(
        (&api["visibility"], &api["apiType"]),
        (&json!("GLOBAL"), &json!("GRAPHQL"))
    );
    assert_eq!(
        client
            .call("GET", &format!("/v1/apis/{id}"), &Value::Null)
            .ok()["graphqlApi"],
        api
    );
}

#[test]
fn an_update_replaces_and_keeps_type_and_visibility() {
    let mut client = Client::new();
    let api = client.create_api(&json!({ "visibility": "PRIVATE", "ownerContact": "me" }));
    let path = format!("/v1/apis/{}", text(&api["apiId"]));
    let body = json!({
        "name": "renamed",
        "authenticationType": "AMAZON_COGNITO_USER_POOLS",
        "userPoolConfig":
            { "userPoolId": "p", "awsRegion": "eu-west-1", "defaultAction": "ALLOW" },
        "additionalAuthenticationProviders": [{ "authenticationType": "API_KEY" }],
        "visibility": "GLOBAL",
    });
    let updated = client.call("POST", &path, &body).ok()["graphqlApi"].clone();
    assert_eq!(updated["name"], "renamed");
    assert_eq!(updated["visibility"], "PRIVATE");
    assert!(
        updated.get("ownerContact").is_none(),
        "what is not sent is reset"
    );
    assert_eq!(updated["userPoolConfig"], body["userPoolConfig"]);
    assert_eq!(
        updated["additionalAuthenticationProviders"],
        json!([{ "authenticationType": "API_KEY" }])
    );
    assert_eq!(
        (&updated["apiId"], &updated["uris"]),
        (&api["apiId"], &api["uris"])
    );
}

#[test]
fn a_deleted_api_answers_nowhere_and_its_keys_are_gone() {
    let mut client = Client::new();
    let api = client.create_api(&json!({}));
    let id = text(&api["apiId"]);
    let key = text(&client.create_key(&id, &json!({}))["id"]);
    let answer = client.call("DELETE", &format!("/v1/apis/{id}"), &Value::Null);
    assert_eq!((answer.status, answer.text.as_str()), (200, "{}"));
    assert_eq!(client.probe(&graphql_path(&api), &key), 404);
    assert_eq!(client.call("GET", &keys_of(&id), &Value::Null).status, 404);
    assert_eq!(
        client
            .call("DELETE", &format!("/v1/apis/{id}"), &Value::Null)
            .status,
        404
    );
}

#[test]
fn apis_are_listed_by_type_and_owner_within_their_partition() {
    let mut client = Client::new();
    for n in 0..3 {
        client.create_api(&json!({ "name": format!("a{n}") }));
    }
    client.create_api(&json!({ "apiType": "MERGED" }));
    let mut count = |query: &str| {
        let page = client
            .call("GET", &format!("/v1/apis{query}"), &Value::Null)
            .ok();
        (
            page["graphqlApis"].as_array().unwrap().len(),
            page.get("nextToken").is_some(),
        )
    };
    assert_eq!(count(""), (4, false));
    assert_eq!(count("?maxResults=3"), (3, true));
    assert_eq!(count("?apiType=MERGED"), (1, false));
    assert_eq!(count("?apiType=GRAPHQL&owner=CURRENT_ACCOUNT"), (3, false));
    assert_eq!(count("?owner=OTHER_ACCOUNTS"), (0, false));
    for authorization in [
        signed("AKIDEXAMPLE", "us-east-1"),
        signed("111122223333", "eu-west-1"),
    ] {
        client.authorization = authorization;
        assert_eq!(
            client.call("GET", "/v1/apis", &Value::Null).ok()["graphqlApis"],
            json!([])
        );
    }
}

#[test]
fn a_schema_is_created_and_locks_keys_meanwhile() {
    let mut client = Client::new();
    client.engine.world().settings.appsync.schema_creation_ms = 30_000;
    let api = client.api_id();
    let path = format!("/v1/apis/{api}/schemacreation");
    assert_eq!(
        client.call("GET", &path, &Value::Null).ok()["status"],
        "NOT_APPLICABLE"
    );
    let schema = json!({ "definition": "dHlwZSBRdWVyeSB7IGE6IEludCB9" });
    assert_eq!(
        client.call("POST", &path, &schema).ok()["status"],
        "PROCESSING"
    );
    assert_eq!(client.call("POST", &path, &schema).error().0, 409);
    client.now = client.now.plus_millis(29_999);
    assert_eq!(
        client.call("POST", &keys_of(&api), &json!({})).error().0,
        409
    );
    client.now = client.now.plus_millis(1);
    assert_eq!(
        client.call("GET", &path, &Value::Null).ok()["status"],
        "SUCCESS"
    );
    client.create_key(&api, &json!({}));
}

#[test]
fn tags_come_and_go() {
    let mut client = Client::new();
    let api = client.create_api(&json!({ "tags": { "a": "1" } }));
    let path = format!(
        "/v1/tags/{}",
        text(&api["arn"]).replace(':', "%3A").replace('/', "%2F")
    );
    let answer = client.call("POST", &path, &json!({ "tags": { "a": "2", "b": "" } }));
    assert_eq!((answer.status, answer.text.as_str()), (200, "{}"));
    let tags = |client: &mut Client| client.call("GET", &path, &Value::Null).ok()["tags"].clone();
    assert_eq!(tags(&mut client), json!({ "a": "2", "b": "" }));
    client
        .call(
            "DELETE",
            &format!("{path}?tagKeys=a&tagKeys=c"),
            &Value::Null,
        )
        .ok();
    assert_eq!(tags(&mut client), json!({ "b": "" }));
}
