//! What a client says when it connects: its subprotocols, and in one of them its credential.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use http::header::SEC_WEBSOCKET_PROTOCOL;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use crate::wire::error_code::realtime::RealtimeError;
use crate::wire::request::Request;

use super::credential::Shown;

/// The subprotocol of Event APIs [DOCS].
pub(super) const EVENTS: &str = "aws-appsync-event-ws";

/// The subprotocol of GraphQL APIs [DOCS].
pub(super) const GRAPHQL: &str = "graphql-ws";

/// Base64 with or without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What a client said.
pub(super) struct Handshake {
    /// Whether the subprotocol that is spoken here was among those that it offered.
    pub(super) is_agreed: bool,
    /// Its credential.
    pub(super) shown: Result<Shown, RealtimeError>,
}

/// Reads what a client says that may speak `protocol`. The credential stands in the subprotocol
/// `header-BASE64URL`, or in the query parameter `header` as GraphQL's older clients have it [DOCS].
pub(super) fn read(request: &Request<'_>, protocol: &str) -> Handshake {
    let lists = request.headers.get_all(SEC_WEBSOCKET_PROTOCOL).iter();
    let lists = lists.filter_map(|list| list.to_str().ok());
    let offered: Vec<&str> = lists
        .flat_map(|list| list.split(','))
        .map(str::trim)
        .collect();
    let is_agreed = offered.contains(&protocol);
    let coded = offered
        .iter()
        .find_map(|offer| offer.strip_prefix("header-"));
    let shown = match (is_agreed, coded) {
        (false, _) if offered.is_empty() => Err(RealtimeError::ProtocolMissing),
        (false, _) => Err(RealtimeError::ProtocolUnknown),
        (true, Some(coded)) => decoded(coded),
        (true, None) => in_query(request.uri.query().unwrap_or_default(), protocol),
    };
    Handshake { is_agreed, shown }
}

fn in_query(query: &str, protocol: &str) -> Result<Shown, RealtimeError> {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    match pairs.find(|(name, _)| *name == "header") {
        Some((_, value)) => decoded(&percent_decode_str(value).decode_utf8_lossy()),
        None if protocol == GRAPHQL => Err(RealtimeError::CredentialNowhere),
        None => Ok(Shown::default()),
    }
}

/// The credential in base64 of either alphabet.
fn decoded(text: &str) -> Result<Shown, RealtimeError> {
    let text = text.replace('-', "+").replace('_', "/");
    let bytes = BASE64.decode(text).ok();
    let object = bytes.and_then(|bytes| serde_json::from_slice::<Map<String, Value>>(&bytes).ok());
    let object = object.ok_or(RealtimeError::HandshakeUnreadable)?;
    Ok(Shown::in_object(&object))
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::{STANDARD as PADDED, URL_SAFE_NO_PAD};
    use http::{HeaderMap, HeaderValue, Method, Uri};
    use proptest::prelude::*;

    use super::*;

    fn said(protocols: &str, query: &str) -> Handshake {
        let mut headers = HeaderMap::new();
        if !protocols.is_empty() {
            let value = HeaderValue::from_str(protocols).unwrap();
            headers.insert(SEC_WEBSOCKET_PROTOCOL, value);
        }
        let uri: Uri = format!("/?{query}").parse().unwrap();
        let request = Request {
            method: &Method::GET,
            uri: &uri,
            headers: &headers,
            body: b"",
            caller: None,
        };
        read(&request, EVENTS)
    }

    fn key_of(handshake: Handshake) -> Option<String> {
        handshake.shown.ok().and_then(|shown| shown.key)
    }

    const CREDENTIAL: &str = r#"{"host":"h","X-Api-Key":"da2-?>~k"}"#;

    #[test]
    fn the_credential_stands_in_a_subprotocol_or_in_the_query() {
        let coded = URL_SAFE_NO_PAD.encode(CREDENTIAL);
        let handshake = said(&format!("header-{coded}, {EVENTS}"), "");
        assert!(handshake.is_agreed);
        assert_eq!(key_of(handshake).as_deref(), Some("da2-?>~k"));
        let coded = PADDED.encode(CREDENTIAL);
        let escaped = coded
            .replace('+', "%2B")
            .replace('/', "%2F")
            .replace('=', "%3D");
        for query in [
            format!("header={escaped}&payload=e30="),
            format!("a=b&header={coded}"),
        ] {
            assert_eq!(key_of(said(EVENTS, &query)).as_deref(), Some("da2-?>~k"));
        }
        let none = said(EVENTS, "");
        assert!(none.shown.is_ok_and(|shown| shown == Shown::default()));
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        let error = |protocols: &str, query: &str| said(protocols, query).shown.err();
        assert_eq!(error("", ""), Some(RealtimeError::ProtocolMissing));
        assert_eq!(
            error("graphql-ws", ""),
            Some(RealtimeError::ProtocolUnknown)
        );
        let unreadable = Some(RealtimeError::HandshakeUnreadable);
        for coded in ["", "!", "e30=x", "W10", "bWVvdw"] {
            assert_eq!(
                error(&format!("{EVENTS}, header-{coded}"), ""),
                unreadable,
                "{coded}"
            );
            assert_eq!(
                error(EVENTS, &format!("header={coded}")),
                unreadable,
                "{coded}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_subprotocol_makes_it_fall(protocols in "[ -~]{0,60}", coded in "[A-Za-z0-9_=-]{0,60}") {
            said(&protocols, &format!("header={coded}"));
            said(&format!("{EVENTS}, header-{coded}"), "");
        }
    }
}
