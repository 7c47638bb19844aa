//! Every constraint that the model puts on Event APIs and channel namespaces, on both sides.

use serde_json::{Value, json};

use super::client::Client;
use super::event_apis::{config, create_api, path_of};

/// Whether a call is refused, and if so with the code and one of the texts for it.
#[track_caller]
fn is_refused(client: &mut Client, path: &str, body: &Value, text: &str) -> bool {
    let answer = client.call("POST", path, body);
    if answer.status == 200 {
        return false;
    }
    let (status, code, message) = answer.error();
    assert_eq!((status, code), (400, "BadRequestException"), "{body}");
    assert!(message.contains(text), "{message}");
    true
}

fn api(name: &str, contact: Option<&str>) -> Value {
    json!({ "name": name, "ownerContact": contact, "eventConfig": config() })
}

#[test]
fn names_and_contacts_of_apis_are_bounded() {
    let mut client = Client::new();
    let mut refused = |body: &Value, text: &str| is_refused(&mut client, "/v2/apis", body, text);
    let (longest, too_long) = ("n".repeat(50), "n".repeat(51));
    assert!(!refused(&api("n", None), "") && !refused(&api(&longest, None), ""));
    assert!(refused(&api("", None), "greater than or equal to 1"));
    assert!(refused(&api(&too_long, None), "less than or equal to 50"));
    assert!(!refused(&api("aZ09_- ", None), ""));
    assert!(refused(&api("a.b", None), "regular expression"));
    assert!(refused(&api("ü", None), "regular expression"));
    let contact = "c".repeat(250);
    assert!(!refused(&api("n", Some(&contact)), ""));
    assert!(!refused(&api("n", Some("a. B_-9")), "") && !refused(&api("n", Some("")), ""));
    let contact = "c".repeat(251);
    assert!(refused(
        &api("n", Some(&contact)),
        "less than or equal to 250"
    ));
    assert!(refused(&api("n", Some("a@b")), "regular expression"));
    let nothing = json!({});
    assert!(refused(&nothing, "'name'") && refused(&nothing, "'eventConfig'"));
}

#[test]
fn the_lists_of_a_configuration_are_required_and_name_providers() {
    let mut client = Client::new();
    let mut refused = |config: &Value, text: &str| {
        let body = json!({ "name": "n", "eventConfig": config });
        is_refused(&mut client, "/v2/apis", &body, text)
    };
    let lists = [
        "connectionAuthModes",
        "defaultPublishAuthModes",
        "defaultSubscribeAuthModes",
    ];
    for list in lists.into_iter().chain(["authProviders"]) {
        let mut config = config();
        config.as_object_mut().unwrap().remove(list);
        assert!(refused(&config, &format!("'eventConfig.{list}'")), "{list}");
    }
    for list in lists {
        let mut config = config();
        config[list] = json!([{ "authType": "AWS_IAM" }]);
        assert!(refused(&config, list), "{list}");
        config[list] = json!([]);
        assert!(refused(&config, list), "{list}");
        config[list] = json!([{ "authType": "PASSWORD" }]);
        assert!(refused(&config, list), "{list}");
        config[list] = json!([{}]);
        assert!(refused(&config, list), "{list}");
    }
    let mut config = config();
    config["authProviders"] = json!([]);
    assert!(refused(&config, "provider"));
    config["authProviders"] = json!([{ "authType": "API_KEY" }, { "authType": "API_KEY" }]);
    assert!(refused(&config, "only be specified once"));
}

#[test]
fn the_settings_of_providers_and_logs_are_bounded() {
    let mut client = Client::new();
    let mut refused = |providers: Value, log: Value, text: &str| {
        let mut config = config();
        let list = config["authProviders"].as_array_mut().unwrap();
        list.extend(providers.as_array().cloned().unwrap_or_default());
        config["logConfig"] = log;
        let body = json!({ "name": "n", "eventConfig": config });
        is_refused(&mut client, "/v2/apis", &body, text)
    };
    let lambda = |ttl: i64| {
        json!([{ "authType": "AWS_LAMBDA", "lambdaAuthorizerConfig":
            { "authorizerUri": "arn:f", "authorizerResultTtlInSeconds": ttl } }])
    };
    assert!(!refused(lambda(0), Value::Null, "") && !refused(lambda(3600), Value::Null, ""));
    assert!(refused(
        lambda(-1),
        Value::Null,
        "greater than or equal to 0"
    ));
    assert!(refused(
        lambda(3601),
        Value::Null,
        "less than or equal to 3600"
    ));
    let pool = |config: Value| json!([{ "authType": "AMAZON_COGNITO_USER_POOLS", "cognitoConfig": config }]);
    let whole = json!({ "userPoolId": "p", "awsRegion": "r", "appIdClientRegex": ".*" });
    assert!(!refused(pool(whole), Value::Null, ""));
    assert!(refused(
        pool(json!({ "userPoolId": "p" })),
        Value::Null,
        "cognitoConfig"
    ));
    assert!(refused(
        pool(Value::Null),
        Value::Null,
        "requires its configuration"
    ));
    let log = |level: &str| json!({ "logLevel": level, "cloudWatchLogsRoleArn": "arn:r" });
    for level in ["NONE", "ERROR", "ALL", "INFO", "DEBUG"] {
        assert!(!refused(Value::Null, log(level), ""), "{level}");
    }
    assert!(refused(Value::Null, log("LOUD"), "enum value set"));
    let without_role = json!({ "logLevel": "ALL" });
    assert!(refused(Value::Null, without_role, "logConfig"));
}

