//! Schemas that were created, and what the data plane answers by them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keywheel_emulator::state::appsync::AppSyncSettings;
use keywheel_emulator::state::appsync::settings::FieldValues;
use serde_json::{Value, json};

use super::client::{Answer, Client, graphql_path, text};

pub(super) const SCHEMA: &str = r#"
    type Query {
        getTodo(id: ID!): Todo
        listTodos(filter: Filter, limit: Int, nextToken: String): TodoConnection
        node: Node
        anything: [Anything!]!
    }
    type Mutation { createTodo(input: CreateTodoInput!): Todo }
    type Subscription { onCreateTodo: Todo @aws_subscribe(mutations: ["createTodo"]) }
    type Todo implements Node {
        id: ID!
        title: String!
        state: State
        at: AWSDateTime
        day: AWSDate
        seconds: AWSTimestamp
        score: Float
        count: Int
        isDone: Boolean
        meta: AWSJSON
        color: Color
        tags: [String!]
        parent: Todo
    }
    type Note implements Node { id: ID! text: String }
    interface Node { id: ID! }
    union Anything = Todo | Note
    enum State { OPEN DONE }
    scalar Color
    type TodoConnection { items: [Todo] nextToken: String }
    input Filter { state: State }
    input CreateTodoInput { title: String! state: State score: Float }
"#;

/// A client with an API that has a schema and a key: the client, the API's id, the path, the key.
pub(super) fn with_schema(
    settings: AppSyncSettings,
    attributes: &Value,
    schema: &str,
) -> (Client, String, String, String) {
    let mut client = Client::with(settings);
    let api = client.create_api(attributes);
    let id = text(&api["apiId"]);
    create_schema(&mut client, &id, schema);
    let key = client.create_key(&id, &json!({}));
    (client, id, graphql_path(&api), text(&key["id"]))
}

pub(super) fn create_schema(client: &mut Client, api: &str, schema: &str) {
    let path = format!("/v1/apis/{api}/schemacreation");
    let body = json!({ "definition": STANDARD.encode(schema) });
    let answer = client.call("POST", &path, &body).ok();
    assert_eq!(answer, json!({ "status": "PROCESSING" }));
}

pub(super) fn status(client: &mut Client, api: &str) -> Value {
    let path = format!("/v1/apis/{api}/schemacreation");
    client.call("GET", &path, &Value::Null).ok()
}

pub(super) fn ready() -> (Client, String, String) {
    let (client, _, path, key) = with_schema(AppSyncSettings::default(), &json!({}), SCHEMA);
    (client, path, key)
}

pub(super) fn ask(client: &mut Client, path: &str, key: &str, query: &str) -> Answer {
    let body = json!({ "query": query }).to_string();
    let answer = client.graphql(path, Some(key), &body);
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer
}

#[track_caller]
pub(super) fn data(client: &mut Client, path: &str, key: &str, query: &str) -> Value {
    let answer = ask(client, path, key, query);
    assert_eq!(answer.json.get("errors"), None, "{query}: {}", answer.text);
    answer.json["data"].clone()
}

#[test]
fn a_bad_schema_fails_with_details_and_leaves_the_old_one() {
    let settings = AppSyncSettings {
        schema_creation_ms: 1_000,
        ..AppSyncSettings::default()
    };
    let mut client = Client::with(settings);
    let api = client.create_api(&json!({}));
    let (id, path) = (text(&api["apiId"]), graphql_path(&api));
    assert_eq!(
        status(&mut client, &id),
        json!({ "status": "NOT_APPLICABLE" })
    );
    create_schema(&mut client, &id, "type Query { a: Int }");
    assert_eq!(status(&mut client, &id), json!({ "status": "PROCESSING" }));
    client.now = client.now.plus_millis(1_000);
    assert_eq!(status(&mut client, &id), json!({ "status": "SUCCESS" }));
    create_schema(&mut client, &id, "type Query { a: Date }");
    client.now = client.now.plus_millis(1_000);
    let details = "Found 1 problem(s) with the schema:\nThe field type 'Date' is not present when \
                   resolving type 'Query' [@1:1]";
    assert_eq!(
        status(&mut client, &id),
        json!({ "status": "FAILED", "details": details })
    );
    let key = text(&client.create_key(&id, &json!({}))["id"]);
    assert_eq!(data(&mut client, &path, &key, "{a}"), json!({ "a": 1 }));
}

#[test]
fn a_schema_that_is_being_created_is_not_in_force_yet() {
    let (mut client, id, path, key) = with_schema(
        AppSyncSettings::default(),
        &json!({}),
        "type Query { a: Int }",
    );
    client.engine.world().settings.appsync.schema_creation_ms = 1_000;
    create_schema(&mut client, &id, "type Query { b: Int }");
    assert_eq!(data(&mut client, &path, &key, "{a}"), json!({ "a": 1 }));
    client.now = client.now.plus_millis(1_000);
    assert_eq!(data(&mut client, &path, &key, "{b}"), json!({ "b": 1 }));
}

