//! Websockets of GraphQL APIs, frame by frame, without sockets: who is told of which mutation.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderValue, Method};
use keywheel_emulator::realtime::sockets::{SocketNumber, Transmit};
use keywheel_emulator::state::appsync::event_settings::LostKey;
use keywheel_emulator::wire::request::{Ending, Request};
use serde_json::{Value, json};

use super::client::{AUTHORITY, Client, graphql_path, keys_of, text};

const SCHEMA: &str = r#"
    type Todo { id: ID title: String tags: [String] owner: Owner }
    type Owner { name: String todo: Todo }
    type Query { todo: Todo }
    type Mutation { createTodo(id: ID, title: String): Todo  deleteTodo(id: ID): Todo }
    type Subscription {
        onCreateTodo(id: ID, title: String): Todo @aws_subscribe(mutations: ["createTodo"])
        onAnyTodo: Todo @aws_subscribe(mutations: ["createTodo", "deleteTodo"])
        onIam: Todo @aws_subscribe(mutations: ["createTodo"]) @aws_iam
    }
"#;

/// A GraphQL API with a schema and a key.
struct Graph {
    client: Client,
    api: Value,
    key: String,
}

impl Graph {
    fn new() -> Self {
        let mut client = Client::new();
        let api = client.create_api(&json!({
            "additionalAuthenticationProviders": [{ "authenticationType": "AWS_IAM" }],
        }));
        let id = text(&api["apiId"]);
        let definition = STANDARD.encode(SCHEMA);
        let path = format!("/v1/apis/{id}/schemacreation");
        client
            .call("POST", &path, &json!({ "definition": definition }))
            .ok();
        let key = text(&client.create_key(&id, &json!({}))["id"]);
        Self { client, api, key }
    }

    /// Connects with these subprotocols and this query.
    fn connect_with(&mut self, protocols: &str, query: &str) -> SocketNumber {
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_static(AUTHORITY));
        headers.insert("upgrade", HeaderValue::from_static("websocket"));
        if !protocols.is_empty() {
            let protocols = HeaderValue::from_str(protocols).unwrap();
            headers.insert("sec-websocket-protocol", protocols);
        }
        let url = text(&self.api["uris"]["REALTIME"]);
        let path = url.strip_prefix(&format!("ws://{AUTHORITY}")).unwrap();
        let uri = format!("{path}?{query}").parse().unwrap();
        let request = Request {
            method: &Method::GET,
            uri: &uri,
            headers: &headers,
            body: b"",
            caller: None,
        };
        let connected = self.client.engine.connect(&request, self.client.now);
        assert!(
            matches!(connected.outcome.ending, Ending::Reply(response) if response.status() == 101)
        );
        connected.opened.unwrap().number
    }

    fn connect(&mut self) -> SocketNumber {
        let coded = URL_SAFE_NO_PAD.encode(self.credential().to_string());
        self.connect_with(&format!("graphql-ws, header-{coded}"), "")
    }

    fn credential(&self) -> Value {
        json!({ "host": "h", "x-amz-date": "20261122T103000Z", "x-api-key": self.key })
    }

    /// Everything that waits to be sent: frames, and the codes of closes.
    fn sent(&mut self) -> Vec<Value> {
        let engine = &mut self.client.engine;
        std::iter::from_fn(|| engine.poll_transmit())
            .map(|(_, transmit)| match transmit {
                Transmit::Text(text) => serde_json::from_str(&text).unwrap(),
                Transmit::Close(closing) => closing.code.into(),
            })
            .collect()
    }

    fn ask(&mut self, socket: SocketNumber, frame: &Value) -> Vec<Value> {
        let now = self.client.now;
        self.client
            .engine
            .socket_received(socket, &frame.to_string(), now);
        self.sent()
    }

    /// Starts a subscription and gives the answer.
    #[track_caller]
    fn start(&mut self, socket: SocketNumber, id: &str, query: &str, variables: &Value) -> Value {
        let data = json!({ "query": query, "variables": variables }).to_string();
        let extensions = json!({ "authorization": self.credential() });
        let payload = json!({ "data": data, "extensions": extensions });
        let told = self.ask(
            socket,
            &json!({ "type": "start", "id": id, "payload": payload }),
        );
        assert_eq!(told.len(), 1, "{told:?}");
        told[0].clone()
    }

    #[track_caller]
    fn mutate(&mut self, query: &str) -> Value {
        let (path, key) = (graphql_path(&self.api), self.key.clone());
        let body = json!({ "query": query }).to_string();
        self.client.graphql(&path, Some(&key), &body).ok()["data"].clone()
    }
}

fn started(id: &str) -> Value {
    json!({ "id": id, "type": "start_ack" })
}

