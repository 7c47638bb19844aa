//! A rotation function behind a URL, whose runs are this test's own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::Sender;

use keywheel_emulator::ids::Step;
use keywheel_emulator::invoke::RotationEvent;
use serde_json::Value;

/// What a stage that lets rotations run waits for.
pub(crate) enum News {
    /// A step is to be run, and answered.
    Step(RotationEvent, Reply),
    /// No rotation is in progress any more.
    Settled,
}

/// The way back to the server that asked.
pub(crate) struct Reply(TcpStream);

impl Reply {
    /// The function ended well.
    pub(crate) fn succeed(self) {
        self.send("", "null");
    }

    /// The function raised an error.
    pub(crate) fn fail(self) {
        let error = r#"{"errorType":"ValueError","errorMessage":""}"#;
        self.send("x-amz-function-error: Unhandled\r\n", error);
    }

    fn send(mut self, header: &str, body: &str) {
        let length = body.len();
        write!(
            self.0,
            "HTTP/1.1 200 OK\r\n{header}connection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        )
        .unwrap();
    }
}

/// Listens, and tells of each step.
pub(crate) fn listen(news: Sender<News>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let event = read(&mut stream);
            if news.send(News::Step(event, Reply(stream))).is_err() {
                return;
            }
        }
    });
    address
}

fn read(stream: &mut TcpStream) -> RotationEvent {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let line = line.trim_end().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let event: Value = serde_json::from_slice(&body).unwrap();
    let text = |member: &str| event[member].as_str().unwrap().to_owned();
    let step: Step = serde_json::from_value(event["Step"].clone()).unwrap();
    RotationEvent {
        step,
        secret_id: text("SecretId"),
        client_request_token: text("ClientRequestToken"),
        rotation_token: text("RotationToken"),
    }
}