#[test]
fn fields_hold_values_of_their_types() {
    let (mut client, path, key) = ready();
    let query = "{ getTodo(id: \"7\") { __typename id title state at day seconds score count \
                 isDone meta color tags parent { id title } } }";
    assert_eq!(
        data(&mut client, &path, &key, query)["getTodo"],
        json!({
            "__typename": "Todo", "id": "7", "title": "title", "state": "OPEN",
            "at": "2026-11-22T10:30:00.000Z", "day": "2026-11-22", "seconds": 1_795_343_400,
            "score": 1.5, "count": 1, "isDone": false, "meta": "{}", "color": "color",
            "tags": ["tags", "tags"], "parent": { "id": "Todo-1", "title": "title" },
        })
    );
}

#[test]
fn lists_have_items_with_ids_of_their_own_and_no_next_page() {
    let (mut client, path, key) = ready();
    let query = "{ listTodos { items { id state } nextToken } }";
    assert_eq!(
        data(&mut client, &path, &key, query)["listTodos"],
        json!({
            "items": [{ "id": "Todo-1", "state": "OPEN" }, { "id": "Todo-2", "state": "DONE" }],
            "nextToken": null,
        })
    );
    client.engine.world().settings.appsync.list_items = 0;
    let none = data(&mut client, &path, &key, query);
    assert_eq!(none["listTodos"]["items"], json!([]));
}

#[test]
fn interfaces_and_unions_show_their_types_in_turn() {
    let (mut client, path, key) = ready();
    let query = "{ node { __typename id } anything { __typename ... on Todo { title } \
                 ... on Note { text } } }";
    assert_eq!(
        data(&mut client, &path, &key, query),
        json!({
            "node": { "__typename": "Todo", "id": "Todo-1" },
            "anything": [
                { "__typename": "Todo", "title": "title" },
                { "__typename": "Note", "text": "text" },
            ],
        })
    );
}

#[test]
fn an_object_takes_what_its_question_told_of_it() {
    let (mut client, path, key) = ready();
    let body = json!({
        "query": "mutation($i: CreateTodoInput!) { createTodo(input: $i) { title state score } }",
        "variables": { "i": { "title": "Milk", "state": "DONE", "score": 3 } },
    });
    let answer = client.graphql(&path, Some(&key), &body.to_string());
    assert_eq!(
        answer.json,
        json!({ "data": { "createTodo": { "title": "Milk", "state": "DONE", "score": 3.0 } } })
    );
}

#[test]
fn fields_can_be_null_as_without_resolvers() {
    let settings = AppSyncSettings {
        field_values: FieldValues::Null,
        ..AppSyncSettings::default()
    };
    let (mut client, _, path, key) = with_schema(settings, &json!({}), SCHEMA);
    assert_eq!(
        data(&mut client, &path, &key, "{ __typename node { id } }"),
        json!({ "__typename": "Query", "node": null })
    );
}

#[test]
fn a_question_is_held_against_the_schema_of_its_api() {
    let (mut client, path, key) = ready();
    for (query, told) in [
        (
            "{ nope }",
            "FieldUndefined: Field 'nope' in type 'Query' is undefined @ 'nope'",
        ),
        (
            "{ getTodo { id } }",
            "MissingFieldArgument: Missing field argument id @ 'getTodo'",
        ),
        (
            "{ getTodo(id: 1) }",
            "SubSelectionRequired: Sub selection required for type Todo of field getTodo @ 'getTodo'",
        ),
    ] {
        let answer = ask(&mut client, &path, &key, query);
        assert_eq!(answer.json["data"], Value::Null);
        let message = format!("Validation error of type {told}");
        assert_eq!(answer.json["errors"][0]["message"], message);
    }
    let answer = ask(
        &mut client,
        &path,
        &key,
        "query($id: ID!) { getTodo(id: $id) { id } }",
    );
    assert_eq!(
        answer.json["errors"][0]["message"],
        "Variable 'id' has coerced Null value for NonNull type 'ID!'"
    );
}

