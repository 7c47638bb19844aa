//! The schema of an API, asked for in the data plane and in the control plane.

use keywheel_emulator::state::appsync::AppSyncSettings;
use serde_json::{Value, json};

use super::client::Client;
use super::schemas::{SCHEMA, ask, create_schema, data, ready, status, with_schema};

#[test]
fn the_schema_can_be_asked_for_in_the_data_plane() {
    let (mut client, path, key) = ready();
    let query = "{ __schema { queryType { ...T } directives { name } } \
                 __type(name: \"State\") { enumValues { name } } } fragment T on __Type { name }";
    let answer = data(&mut client, &path, &key, query);
    assert_eq!(answer["__schema"]["queryType"]["name"], "Query");
    assert_eq!(
        answer["__type"]["enumValues"],
        json!([{ "name": "OPEN" }, { "name": "DONE" }])
    );
    let directives = answer["__schema"]["directives"].to_string();
    for name in ["aws_api_key", "aws_subscribe", "skip", "deprecated"] {
        assert!(directives.contains(name), "{directives}");
    }
}

#[test]
fn too_much_introspection_is_refused() {
    let (mut client, path, key) = ready();
    let names = (0..3_000)
        .map(|n| format!("b{n}:name "))
        .collect::<String>();
    let wide = (0..200)
        .map(|n| format!("a{n}:types{{...T}}"))
        .collect::<String>();
    let bomb = format!("{{__schema{{{wide}}}}} fragment T on __Type{{{names}}}");
    let deep = "{__schema{types{fields{type{fields{type{fields{type{name}}}}}}}}}".to_owned();
    for query in [bomb, deep] {
        let answer = ask(&mut client, &path, &key, &query);
        assert_eq!(
            answer.json["errors"][0]["message"],
            "Introspection asks for too much."
        );
    }
}

#[test]
fn get_introspection_schema_gives_sdl_with_and_without_directives() {
    let (mut client, id, ..) = with_schema(AppSyncSettings::default(), &json!({}), SCHEMA);
    let path = format!("/v1/apis/{id}/schema?format=SDL");
    let with = client.call("GET", &path, &Value::Null);
    assert_eq!(with.status, 200);
    for part in [
        "type Todo implements Node",
        "@aws_subscribe(mutations: [\"createTodo\"])",
    ] {
        assert!(with.text.contains(part), "{}", with.text);
    }
    assert!(!with.text.contains("scalar AWS") && !with.text.contains("directive @"));
    let without = format!("{path}&includeDirectives=false");
    let without = client.call("GET", &without, &Value::Null);
    assert!(!without.text.contains("@aws") && without.text.contains("onCreateTodo"));
    create_schema(&mut client, &id, &with.text);
    assert_eq!(status(&mut client, &id), json!({ "status": "SUCCESS" }));
}

#[test]
fn get_introspection_schema_gives_the_answer_to_the_standard_question() {
    // GetIntrospectionSchema
    let (mut client, id, ..) = with_schema(AppSyncSettings::default(), &json!({}), SCHEMA);
    let path = format!("/v1/apis/{id}/schema?format=JSON");
    let answer = client.call("GET", &path, &Value::Null).ok();
    let schema = &answer["data"]["__schema"];
    assert_eq!(schema["mutationType"]["name"], "Mutation");
    let types = schema["types"].as_array().unwrap();
    let todo = types.iter().find(|known| known["name"] == "Todo").unwrap();
    assert_eq!(todo["fields"][0]["type"]["kind"], "NON_NULL");
}

#[test]
fn get_introspection_schema_needs_a_schema_and_a_form() {
    let mut client = Client::new();
    let id = client.api_id();
    let mut get = |query: &str| {
        let path = format!("/v1/apis/{id}/schema{query}");
        let answer = client.call("GET", &path, &Value::Null);
        (answer.status, answer.error().1.to_owned())
    };
    let missing = (400, "GraphQLSchemaException".to_owned());
    assert_eq!(get("?format=SDL"), missing);
    for query in [
        "",
        "?format=XML",
        "?format=sdl",
        "?format=SDL&includeDirectives=yes",
    ] {
        assert_eq!(
            get(query),
            (400, "BadRequestException".to_owned()),
            "{query}"
        );
    }
}
