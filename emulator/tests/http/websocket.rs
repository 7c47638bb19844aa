//! Websockets over real sockets: good clients, bad ones, and ones that are gone.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::{SinkExt, StreamExt};
use keywheel_emulator::http::{BODY_LIMIT, Server};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::client::{control, rest, send, server};

type Socket = WebSocketStream<TcpStream>;

/// An Event API with a namespace `chat` and a key.
struct Events {
    server: Server,
    api: String,
    key: String,
    domain: String,
}

impl Events {
    async fn new() -> Self {
        let server = server().await;
        let call = async |path: &str, body: &Value| {
            let start = format!("POST {path}");
            let reply = rest(&server, &start, &body.to_string()).await.unwrap();
            assert_eq!(reply.status, 200, "{reply:?}");
            reply.json()
        };
        let modes = json!([{ "authType": "API_KEY" }]);
        let config = json!({
            "authProviders": modes, "connectionAuthModes": modes,
            "defaultPublishAuthModes": modes, "defaultSubscribeAuthModes": modes,
        });
        let body = json!({ "name": "e", "eventConfig": config });
        let made = call("/v2/apis", &body).await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let (api, domain) = (
            text(&made["api"]["apiId"]),
            text(&made["api"]["dns"]["HTTP"]),
        );
        let namespaces = format!("/v2/apis/{api}/channelNamespaces");
        call(&namespaces, &json!({ "name": "chat" })).await;
        let key = call(&format!("/v1/apis/{api}/apikeys"), &json!({})).await;
        let key = text(&key["apiKey"]["id"]);
        Self {
            server,
            api,
            key,
            domain,
        }
    }

    fn request(&self) -> Request {
        let url = format!("ws://{}/event/realtime", self.domain);
        let mut request = url.into_client_request().unwrap();
        let credential = json!({ "host": "h", "x-api-key": self.key }).to_string();
        let coded = URL_SAFE_NO_PAD.encode(credential);
        let protocols = format!("aws-appsync-event-ws, header-{coded}");
        let headers = request.headers_mut();
        headers.insert("sec-websocket-protocol", protocols.parse().unwrap());
        request
    }

    async fn connect(&self) -> Socket {
        let stream = TcpStream::connect(self.server.local_addr()).await.unwrap();
        let (socket, response) = client_async(self.request(), stream).await.unwrap();
        let headers = response.headers();
        assert_eq!(headers["sec-websocket-protocol"], "aws-appsync-event-ws");
        assert!(headers.contains_key("x-amzn-requestid"));
        socket
    }

    /// Shakes hands by hand and gives the raw connection.
    async fn connect_raw(&self) -> TcpStream {
        let mut stream = TcpStream::connect(self.server.local_addr()).await.unwrap();
        let request = self.request();
        let mut text = format!("GET {} HTTP/1.1\r\n", request.uri().path());
        for (name, value) in request.headers() {
            text.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
        }
        text.push_str("\r\n");
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        assert!(head.starts_with(b"HTTP/1.1 101 "));
        stream
    }

    async fn publish(&self, event: &str) {
        let (_, label) = self.domain.split_once('/').unwrap();
        let key = format!("x-api-key: {}", self.key);
        let body = json!({ "channel": "chat/a", "events": [event] }).to_string();
        let start = format!("POST /{label}/event");
        let reply = send(&self.server, &start, &[&key], body.as_bytes()).await;
        assert_eq!(reply.unwrap().status, 200);
    }

