//! Websockets of Event APIs, frame by frame, without sockets: who is told what.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderValue, Method};
use keywheel_emulator::realtime::sockets::{SocketNumber, Transmit};
use keywheel_emulator::state::appsync::event_settings::LostKey;
use keywheel_emulator::wire::request::{Ending, Request};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::client::{AUTHORITY, keys_of, text};
use super::event_apis::{config, create_namespace, path_of};
use super::event_publish::Events;

/// What came over a websocket.
#[derive(Clone, Debug, PartialEq)]
enum Got {
    Frame(Value),
    Closed(u16),
}

impl Events {
    /// Connects with these subprotocols; the status and the number of the websocket.
    fn connect_with(&mut self, protocols: &str) -> (u16, Option<SocketNumber>) {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("host", AUTHORITY),
            ("upgrade", "websocket"),
            ("sec-websocket-protocol", protocols),
        ] {
            headers.insert(name, HeaderValue::from_str(value).unwrap());
        }
        let uri = format!("{}/event/realtime", self.root).parse().unwrap();
        let request = Request {
            method: &Method::GET,
            uri: &uri,
            headers: &headers,
            body: b"",
            caller: None,
        };
        let connected = self.client.engine.connect(&request, self.client.now);
        let Ending::Reply(response) = connected.outcome.ending else {
            panic!("no answer");
        };
        let number = connected.opened.map(|opened| opened.number);
        (response.status().as_u16(), number)
    }

    fn connect(&mut self, key: &str) -> SocketNumber {
        let (status, number) = self.connect_with(&protocols(key));
        assert_eq!(status, 101);
        number.unwrap()
    }

    /// Connects with the API's own key.
    fn socket(&mut self) -> SocketNumber {
        let key = self.key.clone();
        self.connect(&key)
    }

    /// Everything that waits to be sent to one websocket; others are told nothing.
    #[track_caller]
    fn sent(&mut self, to: SocketNumber) -> Vec<Got> {
        let all = self.sent_to_all();
        assert!(all.iter().all(|(number, _)| *number == to), "{all:?}");
        all.into_iter().map(|(_, got)| got).collect()
    }

    fn sent_to_all(&mut self) -> Vec<(SocketNumber, Got)> {
        let engine = &mut self.client.engine;
        let next = || engine.poll_transmit();
        std::iter::from_fn(next)
            .map(|(number, transmit)| match transmit {
                Transmit::Text(text) => (number, Got::Frame(serde_json::from_str(&text).unwrap())),
                Transmit::Close(closing) => (number, Got::Closed(closing.code)),
            })
            .collect()
    }

    /// Sends a frame and gives everything that is sent back.
    #[track_caller]
    fn ask(&mut self, socket: SocketNumber, frame: &str) -> Vec<Got> {
        let now = self.client.now;
        self.client.engine.socket_received(socket, frame, now);
        self.sent(socket)
    }

    /// Sends a frame with the API's key and gives the only answer.
    #[track_caller]
    fn tell(&mut self, socket: SocketNumber, mut frame: Value) -> Value {
        frame["authorization"] = json!({ "host": "h", "x-api-key": self.key });
        let got = self.ask(socket, &frame.to_string());
        let [Got::Frame(frame)] = &got[..] else {
            panic!("{got:?}");
        };
        frame.clone()
    }

    #[track_caller]
    fn subscribe(&mut self, socket: SocketNumber, id: &str, channel: &str) {
        let frame = json!({ "type": "subscribe", "id": id, "channel": channel });
        let told = self.tell(socket, frame);
        assert_eq!(told, json!({ "type": "subscribe_success", "id": id }));
    }
}

fn protocols(key: &str) -> String {
    let credential = json!({ "host": "h", "x-api-key": key }).to_string();
    format!(
        "aws-appsync-event-ws, header-{}",
        URL_SAFE_NO_PAD.encode(credential)
    )
}

