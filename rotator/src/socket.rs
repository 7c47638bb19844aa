//! The way to a websocket, handed in by the caller as the HTTP client is.
//!
//! An Event API has no request that tests a key without a side effect: publishing is one. So the
//! key is shown where a subscriber would show it, and the connection is given up once the API has
//! said what it thinks of it.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use zeroize::Zeroizing;

/// One question over a websocket. It has no `Debug`: its protocols carry the key.
pub struct Question {
    /// Where to connect to, `ws://` or `wss://`.
    pub url: String,
    /// The subprotocols to offer, in order.
    pub protocols: Vec<Zeroizing<String>>,
    /// The text to send once the connection stands.
    pub message: String,
}

/// What came of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The first text that the server sent.
    Text(String),
    /// The server answered the handshake with this HTTP status instead.
    Status(u16),
    /// The connection ended without a text.
    Closed,
    /// There was no connection.
    Unreachable,
}

/// A question being asked.
pub type Asking<'a> = Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

/// Asks questions over websockets. Nothing of a question may be logged.
pub trait Sockets: fmt::Debug + Send + Sync {
    /// Connects, sends the message, and gives back the first text; the connection is then closed.
    /// It need not watch the time.
    fn ask(&self, question: Question) -> Asking<'_>;
}

/// A way to websockets that clients share.
pub type SharedSockets = Arc<dyn Sockets>;
