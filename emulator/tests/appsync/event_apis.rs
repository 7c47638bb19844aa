//! Event APIs, their channel namespaces, their tags and their keys.

use serde_json::{Value, json};

use keywheel_emulator::state::appsync::AppSyncSettings;

use super::client::{AUTHORITY, Client, keys_of, signed, text};

/// A configuration in which keys open everything.
pub(crate) fn config() -> Value {
    let modes = json!([{ "authType": "API_KEY" }]);
    json!({
        "authProviders": [{ "authType": "API_KEY" }],
        "connectionAuthModes": modes,
        "defaultPublishAuthModes": modes,
        "defaultSubscribeAuthModes": modes,
    })
}

/// Makes an Event API and returns it.
#[track_caller]
pub(crate) fn create_api(client: &mut Client, attributes: &Value) -> Value {
    let mut body = json!({ "name": "events", "eventConfig": config() });
    let members = body.as_object_mut().unwrap();
    members.extend(attributes.as_object().cloned().unwrap_or_default());
    client.call("POST", "/v2/apis", &body).ok()["api"].clone()
}

pub(crate) fn path_of(api: &Value) -> String {
    format!("/v2/apis/{}", text(&api["apiId"]))
}

/// Makes a channel namespace.
#[track_caller]
pub(crate) fn create_namespace(client: &mut Client, api: &Value, body: &Value) -> Value {
    let path = format!("{}/channelNamespaces", path_of(api));
    client.call("POST", &path, body).ok()["channelNamespace"].clone()
}

#[test]
fn create_api_and_get_api_tell_where_it_answers() {
    let mut client = Client::new();
    let api = create_api(
        &mut client,
        &json!({ "ownerContact": "me", "tags": { "a": "1" } }),
    );
    let id = text(&api["apiId"]);
    assert_eq!(id.len(), 26);
    let arn = format!("arn:aws:appsync:eu-west-1:000000000000:apis/{id}");
    assert_eq!(api["apiArn"], arn);
    let domain = text(&api["dns"]["HTTP"]);
    let label = domain.strip_prefix(&format!("{AUTHORITY}/")).unwrap();
    assert_eq!(label.len(), 26);
    assert_ne!(label, id, "the label is no id");
    assert_eq!(api["dns"]["REALTIME"], api["dns"]["HTTP"]);
    assert_eq!(api["created"], client.now.as_seconds_f64());
    assert_eq!(api["xrayEnabled"], false);
    assert_eq!(
        (&api["name"], &api["ownerContact"], &api["tags"]),
        (&json!("events"), &json!("me"), &json!({ "a": "1" }))
    );
    assert_eq!(api["eventConfig"], config());
    let got = client.call("GET", &path_of(&api), &Value::Null).ok();
    assert_eq!(got["api"], api, "GetApi shows what CreateApi answered");
}

#[test]
fn update_api_replaces_and_keeps_tags_and_domain() {
    let mut client = Client::new();
    let api = create_api(
        &mut client,
        &json!({ "ownerContact": "me", "tags": { "a": "1" } }),
    );
    let mut wider = config();
    wider["authProviders"] = json!([
        { "authType": "AMAZON_COGNITO_USER_POOLS",
          "cognitoConfig": { "userPoolId": "p", "awsRegion": "eu-west-1" } },
        { "authType": "AWS_LAMBDA", "lambdaAuthorizerConfig":
          { "authorizerUri": "arn:f", "authorizerResultTtlInSeconds": 3600 } },
        { "authType": "OPENID_CONNECT", "openIDConnectConfig": { "issuer": "https://i" } },
        { "authType": "AWS_IAM" },
        { "authType": "API_KEY" },
    ]);
    wider["logConfig"] = json!({ "logLevel": "ALL", "cloudWatchLogsRoleArn": "arn:r" });
    let body = json!({ "name": "renamed", "eventConfig": wider });
    let updated = client.call("POST", &path_of(&api), &body).ok()["api"].clone();
    assert_eq!(updated["name"], "renamed");
    assert!(updated.get("ownerContact").is_none());
    assert_eq!(updated["eventConfig"], wider);
    assert_eq!(
        (&updated["tags"], &updated["dns"], &updated["created"]),
        (&api["tags"], &api["dns"], &api["created"])
    );
}

