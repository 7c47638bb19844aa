//! What the built-in schema says about itself: as little as tools need to see that it is one.

use std::sync::LazyLock;

use serde_json::{Value, json};

/// The schema.
pub(super) fn schema() -> &'static Value {
    static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
        json!({
            "__typename": "__Schema",
            "description": null,
            "queryType": query_type(),
            "mutationType": null,
            "subscriptionType": null,
            "types": [query_type(), string()],
            "directives": [],
        })
    });
    &SCHEMA
}

/// The type of a name.
pub(super) fn type_named(name: &str) -> &'static Value {
    let types = schema()["types"].as_array().into_iter().flatten();
    let mut found = types.filter(|known| known["name"] == name);
    found.next().unwrap_or(&Value::Null)
}

fn query_type() -> Value {
    json!({
        "__typename": "__Type",
        "kind": "OBJECT",
        "name": "Query",
        "description": null,
        "fields": [{
            "__typename": "__Field",
            "name": "_",
            "description": null,
            "args": [],
            "type": string(),
            "isDeprecated": false,
            "deprecationReason": null,
        }],
        "interfaces": [],
        "possibleTypes": null,
        "enumValues": null,
        "inputFields": null,
        "ofType": null,
    })
}

fn string() -> Value {
    json!({
        "__typename": "__Type",
        "kind": "SCALAR",
        "name": "String",
        "description": "Built-in String",
        "fields": null,
        "interfaces": null,
        "possibleTypes": null,
        "enumValues": null,
        "inputFields": null,
        "ofType": null,
    })
}
