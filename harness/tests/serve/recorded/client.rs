//! boto3 in a process of its own, asked call by call.

use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use keywheel_clients::Client;
use serde_json::{Value, json};

use crate::process::{Serve, client};

use super::answer::Answer;

/// The process. Dropping it ends it.
pub(crate) struct Boto3 {
    child: Child,
    asked: ChildStdin,
    answered: Lines<BufReader<ChildStdout>>,
}

impl Boto3 {
    pub(crate) fn start(serve: &Serve) -> Self {
        let python = Client::Boto3.program();
        let script = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/serve/recorded/client.py"
        );
        let mut child = client(serve, &python, &[script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let asked = child.stdin.take().unwrap();
        let answered = BufReader::new(child.stdout.take().unwrap()).lines();
        Self {
            child,
            asked,
            answered,
        }
    }

    /// Calls an operation and holds what boto3 makes of the answer to the answer's body.
    pub(crate) fn call(
        &mut self,
        (account, region): (&str, &str),
        operation: &str,
        request: &Value,
        fills_tokens: bool,
    ) -> Answer {
        let line = json!({
            "account": account, "region": region, "operation": operation, "request": request,
            "fillsTokens": fills_tokens,
        });
        writeln!(self.asked, "{line}").unwrap();
        let line = self.answered.next();
        let line = line.unwrap_or_else(|| panic!("{operation} {request}: boto3 has ended"));
        let mut answer: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let text = answer["text"].as_str().unwrap().to_owned();
        let on_wire: Value = if text.is_empty() {
            json!({})
        } else {
            serde_json::from_str(&text).unwrap()
        };
        let (status, mut body) = (answer["status"].as_u64().unwrap(), answer["body"].take());
        if status == 200 {
            assert_eq!(body, on_wire, "{operation}: boto3 reads less, or else");
            // The same, in the order of the wire.
            body = on_wire;
        }
        Answer {
            status: u16::try_from(status).unwrap(),
            text,
            body,
        }
    }
}

impl Drop for Boto3 {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