#[test]
fn list_apis_pages_and_delete_api_takes_keys_along() {
    let mut client = Client::new();
    let apis: Vec<Value> = (0..3)
        .map(|_| create_api(&mut client, &Value::Null))
        .collect();
    client.create_api(&Value::Null);
    let page = client
        .call("GET", "/v2/apis?maxResults=2", &Value::Null)
        .ok();
    let next = text(&page["nextToken"]);
    let rest = client
        .call("GET", &format!("/v2/apis?nextToken={next}"), &Value::Null)
        .ok();
    let count = |page: &Value| page["apis"].as_array().unwrap().len();
    assert_eq!(
        (count(&page), count(&rest)),
        (2, 1),
        "ListApis shows no GraphQL APIs"
    );
    let id = text(&apis[0]["apiId"]);
    client.create_key(&id, &json!({}));
    let answer = client.call("DELETE", &path_of(&apis[0]), &Value::Null);
    assert_eq!((answer.status, answer.text.as_str()), (200, "{}"));
    assert_eq!(client.call("GET", &keys_of(&id), &Value::Null).status, 404);
    let gone = client.call("DELETE", &path_of(&apis[0]), &Value::Null);
    let message = format!("API {id} not found.");
    assert_eq!(gone.error(), (404, "NotFoundException", message.as_str()));
    client.authorization = signed("AKIDEXAMPLE", "us-east-1");
    let elsewhere = client.call("GET", "/v2/apis", &Value::Null).ok();
    assert_eq!(elsewhere["apis"], json!([]));
}

#[test]
fn keys_and_tags_go_by_the_paths_of_version_one() {
    let mut client = Client::new();
    let api = create_api(&mut client, &Value::Null);
    let keys = keys_of(&text(&api["apiId"]));
    let key = text(&client.create_key(&text(&api["apiId"]), &json!({}))["id"]);
    let body = json!({ "description": "mine" });
    client.call("POST", &format!("{keys}/{key}"), &body).ok();
    let listed = client.call("GET", &keys, &Value::Null).ok();
    assert_eq!(listed["apiKeys"][0]["description"], "mine");
    let path = format!("{keys}/{key}");
    client.call("DELETE", &path, &Value::Null).ok();
    let again = client.call("DELETE", &path, &Value::Null);
    let message = format!("API key not found: {key}");
    assert_eq!(again.error(), (404, "NotFoundException", message.as_str()));
    let arn = text(&api["apiArn"]).replace(':', "%3A").replace('/', "%2F");
    let path = format!("/v1/tags/{arn}");
    client
        .call("POST", &path, &json!({ "tags": { "a": "2" } }))
        .ok();
    let got = client.call("GET", &path_of(&api), &Value::Null).ok();
    assert_eq!(got["api"]["tags"], json!({ "a": "2" }));
    client
        .call("DELETE", &format!("{path}?tagKeys=a"), &Value::Null)
        .ok();
    let tags = client.call("GET", &path, &Value::Null).ok();
    assert_eq!(tags["tags"], json!({}));
}