fn data(id: &str, data: &Value) -> Value {
    json!({ "id": id, "type": "data", "payload": { "data": data } })
}

#[test]
fn the_credential_comes_in_a_subprotocol_or_in_the_query() {
    let mut graph = Graph::new();
    let socket = graph.connect();
    let told = graph.ask(socket, &json!({ "type": "connection_init" }));
    let ack = json!({ "type": "connection_ack", "payload": { "connectionTimeoutMs": 300_000 } });
    assert_eq!(told, [ack, json!({ "type": "ka" })]);
    let header = STANDARD.encode(graph.credential().to_string());
    let query = format!("header={}&payload=e30=", header.replace('+', "%2B"));
    graph.connect_with("graphql-ws", &query);
    assert_eq!(graph.sent(), [Value::Null; 0]);
    assert_eq!(graph.client.engine.open_sockets(), 2);
}

#[test]
fn a_refused_connection_has_the_recorded_frame() {
    let mut graph = Graph::new();
    graph.key = "da2-aaaaaaaaaaaaaaaaaaaaaaaaaa".to_owned();
    graph.connect();
    let refused = json!({
        "payload": { "errors": [{
            "errorType": "UnauthorizedException",
            "message": "You are not authorized to make this call.",
            "errorCode": 401,
        }] },
        "type": "connection_error",
    });
    assert_eq!(graph.sent(), [refused, json!(1008)]);
    for (protocols, message) in [
        ("graphql-transport-ws", "SubProtocolNotSupportedError"),
        ("", "NoProtocolError"),
        (
            "graphql-ws",
            "Both, the \"header\", and the \"payload\" query string parameters are missing",
        ),
    ] {
        graph.connect_with(protocols, "");
        let error = graph.sent()[0]["payload"]["errors"][0].clone();
        assert_eq!(
            (&error["message"], &error["errorCode"]),
            (&json!(message), &json!(400))
        );
    }
    assert_eq!(graph.client.engine.open_sockets(), 0);
}