    /// Waits until as many websockets are open.
    async fn wait_for_open(&self, count: usize) {
        let is_so = || {
            self.server
                .with_engine(|engine, _| engine.open_sockets() == count)
        };
        for _ in 0..1_000 {
            if is_so() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{count} websockets should be open");
    }
}

async fn tell(socket: &mut Socket, frame: &Value) {
    socket.send(Message::text(frame.to_string())).await.unwrap();
}

/// The next frame that is no sign of life.
async fn next(socket: &mut Socket) -> Value {
    loop {
        let message = socket.next().await.unwrap().unwrap();
        if let Message::Text(text) = message {
            let frame: Value = serde_json::from_str(&text).unwrap();
            if frame["type"] != "ka" {
                return frame;
            }
        }
    }
}

/// The code and the text with which the server closes.
async fn closed(socket: &mut Socket) -> (u16, Utf8Bytes) {
    loop {
        match socket.next().await.unwrap().unwrap() {
            Message::Close(frame) => {
                let frame = frame.unwrap();
                return (frame.code.into(), frame.reason);
            }
            _ => continue,
        }
    }
}

async fn subscribe(events: &Events, socket: &mut Socket) {
    let authorization = json!({ "x-api-key": events.key });
    let frame = json!({
        "type": "subscribe", "id": "s", "channel": "chat/*", "authorization": authorization,
    });
    tell(socket, &frame).await;
    assert_eq!(next(socket).await["type"], "subscribe_success");
}

#[tokio::test]
async fn a_subscriber_receives_what_is_published() {
    let events = Events::new().await;
    let mut socket = events.connect().await;
    tell(&mut socket, &json!({ "type": "connection_init" })).await;
    let ack = next(&mut socket).await;
    assert_eq!(
        ack,
        json!({ "type": "connection_ack", "connectionTimeoutMs": 300_000 })
    );
    subscribe(&events, &mut socket).await;
    events.publish("{\"n\":1}").await;
    let data = json!({ "type": "data", "id": "s", "event": "{\"n\":1}" });
    assert_eq!(next(&mut socket).await, data);
    let health = control(&events.server, "GET /_keywheel/health", "").await;
    assert_eq!(health["openSockets"], 1);
    socket.close(None).await.unwrap();
    events.wait_for_open(0).await;
}

#[tokio::test]
async fn a_bad_key_gets_its_frame_before_the_close() {
    let mut events = Events::new().await;
    events.key = "da2-aaaaaaaaaaaaaaaaaaaaaaaaaa".to_owned();
    let mut socket = events.connect().await;
    let frame = next(&mut socket).await;
    assert_eq!(frame["type"], "connection_error");
    assert_eq!(closed(&mut socket).await.0, 1008);
    assert!(socket.next().await.is_none_or(|end| end.is_err()));
}

#[tokio::test]
async fn signs_of_life_come_by_the_machines_clock() {
    let events = Events::new().await;
    let change = r#"{"appsync":{"events":{"keepAlive":"30ms"}}}"#;
    control(&events.server, "PUT /_keywheel/settings", change).await;
    let mut socket = events.connect().await;
    let (mut signs, mut pings) = (0, 0);
    while signs < 3 || pings < 2 {
        match socket.next().await.unwrap().unwrap() {
            Message::Text(text) => {
                assert_eq!(text, r#"{"type":"ka"}"#);
                signs += 1;
            }
            Message::Ping(_) => pings += 1,
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn texts_that_are_too_long_and_binary_frames_close_cleanly() {
    let events = Events::new().await;
    for (message, code) in [
        (Message::text("x".repeat(BODY_LIMIT + 1)), 1009),
        (Message::binary(vec![0; 10]), 1003),
    ] {
        let mut socket = events.connect().await;
        socket.send(message).await.unwrap();
        assert_eq!(closed(&mut socket).await.0, code);
    }
    let mut socket = events.connect().await;
    socket
        .send(Message::text("x".repeat(BODY_LIMIT)))
        .await
        .unwrap();
    assert_eq!(
        next(&mut socket).await["type"],
        "error",
        "as long as it may be"
    );
    socket.close(None).await.unwrap();
    events.wait_for_open(0).await;
}

#[tokio::test]
async fn what_is_no_frame_ends_its_connection_and_no_other() {
    let events = Events::new().await;
    let mut good = events.connect().await;
    for bytes in [
        &b"GET / HTTP/1.1\r\n\r\n"[..],
        // A text that is not masked.
        b"\x81\x02{}",
        // Reserved bits, a reserved kind, a continuation of nothing.
        b"\xf1\x80\0\0\0\0",
        b"\x83\x80\0\0\0\0",
        b"\x80\x80\0\0\0\0",
        // A ping that is too long, a text that is no UTF-8, a close of half a code.
        b"\x89\xfe\x00\x7e\0\0\0\0",
        b"\x81\x81\0\0\0\0\xff",
        b"\x88\x81\0\0\0\0\x03",
        // A text that says it has 2^62 bytes.
        b"\x81\xff\x40\0\0\0\0\0\0\0\0\0\0\0",
    ] {
        let mut stream = events.connect_raw().await;
        stream.write_all(bytes).await.unwrap();
        let _ = stream.shutdown().await;
        let mut rest = Vec::new();
        // The end may come as a reset, since not all was read.
        let ended = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut rest));
        assert!(ended.await.is_ok(), "{bytes:?}");
    }
    events.wait_for_open(1).await;
    subscribe(&events, &mut good).await;
}

#[tokio::test]
async fn a_client_that_is_gone_without_a_word_is_given_up() {
    let events = Events::new().await;
    let change = r#"{"appsync":{"events":{"keepAlive":"30ms","connectionTimeout":"100ms"}}}"#;
    control(&events.server, "PUT /_keywheel/settings", change).await;
    let silent = events.connect_raw().await;
    events.wait_for_open(0).await;
    drop(silent);
}

#[tokio::test]
async fn a_client_that_does_not_read_is_cut_off() {
    let events = Events::new().await;
    let mut socket = events.connect().await;
    subscribe(&events, &mut socket).await;
    let event = format!("\"{}\"", "x".repeat(200_000));
    for _ in 0..200 {
        events.publish(&event).await;
        if events
            .server
            .with_engine(|engine, _| engine.open_sockets() == 0)
        {
            return;
        }
    }
    panic!("40 MB wait for a client that does not read");
}

#[tokio::test]
async fn a_handshake_that_is_none_is_the_clients_mistake() {
    let events = Events::new().await;
    let (_, label) = events.domain.split_once('/').unwrap();
    let start = format!("GET /{label}/event/realtime");
    for headers in [
        vec!["upgrade: websocket"],
        vec!["upgrade: websocket", "connection: upgrade"],
        vec![
            "upgrade: websocket",
            "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
        ],
    ] {
        let reply = send(&events.server, &start, &headers, b"").await.unwrap();
        assert!((400..500).contains(&reply.status), "{reply:?}");
    }
    let mut request = events.request();
    *request.uri_mut() = format!(
        "ws://{}/{}/event/realtime",
        events.server.local_addr(),
        "a".repeat(26)
    )
    .parse()
    .unwrap();
    let stream = TcpStream::connect(events.server.local_addr())
        .await
        .unwrap();
    let refused = client_async(request, stream).await;
    assert!(matches!(refused, Err(Error::Http(response)) if response.status() == 404));
    events.wait_for_open(0).await;
}

#[tokio::test]
async fn a_reset_and_the_end_of_the_server_close_what_is_open() {
    let events = Events::new().await;
    let mut socket = events.connect().await;
    control(&events.server, "POST /_keywheel/reset", "").await;
    assert_eq!(closed(&mut socket).await.0, 1001);
    let events = Events::new().await;
    let mut socket = events.connect().await;
    let ended = tokio::spawn(async move { events.server.shutdown().await });
    assert_eq!(closed(&mut socket).await.0, 1001);
    ended.await.unwrap();
}

#[tokio::test]
async fn a_deleted_api_closes_its_sockets_through_the_shell() {
    let events = Events::new().await;
    let mut socket = events.connect().await;
    let start = format!("DELETE /v2/apis/{}", events.api);
    assert_eq!(rest(&events.server, &start, "").await.unwrap().status, 200);
    assert_eq!(closed(&mut socket).await.0, 1001);
}