fn unauthorized(kind: &str, id: Option<&str>) -> Value {
    let mut frame = json!({ "type": kind, "errors": [{
        "errorType": "UnauthorizedException",
        "message": "You are not authorized to make this call.",
    }] });
    if let Some(id) = id {
        frame["id"] = id.into();
    }
    frame
}

#[test]
fn a_client_is_acknowledged_and_hears_a_sign_of_life() {
    let mut events = Events::new();
    let socket = events.socket();
    assert_eq!(events.sent(socket), [], "the client speaks first");
    let ack = json!({ "type": "connection_ack", "connectionTimeoutMs": 300_000 });
    let told = events.ask(socket, r#"{"type":"connection_init"}"#);
    assert_eq!(told, [Got::Frame(ack), Got::Frame(json!({ "type": "ka" }))]);
    assert_eq!(events.client.engine.open_sockets(), 1);
    events.client.engine.socket_closed(socket);
    assert_eq!(events.client.engine.open_sockets(), 0);
    assert_eq!(events.ask(socket, r#"{"type":"connection_init"}"#), []);
}

#[test]
fn a_bad_key_is_told_in_a_frame_and_closed() {
    let mut events = Events::new();
    let socket = events.connect("da2-aaaaaaaaaaaaaaaaaaaaaaaaaa");
    let refused = Got::Frame(unauthorized("connection_error", None));
    assert_eq!(events.sent(socket), [refused.clone(), Got::Closed(1008)]);
    assert_eq!(events.ask(socket, r#"{"type":"connection_init"}"#), []);
    assert_eq!(events.client.engine.open_sockets(), 0);
    events.delete_key();
    let socket = events.socket();
    assert_eq!(events.sent(socket)[0], refused);
    for (protocols, code) in [
        ("aws-appsync-event-ws", "UnauthorizedException"),
        ("aws-appsync-event-ws, header-meow", "BadRequestException"),
        ("graphql-ws", "SubProtocolNotSupportedError"),
    ] {
        let (status, socket) = events.connect_with(protocols);
        let sent = events.sent(socket.unwrap());
        let Got::Frame(frame) = &sent[0] else {
            panic!("{sent:?}");
        };
        assert_eq!(
            (status, &frame["errors"][0]["errorType"]),
            (101, &json!(code))
        );
        assert_eq!(sent[1], Got::Closed(1008));
    }
}

#[test]
fn a_subscriber_receives_what_others_publish_by_http_and_by_socket() {
    let mut events = Events::new();
    let (reader, writer) = (events.socket(), events.socket());
    events.subscribe(reader, "all", "/chat/*");
    events.subscribe(reader, "one", "chat/a");
    events
        .publish(&json!({ "channel": "/chat/a/", "events": ["1", "{\"b\":2}"] }))
        .ok();
    let data =
        |id: &str, event: &str| Got::Frame(json!({ "type": "data", "id": id, "event": event }));
    let expected = [
        data("all", "1"),
        data("all", "{\"b\":2}"),
        data("one", "1"),
        data("one", "{\"b\":2}"),
    ];
    assert_eq!(events.sent(reader), expected);
    let frame = json!({
        "type": "publish", "id": "p", "channel": "chat/b", "events": ["3", "meow"],
        "authorization": { "x-api-key": events.key },
    });
    let now = events.client.now;
    events
        .client
        .engine
        .socket_received(writer, &frame.to_string(), now);
    let sent = events.sent_to_all();
    let [(to_writer, Got::Frame(receipt)), (to_reader, event)] = &sent[..] else {
        panic!("{sent:?}");
    };
    assert_eq!((*to_writer, *to_reader), (writer, reader));
    assert_eq!(
        (&receipt["type"], &receipt["id"]),
        (&json!("publish_success"), &json!("p"))
    );
    assert_eq!(
        (
            &receipt["successful"][0]["index"],
            &receipt["failed"][0]["index"]
        ),
        (&json!(0), &json!(1))
    );
    assert_eq!(*event, data("all", "3"));
    events
        .publish(&json!({ "channel": "chat", "events": ["4"] }))
        .ok();
    assert_eq!(events.sent_to_all(), [], "the star stands for what follows");
}

#[test]
fn nothing_comes_after_unsubscribe_or_from_another_api() {
    let mut events = Events::new();
    let socket = events.socket();
    events.subscribe(socket, "s", "chat/a");
    let told = events.tell(socket, json!({ "type": "unsubscribe", "id": "s" }));
    assert_eq!(told, json!({ "type": "unsubscribe_success", "id": "s" }));
    let told = events.tell(socket, json!({ "type": "unsubscribe", "id": "s" }));
    assert_eq!(told["type"], "unsubscribe_error");
    let error =
        json!([{ "errorType": "UnknownOperationError", "message": "Unknown operation id s" }]);
    assert_eq!(told["errors"], error);
    events
        .publish(&json!({ "channel": "chat/a", "events": ["1"] }))
        .ok();
    assert_eq!(events.sent_to_all(), []);
    events.subscribe(socket, "s", "chat/a");
    let first = (events.root.clone(), events.key.clone());
    let mut other = Events::with(&Value::Null);
    std::mem::swap(&mut other.client, &mut events.client);
    let api = super::event_apis::create_api(&mut other.client, &Value::Null);
    create_namespace(&mut other.client, &api, &json!({ "name": "chat" }));
    other.key = text(&other.client.create_key(&text(&api["apiId"]), &json!({}))["id"]);
    other.root = format!("/{}", text(&api["dns"]["HTTP"]).split_once('/').unwrap().1);
    other
        .publish(&json!({ "channel": "chat/a", "events": ["1"] }))
        .ok();
    assert_eq!(other.sent_to_all(), [], "it is another API's channel");
    (other.root, other.key) = first;
    other
        .publish(&json!({ "channel": "chat/a", "events": ["1"] }))
        .ok();
    assert_eq!(other.sent_to_all().len(), 1);
}

#[test]
fn each_operation_shows_its_credential_again() {
    let mut events = Events::new();
    let socket = events.socket();
    for (kind, failure) in [
        ("subscribe", "subscribe_error"),
        ("publish", "publish_error"),
    ] {
        let frame = json!({
            "type": kind, "id": "x", "channel": "chat/a", "events": ["1"],
            "authorization": { "x-api-key": "da2-wrong" },
        });
        let told = events.ask(socket, &frame.to_string());
        assert_eq!(told, [Got::Frame(unauthorized(failure, Some("x")))]);
        let frame = json!({ "type": kind, "id": "x", "channel": "chat/a", "events": ["1"] });
        let Got::Frame(told) = events.ask(socket, &frame.to_string()).remove(0) else {
            panic!("{kind}");
        };
        let message = "Valid authorization header not provided.";
        assert_eq!(told["errors"][0]["message"], message);
    }
    assert_eq!(
        events.client.engine.open_sockets(),
        1,
        "the socket lives on"
    );
}

#[test]
fn modes_open_connecting_and_subscribing_by_themselves() {
    let mut mixed = config();
    mixed["authProviders"] = json!([{ "authType": "API_KEY" }, { "authType": "AWS_IAM" }]);
    mixed["defaultSubscribeAuthModes"] = json!([{ "authType": "AWS_IAM" }]);
    let mut events = Events::with(&json!({ "eventConfig": mixed }));
    let open = json!({ "name": "open", "subscribeAuthModes": [{ "authType": "API_KEY" }] });
    create_namespace(&mut events.client, &events.api, &open);
    let socket = events.socket();
    events.subscribe(socket, "a", "open/*");
    let told = events.tell(
        socket,
        json!({ "type": "subscribe", "id": "b", "channel": "chat/*" }),
    );
    assert_eq!(told, unauthorized("subscribe_error", Some("b")));
    mixed["connectionAuthModes"] = json!([{ "authType": "AWS_IAM" }]);
    let body = json!({ "name": "n", "eventConfig": mixed });
    let path = path_of(&events.api);
    events.client.call("POST", &path, &body).ok();
    let socket = events.socket();
    let refused = Got::Frame(unauthorized("connection_error", None));
    assert_eq!(events.sent(socket)[0], refused);
}

#[test]
fn a_bad_subscription_is_told_and_the_socket_lives_on() {
    let mut events = Events::new();
    let socket = events.socket();
    events.subscribe(socket, "taken", "chat/a");
    let too_long = "i".repeat(129);
    for (id, channel, code) in [
        (json!("taken"), json!("chat/b"), "DuplicatedOperationError"),
        (json!("a b"), json!("chat/b"), "BadRequestException"),
        (json!(""), json!("chat/b"), "BadRequestException"),
        (json!(too_long), json!("chat/b"), "BadRequestException"),
        (json!(7), json!("chat/b"), "BadRequestException"),
        (json!("x"), json!("/*"), "BadRequestException"),
        (json!("x"), json!("chat/*/b"), "BadRequestException"),
        (json!("x"), json!("other/b"), "BadRequestException"),
        (json!("x"), Value::Null, "BadRequestException"),
    ] {
        let told = events.tell(
            socket,
            json!({ "type": "subscribe", "id": id, "channel": channel }),
        );
        assert_eq!(told["type"], "subscribe_error", "{id} {channel}");
        assert_eq!(told["errors"][0]["errorType"], code, "{id} {channel}");
        assert!(
            told.to_string().len() < 400,
            "what is too long is not repeated"
        );
    }
    let longest = "i".repeat(128);
    events.subscribe(socket, &longest, "chat/b");
}

#[test]
fn a_socket_holds_a_hundred_subscriptions() {
    let mut events = Events::new();
    let socket = events.socket();
    for n in 0..100 {
        events.subscribe(socket, &format!("s{n}"), "chat/a");
    }
    let told = events.tell(
        socket,
        json!({ "type": "subscribe", "id": "x", "channel": "chat/a" }),
    );
    assert_eq!(
        told["errors"][0]["errorType"],
        "MaxSubscriptionsReachedError"
    );
}

#[test]
fn other_frames_are_unsupported_operations() {
    let mut events = Events::new();
    let socket = events.socket();
    let deep = "[".repeat(100_000);
    for frame in [
        "",
        "meow",
        "[]",
        "{}",
        r#"{"type":7}"#,
        r#"{"type":"start"}"#,
        "\u{0}",
        &deep,
    ] {
        let told = events.ask(socket, frame);
        let error = json!([{
            "errorType": "UnsupportedOperation",
            "message": "unknown not supported through the realtime channel",
        }]);
        assert_eq!(
            told,
            [Got::Frame(json!({ "type": "error", "errors": error }))],
            "{frame:.9}"
        );
    }
}

#[test]
fn the_times_in_which_a_key_failed_are_kept_for_judges() {
    let mut events = Events::new();
    let windows = |events: &Events| {
        let snapshot = events.client.engine.snapshot(events.client.now);
        let keys = snapshot.apis.into_iter().flat_map(|api| api.keys);
        let all: Vec<_> = keys.flat_map(|key| key.refusals).collect();
        all
    };
    events.socket();
    let message = json!({ "channel": "chat/a", "events": ["1"] });
    events.publish(&message).ok();
    assert_eq!(windows(&events), []);
    events.delete_key();
    let start = events.client.now;
    events.socket();
    events.client.now = start.plus_millis(1_000);
    assert_eq!(events.publish(&message).status, 401);
    let windows = windows(&events);
    assert_eq!(windows.len(), 1);
    assert_eq!((windows[0].from, windows[0].to), (start, None));
}

#[test]
fn an_open_socket_outlives_its_key_unless_the_setting_says_otherwise() {
    let mut events = Events::new();
    let socket = events.socket();
    events.subscribe(socket, "s", "chat/a");
    events.delete_key();
    assert_eq!(events.sent_to_all(), []);
    let api = text(&events.api["apiId"]);
    events.key = text(&events.client.create_key(&api, &json!({}))["id"]);
    events
        .publish(&json!({ "channel": "chat/a", "events": ["1"] }))
        .ok();
    assert_eq!(events.sent(socket).len(), 1, "it still listens");
    events
        .client
        .engine
        .world()
        .settings
        .appsync
        .events
        .lost_key = LostKey::Closed;
    let second = events.socket();
    let expiry = events.client.now.plus_days(7).floor_hour();
    let (due, _) = events.client.engine.poll_timeout().unwrap();
    assert_eq!(due, expiry, "the engine wakes for it");
    events.client.engine.handle_timeout(expiry.plus_millis(-1));
    let closed = [Got::Frame(unauthorized("error", None)), Got::Closed(1008)];
    assert_eq!(events.sent(socket), closed);
    events.client.engine.handle_timeout(expiry);
    assert_eq!(events.sent(second), closed);
    events
        .client
        .engine
        .world()
        .settings
        .appsync
        .events
        .lost_key = LostKey::Kept;
    assert_eq!(events.client.engine.open_sockets(), 0);
}

#[test]
fn a_deleted_key_closes_its_sockets_at_once_where_the_setting_says_so() {
    let mut events = Events::new();
    events
        .client
        .engine
        .world()
        .settings
        .appsync
        .events
        .lost_key = LostKey::Closed;
    let api = text(&events.api["apiId"]);
    let other = text(&events.client.create_key(&api, &json!({}))["id"]);
    let kept = events.connect(&other);
    let lost = events.socket();
    events.delete_key();
    assert_eq!(events.sent(lost).last(), Some(&Got::Closed(1008)));
    assert_eq!(events.client.engine.open_sockets(), 1);
    let path = format!("{}/{other}", keys_of(&api));
    events.client.call("DELETE", &path, &Value::Null).ok();
    assert_eq!(events.sent(kept).last(), Some(&Got::Closed(1008)));
}

#[test]
fn the_sockets_of_a_deleted_api_close() {
    let mut events = Events::new();
    let socket = events.socket();
    let path = path_of(&events.api);
    events.client.call("DELETE", &path, &Value::Null).ok();
    assert_eq!(events.sent(socket), [Got::Closed(1001)]);
    assert_eq!(events.connect_with(&protocols("da2-x")).0, 404);
}

#[test]
fn a_fault_strikes_at_the_handshake() {
    let mut events = Events::new();
    let rule = json!({ "at": "EventConnect#1", "kind": "error-503" });
    let rule = keywheel_emulator::http::read_rule(rule).unwrap();
    events.client.engine.faults().arm(rule);
    let protocols = protocols(&events.key);
    assert_eq!(events.connect_with(&protocols), (503, None));
    assert_eq!(events.client.engine.open_sockets(), 0);
    let (status, socket) = events.connect_with(&protocols);
    assert_eq!(status, 101);
    events.subscribe(socket.unwrap(), "s", "chat/a");
    let entries: Vec<_> = events.client.engine.journal().since(0).collect();
    let told = serde_json::to_string(&entries).unwrap();
    assert!(told.contains("EventConnect") && told.contains("EventSubscribe"));
    assert!(!told.contains("da2-"), "no key is in the journal");
}

proptest! {
    #[test]
    fn no_frame_makes_it_fall_or_answer_twice(
        kind in "(subscribe|publish|unsubscribe|connection_init|[a-z_]{0,12})",
        rest in "[ -~]{0,60}",
    ) {
        let mut events = Events::new();
        let socket = events.socket();
        let frame = format!(r#"{{"type":"{kind}","id":"x","channel":"{rest}","events":["{rest}"]}}"#);
        prop_assert!(events.ask(socket, &frame).len() <= 2);
        prop_assert!(events.ask(socket, &rest).len() == 1);
    }
}