#[test]
fn a_subscriber_is_told_what_the_mutation_answered() {
    let mut graph = Graph::new();
    let socket = graph.connect();
    let query = "subscription { note: onAnyTodo { __typename id name: title owner { name } } }";
    assert_eq!(graph.start(socket, "s", query, &Value::Null), started("s"));
    let answered = graph.mutate(
        r#"mutation { createTodo(id: "7", title: "milk") { __typename key: id ...T } } fragment T on Todo { title }"#,
    );
    assert_eq!(answered["createTodo"]["key"], "7");
    let told =
        json!({ "note": { "__typename": "Todo", "id": "7", "name": "milk", "owner": null } });
    assert_eq!(
        graph.sent(),
        [data("s", &told)],
        "what the mutation did not select is null"
    );
    graph.mutate(r#"mutation { deleteTodo(id: "7") { id } }"#);
    assert_eq!(graph.sent()[0]["payload"]["data"]["note"]["id"], "7");
    graph.mutate("{ todo { id } }");
    assert_eq!(graph.sent(), [Value::Null; 0]);
}

/// Fragments that spread the next one twice: 2^30 ways through a text of a few hundred words.
fn doubled(selection: &str, levels: usize) -> String {
    let fragment = |level: usize| {
        let next = format!("...F{}", level + 1);
        let inner = selection.replace("...", &next);
        format!(" fragment F{level} on Todo {{ {inner} }}")
    };
    let fragments: String = (0..levels).map(fragment).collect();
    format!("{fragments} fragment F{levels} on Todo {{ id }}")
}

#[test]
fn what_fragments_ask_twice_is_looked_at_once() {
    for (selection, levels) in [
        ("... ...", 40),
        ("owner { todo { ... } } owner { todo { ... } }", 30),
    ] {
        let mut graph = Graph::new();
        let socket = graph.connect();
        let fragments = doubled(selection, levels);
        let query = format!("subscription {{ onAnyTodo {{ ...F0 }} }} {fragments}");
        assert_eq!(graph.start(socket, "1", &query, &json!({})), started("1"));
        graph.mutate(&format!(
            "mutation {{ createTodo(id: \"7\") {{ ...F0 }} }} {fragments}"
        ));
        assert_eq!(graph.sent().len(), 1);
    }
}

#[test]
fn arguments_select_by_the_answers_fields() {
    let mut graph = Graph::new();
    let socket = graph.connect();
    let query = "subscription On($t: String) { onCreateTodo(title: $t) { id } }";
    assert_eq!(
        graph.start(socket, "milk", query, &json!({ "t": "milk" })),
        started("milk")
    );
    assert_eq!(
        graph.start(socket, "all", query, &json!({})),
        started("all")
    );
    let ids =
        |told: Vec<Value>| -> Vec<String> { told.iter().map(|frame| text(&frame["id"])).collect() };
    graph.mutate(r#"mutation { createTodo(id: "1", title: "milk") { id title } }"#);
    assert_eq!(ids(graph.sent()), ["all", "milk"]);
    graph.mutate(r#"mutation { createTodo(id: "1", title: "tea") { id title } }"#);
    assert_eq!(ids(graph.sent()), ["all"]);
    graph.mutate(r#"mutation { createTodo(id: "1", title: "milk") { id } }"#);
    assert_eq!(
        ids(graph.sent()),
        ["all"],
        "the mutation did not select the title"
    );
}

#[test]
fn nothing_comes_after_stop() {
    let mut graph = Graph::new();
    let socket = graph.connect();
    let query = "subscription { onAnyTodo { id } }";
    graph.start(socket, "s", query, &Value::Null);
    let told = graph.ask(socket, &json!({ "type": "stop", "id": "s" }));
    assert_eq!(told, [json!({ "id": "s", "type": "complete" })]);
    graph.mutate(r#"mutation { createTodo(id: "1") { id } }"#);
    assert_eq!(graph.sent(), [Value::Null; 0]);
    let told = graph.ask(socket, &json!({ "type": "stop", "id": "s" }));
    assert_eq!(
        told[0]["payload"]["errors"][0]["errorType"],
        "UnknownOperationError"
    );
}

#[test]
fn what_is_no_good_subscription_is_told_and_the_socket_lives_on() {
    let mut graph = Graph::new();
    let socket = graph.connect();
    for (query, told) in [
        ("subscription { absent { id } }", "FieldUndefined"),
        ("query { todo { id } }", "Only subscriptions"),
        ("meow", "Unable to parse GraphQL query."),
        (
            "subscription { onIam { id } }",
            "Not Authorized to access onIam on type Subscription",
        ),
    ] {
        let answer = graph.start(socket, "x", query, &Value::Null);
        assert_eq!(
            (&answer["type"], &answer["id"]),
            (&json!("error"), &json!("x")),
            "{query}"
        );
        let message = text(&answer["payload"]["errors"][0]["message"]);
        assert!(message.contains(told), "{query}: {message}");
    }
    let query = "subscription { onAnyTodo { id } }";
    assert_eq!(graph.start(socket, "x", query, &Value::Null), started("x"));
    let again = graph.start(socket, "x", query, &Value::Null);
    assert_eq!(
        again["payload"]["errors"][0]["errorType"],
        "DuplicatedOperationError"
    );
    let good = std::mem::replace(&mut graph.key, "da2-wrong".to_owned());
    let refused = graph.start(socket, "y", query, &Value::Null);
    assert_eq!(
        refused["payload"]["errors"][0]["errorType"],
        "UnauthorizedException"
    );
    graph.key = good;
    for frame in [
        json!({ "type": "start", "id": "z" }),
        json!({ "type": "start", "payload": 7 }),
    ] {
        let told = graph.ask(socket, &frame);
        assert_eq!(
            told[0]["payload"]["errors"][0]["errorType"],
            "BadRequestException"
        );
    }
    let unknown = json!({ "type": "error", "payload": { "errors": [{
        "errorType": "UnsupportedOperation",
        "message": "unknown not supported through the realtime channel",
    }] } });
    assert_eq!(
        graph.ask(socket, &json!({ "type": "subscribe" })),
        [unknown],
        "as recorded"
    );
    assert_eq!(graph.client.engine.open_sockets(), 1);
}

#[test]
fn a_hundred_subscriptions_are_the_limit_and_a_lost_key_can_close() {
    let mut graph = Graph::new();
    let socket = graph.connect();
    let query = "subscription { onAnyTodo { id } }";
    for n in 0..100 {
        let id = format!("s{n}");
        assert_eq!(graph.start(socket, &id, query, &Value::Null), started(&id));
    }
    let told = graph.start(socket, "x", query, &Value::Null);
    assert_eq!(
        told["payload"]["errors"][0]["errorType"],
        "MaxSubscriptionsReachedError"
    );
    graph.client.engine.world().settings.appsync.events.lost_key = LostKey::Closed;
    let path = format!("{}/{}", keys_of(&text(&graph.api["apiId"])), graph.key);
    graph.client.call("DELETE", &path, &Value::Null).ok();
    let sent = graph.sent();
    assert_eq!(sent[0]["type"], "connection_error");
    assert_eq!(sent[1], 1008);
    assert_eq!(graph.client.engine.open_sockets(), 0);
}
