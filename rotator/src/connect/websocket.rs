//! Websockets by tokio-tungstenite.

use crate::socket::{Answer, Asking, Question, Sockets};
use futures_util::{SinkExt, StreamExt};
use http::HeaderValue;
use http::header::SEC_WEBSOCKET_PROTOCOL;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};

/// The way by a connection for each question.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tungstenite;

impl Sockets for Tungstenite {
    fn ask(&self, question: Question) -> Asking<'_> {
        // An error may quote the request, which has the key in it: only what kind it is goes on.
        Box::pin(async move {
            exchange(question)
                .await
                .unwrap_or_else(|error| answer(&error))
        })
    }
}

async fn exchange(question: Question) -> Result<Answer, Error> {
    let mut request = question.url.as_str().into_client_request()?;
    let mut protocols = HeaderValue::from_str(&offer(&question))?;
    protocols.set_sensitive(true);
    request
        .headers_mut()
        .insert(SEC_WEBSOCKET_PROTOCOL, protocols);
    let (mut socket, _) = connect_async(request).await?;
    socket.send(Message::text(question.message)).await?;
    while let Some(message) = socket.next().await {
        if let Message::Text(text) = message? {
            // The answer is there; whether the goodbye arrives is all the same.
            let _ = socket.close(None).await;
            return Ok(Answer::Text(text.to_string()));
        }
    }
    Ok(Answer::Closed)
}

fn offer(question: &Question) -> zeroize::Zeroizing<String> {
    let protocols = question.protocols.iter().map(|protocol| protocol.as_str());
    zeroize::Zeroizing::new(protocols.collect::<Vec<_>>().join(", "))
}

fn answer(error: &Error) -> Answer {
    match error {
        Error::Http(response) => Answer::Status(response.status().as_u16()),
        Error::ConnectionClosed | Error::AlreadyClosed | Error::Protocol(_) => Answer::Closed,
        _ => Answer::Unreachable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio_tungstenite::tungstenite::error::ProtocolError;

    #[test]
    fn an_error_is_told_by_its_kind_alone() {
        let refusal = http::Response::builder().status(403).body(None).unwrap();
        let reset = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        for (error, expected) in [
            (Error::Http(Box::new(refusal)), Answer::Status(403)),
            (Error::ConnectionClosed, Answer::Closed),
            (Error::AlreadyClosed, Answer::Closed),
            (
                Error::Protocol(ProtocolError::ResetWithoutClosingHandshake),
                Answer::Closed,
            ),
            (Error::Io(reset), Answer::Unreachable),
        ] {
            assert_eq!(answer(&error), expected);
        }
    }
}