#[test]
fn namespaces_are_bounded() {
    let mut client = Client::new();
    let made = create_api(&mut client, &Value::Null);
    let path = format!("{}/channelNamespaces", path_of(&made));
    let mut refused = |body: Value, text: &str| is_refused(&mut client, &path, &body, text);
    let named = |name: &str| json!({ "name": name });
    for good in ["a", "Z9", "a-b", &"n".repeat(50)] {
        assert!(!refused(named(good), ""), "{good}");
    }
    assert!(refused(named(""), "greater than or equal to 1"));
    assert!(refused(named(&"n".repeat(51)), "less than or equal to 50"));
    for bad in ["-a", "a-", "-", "a_b", "a b", "ü", "a/b"] {
        assert!(refused(named(bad), "regular expression"), "{bad}");
    }
    assert!(refused(json!({}), "'name'"));
    let coded = |name: &str, code: &str| json!({ "name": name, "codeHandlers": code });
    assert!(!refused(coded("c1", "c"), "") && refused(coded("c2", ""), "codeHandlers"));
    assert!(!refused(coded("c3", &"c".repeat(32_768)), ""));
    assert!(refused(coded("c4", &"c".repeat(32_769)), "codeHandlers"));
    let handled = |name: &str, behavior: &str, kind: &str| {
        let integration = json!({ "dataSourceName": "d", "lambdaConfig": { "invokeType": kind } });
        json!({ "name": name, "handlerConfigs":
            { "onSubscribe": { "behavior": behavior, "integration": integration } } })
    };
    assert!(!refused(handled("h1", "CODE", "EVENT"), ""));
    assert!(!refused(handled("h2", "DIRECT", "REQUEST_RESPONSE"), ""));
    assert!(refused(
        handled("h3", "MAYBE", "EVENT"),
        "handlerConfigs.behavior"
    ));
    assert!(refused(handled("h4", "CODE", "LATER"), "invokeType"));
    let moded = |name: &str, mode: &str| json!({ "name": name, "publishAuthModes": [{ "authType": mode }] });
    assert!(!refused(moded("m1", "API_KEY"), ""));
    assert!(refused(moded("m2", "AWS_IAM"), "publishAuthModes"));
    assert!(refused(
        json!({ "name": "m3", "subscribeAuthModes": [] }),
        "subscribeAuthModes"
    ));
    let tagged = |name: &str, key: &str| json!({ "name": name, "tags": { key: "v" } });
    assert!(!refused(tagged("t1", "k"), "") && refused(tagged("t2", "aws:k"), "tags"));
}

#[test]
fn names_in_paths_tags_and_pages_are_bounded_too() {
    let mut client = Client::new();
    let made = create_api(&mut client, &Value::Null);
    let bad = format!("{}/channelNamespaces/a_b", path_of(&made));
    for (method, body) in [
        ("GET", Value::Null),
        ("POST", json!({})),
        ("DELETE", Value::Null),
    ] {
        let answer = client.call(method, &bad, &body);
        assert_eq!(answer.error().0, 400, "{method}");
        assert!(answer.error().2.contains("'name'"), "{method}");
    }
    for path in [
        "/v2/apis".to_owned(),
        format!("{}/channelNamespaces", path_of(&made)),
    ] {
        let mut status = |query: &str| {
            client
                .call("GET", &format!("{path}?{query}"), &Value::Null)
                .status
        };
        assert_eq!(
            (status("maxResults=0"), status("maxResults=25")),
            (200, 200)
        );
        assert_eq!(
            (status("maxResults=-1"), status("maxResults=26")),
            (400, 400)
        );
        assert_eq!(
            (status("nextToken=x"), status("maxResults=ten")),
            (400, 400)
        );
    }
    let mut body = api("n", None);
    body["tags"] = json!({});
    assert!(is_refused(&mut client, "/v2/apis", &body, "tags"));
    let tags: serde_json::Map<_, _> = (0..51).map(|n| (n.to_string(), json!(""))).collect();
    body["tags"] = Value::Object(tags);
    assert!(is_refused(&mut client, "/v2/apis", &body, "tags"));
    let update = json!({ "name": "", "eventConfig": config() });
    assert!(is_refused(&mut client, &path_of(&made), &update, "'name'"));
    let update = json!({ "name": "n" });
    assert!(is_refused(
        &mut client,
        &path_of(&made),
        &update,
        "'eventConfig'"
    ));
}
