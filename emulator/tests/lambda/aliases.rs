//! Aliases: names for versions, and invocations shared between two of them.

use keywheel_clients::{Test, tests};
use keywheel_emulator::wire::request::Ending;
use serde_json::{Value, json};

use crate::archive::zip_file;
use crate::client::{Client, signed};

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [] aliases_are_listed_changed_and_deleted,
        [] bad_routing_is_refused_as_recorded,
        [] an_alias_with_a_weight_shares_its_invocations,
    ]
}

/// A function with two versions.
fn client() -> Client {
    let mut client = Client::new();
    client.create("f");
    client.call("POST", "/f/versions", &json!({})).ok();
    let code = json!({ "ZipFile": zip_file(&[("index.py", b"other")]) });
    client.call("PUT", "/f/code", &code).ok();
    client.call("POST", "/f/versions", &json!({})).ok();
    client
}

fn alias(name: &str, version: &str, weights: Value) -> Value {
    let routing = json!({ "AdditionalVersionWeights": weights });
    json!({ "Name": name, "FunctionVersion": version, "RoutingConfig": routing })
}

fn aliases_are_listed_changed_and_deleted() {
    let mut client = client();
    let created = client.call("POST", "/f/aliases", &alias("a", "1", json!({ "2": 0.2 })));
    let created = created.ok();
    let weights = json!({ "AdditionalVersionWeights": { "2": 0.2 } });
    assert_eq!(created["RoutingConfig"], weights);
    client
        .call("POST", "/f/aliases", &alias("b", "2", json!({})))
        .ok();
    // ListAliases
    let names = |client: &mut Client, query: &str| -> Vec<String> {
        let listed = client
            .call("GET", &format!("/f/aliases{query}"), &Value::Null)
            .ok();
        let listed = listed["Aliases"].as_array().unwrap();
        listed
            .iter()
            .map(|it| it["Name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(&mut client, ""), ["a", "b"]);
    assert_eq!(names(&mut client, "?FunctionVersion=2"), ["b"]);
    assert_eq!(names(&mut client, "?MaxItems=1"), ["a"]);
    assert_eq!(names(&mut client, "?Marker=1"), ["b"]);
    // UpdateAlias: what is not given stays; routing that is empty is none.
    let described = json!({ "Description": "new" });
    let updated = client.call("PUT", "/f/aliases/a", &described).ok();
    assert_eq!(updated["RoutingConfig"], weights);
    assert_ne!(updated["RevisionId"], created["RevisionId"]);
    let plain = json!({ "RoutingConfig": {}, "FunctionVersion": "2" });
    let updated = client.call("PUT", "/f/aliases/a", &plain).ok();
    assert!(updated.get("RoutingConfig").is_none());
    assert_eq!(
        (&updated["FunctionVersion"], &updated["Description"]),
        (&json!("2"), &json!("new"))
    );
    let stale = json!({ "Description": "x", "RevisionId": created["RevisionId"] });
    let refused = client.call("PUT", "/f/aliases/a", &stale);
    assert_eq!(refused.error().1, "PreconditionFailedException");
    let missing = client.call("PUT", "/f/aliases/none", &described);
    let arn = "arn:aws:lambda:us-east-1:000000000000:function:f:none";
    assert_eq!(missing.error().2, format!("Alias not found: {arn}"));
    // DeleteAlias: one that is not there is gone already.
    for _ in 0..2 {
        assert_eq!(
            client.call("DELETE", "/f/aliases/a", &Value::Null).status,
            204
        );
    }
    assert_eq!(names(&mut client, ""), ["b"]);
}

fn bad_routing_is_refused_as_recorded() {
    let mut client = client();
    let not_found = "Function not found: arn:aws:lambda:us-east-1:000000000000:function";
    let values = "1 validation error detected: Value '{2=2.0}' at \
                  'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map value \
                  must satisfy constraint: [Member must have value less than or equal to 1.0, \
                  Member must have value greater than or equal to 0.0, Member must not be null]";
    for (version, weights, message) in [
        (
            "1",
            json!({ "1": 0.1, "2": 0.1 }),
            "Number of items in AdditionalVersionWeights cannot be greater than 1".to_owned(),
        ),
        ("1", json!({ "2": 2.0 }), values.to_owned()),
        (
            "1",
            json!({ "1": 0.5 }),
            "Invalid function version 1. Function version 1 is already included in routing \
             configuration."
                .to_owned(),
        ),
        (
            "$LATEST",
            json!({ "1": 0.5 }),
            "$LATEST is not supported for an alias pointing to more than 1 version".to_owned(),
        ),
        ("10", json!({}), format!("{not_found}:f:10")),
        ("1", json!({ "10": 0.5 }), format!("{not_found}:f:10")),
    ] {
        let refused = client.call("POST", "/f/aliases", &alias("x", version, weights.clone()));
        assert_eq!(refused.error().2, message, "{version} {weights}");
    }
    let latest = client.call(
        "POST",
        "/f/aliases",
        &alias("x", "1", json!({ "$LATEST": 0.5 })),
    );
    assert!(
        latest
            .error()
            .2
            .contains("Map keys must satisfy constraint"),
        "{latest:?}"
    );
    let missing = client.call("POST", "/g/aliases", &alias("x", "1", json!({})));
    assert_eq!(missing.error().2, format!("{not_found}:g:1"));
    let number = client.call("POST", "/f/aliases", &alias("2024", "1", json!({})));
    assert!(number.error().2.contains("(?!^[0-9]+$)"), "{number:?}");
}

fn an_alias_with_a_weight_shares_its_invocations() {
    let mut client = client();
    client
        .call("POST", "/f/aliases", &alias("a", "1", json!({ "2": 0.3 })))
        .ok();
    let mut run = |path: &str| {
        let signature = signed("lambda");
        let headers = [("authorization", signature.as_str())];
        let path = format!("/2015-03-31/functions/{path}/invocations");
        let Ending::Run(call) = client.send("POST", &path, &headers, b"{}") else {
            panic!("nothing is to be run");
        };
        call.deployment.version
    };
    let second = (0..1000).filter(|_| run("f:a") == "2").count();
    assert!((230..370).contains(&second), "{second} of 1000");
    assert_eq!(run("f:1"), "1");
}