#[test]
fn channel_namespaces_are_made_shown_changed_listed_and_deleted() {
    // CreateChannelNamespace, GetChannelNamespace, UpdateChannelNamespace, ListChannelNamespaces
    // and DeleteChannelNamespace, in this order.
    let mut client = Client::new();
    let api = create_api(&mut client, &Value::Null);
    let handlers = json!({ "onPublish": { "behavior": "DIRECT", "integration":
        { "dataSourceName": "f", "lambdaConfig": { "invokeType": "EVENT" } } } });
    let body = json!({
        "name": "chat-1", "publishAuthModes": [{ "authType": "API_KEY" }],
        "codeHandlers": "export const x = 1", "tags": { "a": "1" }, "handlerConfigs": handlers,
    });
    let made = create_namespace(&mut client, &api, &body);
    let arn = format!("{}/channelNamespace/chat-1", text(&api["apiArn"]));
    assert_eq!(
        (&made["channelNamespaceArn"], &made["apiId"]),
        (&json!(arn), &api["apiId"])
    );
    for member in [
        "name",
        "publishAuthModes",
        "codeHandlers",
        "tags",
        "handlerConfigs",
    ] {
        assert_eq!(made[member], body[member], "{member}");
    }
    assert!(made.get("subscribeAuthModes").is_none());
    assert_eq!(
        (&made["created"], &made["lastModified"]),
        (&api["created"], &api["created"])
    );
    let path = format!("{}/channelNamespaces/chat-1", path_of(&api));
    let got = client.call("GET", &path, &Value::Null).ok();
    assert_eq!(got["channelNamespace"], made, "GetChannelNamespace");
    client.now = client.now.plus_millis(1000);
    let updated = client.call("POST", &path, &json!({})).ok()["channelNamespace"].clone();
    assert!(updated.get("codeHandlers").is_none() && updated.get("handlerConfigs").is_none());
    assert_eq!(
        (&updated["created"], &updated["tags"]),
        (&made["created"], &made["tags"])
    );
    assert_eq!(updated["lastModified"], client.now.as_seconds_f64());
    create_namespace(&mut client, &api, &json!({ "name": "b" }));
    let page = format!("{}/channelNamespaces?maxResults=1", path_of(&api));
    let page = client.call("GET", &page, &Value::Null).ok();
    assert_eq!(page["channelNamespaces"].as_array().unwrap().len(), 1);
    assert!(page["nextToken"].is_string());
    let answer = client.call("DELETE", &path, &Value::Null);
    assert_eq!((answer.status, answer.text.as_str()), (200, "{}"));
    let not_found = (
        404,
        "NotFoundException",
        "Channel namespace chat-1 not found.",
    );
    for (method, body) in [
        ("GET", Value::Null),
        ("POST", json!({})),
        ("DELETE", Value::Null),
    ] {
        assert_eq!(
            client.call(method, &path, &body).error(),
            not_found,
            "{method}"
        );
    }
}

#[test]
fn a_second_namespace_of_a_name_is_a_conflict_and_quotas_are_402() {
    let mut settings = AppSyncSettings::default();
    settings.events.apis_max = 1;
    settings.events.namespaces_max = 1;
    let mut client = Client::with(settings);
    let api = create_api(&mut client, &Value::Null);
    let quota = (
        402,
        "ServiceQuotaExceededException",
        "The operation exceeded the service quota for this resource.",
    );
    let body = json!({ "name": "events", "eventConfig": config() });
    assert_eq!(client.call("POST", "/v2/apis", &body).error(), quota);
    create_namespace(&mut client, &api, &json!({ "name": "a" }));
    let path = format!("{}/channelNamespaces", path_of(&api));
    let again = client.call("POST", &path, &json!({ "name": "a" }));
    let message = "Channel namespace a already exists.";
    assert_eq!(again.error(), (409, "ConflictException", message));
    assert_eq!(
        client.call("POST", &path, &json!({ "name": "b" })).error(),
        quota
    );
}

#[test]
fn a_graphql_api_is_no_event_api_and_the_other_way_round() {
    let mut client = Client::new();
    let (events, graphql) = (create_api(&mut client, &Value::Null), client.api_id());
    let id = text(&events["apiId"]);
    assert_eq!(
        client
            .call("GET", &format!("/v1/apis/{id}"), &Value::Null)
            .status,
        404
    );
    let missing = client.call("GET", &format!("/v2/apis/{graphql}"), &Value::Null);
    assert_eq!(missing.status, 404);
    let namespaces = format!("/v2/apis/{graphql}/channelNamespaces");
    assert_eq!(client.call("GET", &namespaces, &Value::Null).status, 404);
    assert_eq!(
        client
            .call("POST", &namespaces, &json!({ "name": "a" }))
            .status,
        404
    );
}