/// [REC] 2019 and 2022 for AWSDateTime.
#[test]
fn values_of_appsyncs_scalars_have_their_form() {
    let schema = "type Query { at(when: AWSDateTime, in: In): AWSDateTime }
        input In { days: [AWSDate] meta: AWSJSON }";
    let (mut client, _, path, key) = with_schema(AppSyncSettings::default(), &json!({}), schema);
    let mut told = |query: &str, variables: Value| {
        let body = json!({ "query": query, "variables": variables }).to_string();
        let answer = client.graphql(&path, Some(&key), &body);
        let message = &answer.json["errors"][0]["message"];
        message.as_str().unwrap_or_default().to_owned()
    };
    let wrong = |argument: &str, value: &str, scalar: &str| {
        format!(
            "Validation error of type WrongType: argument '{argument}' with value '{value}' is not \
             a valid '{scalar}' @ 'at'"
        )
    };
    assert_eq!(
        told("{ at(when: \"2019\") }", json!({})),
        wrong("when", "StringValue{value='2019'}", "AWSDateTime")
    );
    assert_eq!(
        told("{ at(in: {meta: {a: 1}}) }", json!({})),
        wrong(
            "in.meta",
            "ObjectValue{objectFields=[ObjectField{name='a', value=IntValue{value=1}}]}",
            "AWSJSON"
        )
    );
    let query = "query($w: AWSDateTime, $i: In) { at(when: $w, in: $i) }";
    assert_eq!(
        told(query, json!({ "w": "2019" })),
        "Variable 'w' has an invalid value. Unable to parse `2019` as a valid DateTime Object."
    );
    assert_eq!(
        told(query, json!({ "i": { "days": ["2026-11-22", "x"] } })),
        "Variable 'i' has an invalid value. Unable to parse `x` as a valid Date Object."
    );
    let good =
        json!({ "w": "2026-11-22T10:30:00Z", "i": { "days": ["2026-11-22"], "meta": "{}" } });
    assert_eq!(told(query, good), "");
    assert_eq!(
        told(
            "{ at(in: {days: [\"2026-11-22\"], meta: \"{}\"}) }",
            json!({})
        ),
        ""
    );
}

#[test]
fn a_subscription_over_http_delivers_nothing() {
    let (mut client, path, key) = ready();
    let query = "subscription { onCreateTodo { id } }";
    assert_eq!(
        data(&mut client, &path, &key, query),
        json!({ "onCreateTodo": null })
    );
}

#[test]
fn a_field_beyond_the_depth_limit_is_null_with_an_error() {
    let attributes = json!({ "queryDepthLimit": 2 });
    let (mut client, _, path, key) = with_schema(AppSyncSettings::default(), &attributes, SCHEMA);
    let answer = ask(
        &mut client,
        &path,
        &key,
        "{ getTodo(id: 1) { id parent { state } } }",
    );
    assert_eq!(
        answer.json["data"],
        json!({ "getTodo": { "id": "1", "parent": { "state": null } } })
    );
    let error = &answer.json["errors"][0];
    assert_eq!(error["errorType"], "QueryDepthLimitReached");
    assert_eq!(error["path"], json!(["getTodo", "parent", "state"]));
}

#[test]
fn no_more_resolvers_run_than_the_limit_says() {
    let attributes = json!({ "resolverCountLimit": 2 });
    let (mut client, _, path, key) = with_schema(AppSyncSettings::default(), &attributes, SCHEMA);
    let query = "{ a: node { id } b: node { id } c: node { id } }";
    let answer = ask(&mut client, &path, &key, query);
    assert_eq!(answer.json["data"]["c"], Value::Null);
    assert_eq!(answer.json["data"]["b"], json!({ "id": "Todo-1" }));
    let errors = answer.json["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0]["errorType"], "ResolverExecutionLimitReached");
}

#[test]
fn neither_a_bomb_nor_a_chain_of_fragments_overflows() {
    let (mut client, path, key) = ready();
    let mut chain = "{...F0}".to_owned();
    for n in 0..900 {
        chain.push_str(&format!("fragment F{n} on Query{{...F{}}}", n + 1));
    }
    chain.push_str("fragment F900 on Query{node{id}}");
    let fields = (0..3_000)
        .map(|n| format!("b{n}:title "))
        .collect::<String>();
    let wide = (0..300)
        .map(|n| format!("a{n}:anything{{...T}}"))
        .collect::<String>();
    let bomb = format!("{{{wide}}} fragment T on Todo{{{fields}}}");
    let deep = format!(
        "{{getTodo(id:1){}{}}}",
        "{parent".repeat(95),
        "{id}".to_owned() + &"}".repeat(95)
    );
    let long = format!("{{{}}}", "node{id} ".repeat(14_000));
    for (query, status) in [(chain, 200), (bomb, 400), (deep, 200), (long, 400)] {
        let body = json!({ "query": query }).to_string();
        let answer = client.graphql(&path, Some(&key), &body);
        assert_eq!(
            answer.status,
            status,
            "{} {}",
            &query[..40],
            &answer.text[..answer.text.len().min(300)]
        );
    }
}
