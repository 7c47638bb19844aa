//! The probe of an Event API: does it acknowledge a connection that shows the key?

use super::Verdict;
use crate::key::Key;
use crate::socket::{Answer, Question};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use zeroize::Zeroizing;

/// The subprotocol of Event APIs (documented).
const PROTOCOL: &str = "aws-appsync-event-ws";
/// Before the credential, in base64 for URLs, which has to be a subprotocol too (documented).
const CREDENTIAL: &str = "header-";
const INIT: &str = r#"{"type":"connection_init"}"#;

/// The question whether the API whose HTTP host is `host` lets a subscriber with `key` in.
pub(super) fn question(url: &str, host: &str, key: &Key) -> Question {
    let credential = serde_json::json!({ "host": host, "x-api-key": key.expose() });
    let credential = Zeroizing::new(credential.to_string());
    let encoded = Zeroizing::new(URL_SAFE_NO_PAD.encode(credential.as_bytes()));
    Question {
        url: url.to_owned(),
        protocols: vec![
            Zeroizing::new(PROTOCOL.to_owned()),
            Zeroizing::new(format!("{CREDENTIAL}{}", *encoded)),
        ],
        message: INIT.to_owned(),
    }
}

pub(super) fn judge(answer: &Answer) -> Verdict {
    match answer {
        Answer::Text(text) => judge_text(text),
        Answer::Status(401) => Verdict::Rejected,
        Answer::Status(403) => Verdict::Forbidden,
        Answer::Status(404) | Answer::Unreachable => Verdict::Unreachable,
        Answer::Status(other) => Verdict::Unclear(format!("status {other}")),
        Answer::Closed => Verdict::Unclear("closed without an answer".to_owned()),
    }
}

fn judge_text(text: &str) -> Verdict {
    let message: Value = serde_json::from_str(text).unwrap_or_default();
    match message.get("type").and_then(Value::as_str) {
        Some("connection_ack") => Verdict::Accepted,
        Some("connection_error") if is_about_the_key(&message) => Verdict::Rejected,
        Some("connection_error") => Verdict::Unclear("connection_error".to_owned()),
        _ => Verdict::Unclear("an unexpected message".to_owned()),
    }
}

/// The errors stand in the message or in its payload, and the type may be written with a
/// namespace before it (recorded, 2021 and 2023).
fn is_about_the_key(message: &Value) -> bool {
    let places = [message.get("errors"), message.pointer("/payload/errors")];
    let errors = places.into_iter().flatten().filter_map(Value::as_array);
    errors.flatten().any(|error| {
        let kind = error.get("errorType").and_then(Value::as_str);
        kind.is_some_and(|kind| kind.ends_with("UnauthorizedException"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "da2-abcdefghijklmnopqrstuvwxyz";

    #[test]
    fn the_key_is_shown_as_a_subscriber_shows_it() {
        let question = question("wss://r/event/realtime", "h", &Key::listed(KEY));
        assert_eq!(*question.protocols[0], "aws-appsync-event-ws");
        let encoded = question.protocols[1].strip_prefix("header-").unwrap();
        let shown = URL_SAFE_NO_PAD.decode(encoded).unwrap();
        let shown: Value = serde_json::from_slice(&shown).unwrap();
        assert_eq!(shown, serde_json::json!({ "host": "h", "x-api-key": KEY }));
    }

    #[test]
    fn answers_are_judged_by_the_table() {
        let text = |text: &str| Answer::Text(text.to_owned());
        let unclear = |text: &str| Verdict::Unclear(text.to_owned());
        let in_payload = r#"{"type":"connection_error","payload":{"errors":[{"errorType":
            "com.amazonaws.deepdish.graphql.auth#UnauthorizedException","errorCode":400}]}}"#;
        let plain =
            r#"{"type":"connection_error","errors":[{"errorType":"UnauthorizedException"}]}"#;
        let other = r#"{"type":"connection_error","errors":[{"errorType":"InternalFailure"}]}"#;
        for (answer, expected) in [
            (text(r#"{"type":"connection_ack"}"#), Verdict::Accepted),
            (text(in_payload), Verdict::Rejected),
            (text(plain), Verdict::Rejected),
            (text(other), unclear("connection_error")),
            (text(r#"{"type":"ka"}"#), unclear("an unexpected message")),
            (text("<html>"), unclear("an unexpected message")),
            (Answer::Status(401), Verdict::Rejected),
            (Answer::Status(403), Verdict::Forbidden),
            (Answer::Status(404), Verdict::Unreachable),
            (Answer::Status(429), unclear("status 429")),
            (Answer::Closed, unclear("closed without an answer")),
            (Answer::Unreachable, Verdict::Unreachable),
        ] {
            assert_eq!(judge(&answer), expected, "{answer:?}");
        }
    }
}
