//! What comes into the engine and what goes out.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::{self, AsHeaderName};
use http::{HeaderMap, Method, Response, Uri};

use crate::fault::{Caller, Span, Verdict};
use crate::state::lambda::deployment::FunctionCall;

/// One request, in memory, as it came from the wire.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The HTTP method.
    pub method: &'a Method,
    /// Path and query; the authority if the request had one in its target.
    pub uri: &'a Uri,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The whole body.
    pub body: &'a [u8],
    /// Which run of a rotation function sends it, where the shell knows.
    pub caller: Option<Caller>,
}

impl<'a> Request<'a> {
    /// A header's text; none if it is absent or not text.
    pub fn header(&self, name: impl AsHeaderName) -> Option<&'a str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Host and port at which the client reached the emulator.
    pub fn authority(&self) -> &'a str {
        let from_uri = self.uri.authority().map(http::uri::Authority::as_str);
        from_uri
            .or_else(|| self.header(header::HOST))
            .unwrap_or("localhost")
    }
}

/// The operation of a request that names none that is emulated.
pub const UNKNOWN: &str = "unknown";

/// What becomes of a request.
#[derive(Debug)]
pub struct Outcome {
    /// How long the shell waits before it carries out the ending.
    pub after: Duration,
    /// What the client sees.
    pub ending: Ending,
    /// The operation, as fault addresses name it; `unknown` if the request named none.
    pub operation: &'static str,
    /// The fault that struck.
    pub fault: Option<Verdict>,
}

/// What the client sees of a request.
#[derive(Debug)]
pub enum Ending {
    /// An answer.
    Reply(Response<Bytes>),
    /// The connection closes without an answer.
    Dropped,
    /// No connection can be made.
    Unreachable,
    /// Nothing, for ever.
    Silence,
    /// The invocation that sent the request dies here.
    Killed,
    /// What this run of a function returns, once it has ended.
    Run(Box<FunctionCall>),
    /// What a search finds that takes its time. It is handed out only by an engine that is told to.
    Search(Search),
    /// The code that sent the request panics here.
    Panicked,
    /// The invocation that sent the request stands still for so long. Then the shell makes the
    /// call, which has had no effect yet.
    Frozen(Span),
}

/// A search that needs nothing of the world but what it holds, so that others need not wait for it.
pub struct Search(Box<dyn FnOnce() -> Vec<u8> + Send>);

impl Search {
    /// A search that yields the body of an answer.
    pub fn new(work: impl FnOnce() -> Vec<u8> + Send + 'static) -> Self {
        Self(Box::new(work))
    }

    /// Searches, and gives the body of the answer.
    pub fn body(self) -> Vec<u8> {
        (self.0)()
    }
}

impl fmt::Debug for Search {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Search(…)")
    }
}

impl Outcome {
    /// An answer, at once.
    pub fn reply(response: Response<Bytes>) -> Self {
        Self::ending(Ending::Reply(response))
    }

    /// Another ending, at once.
    pub fn ending(ending: Ending) -> Self {
        Self {
            after: Duration::ZERO,
            ending,
            operation: UNKNOWN,
            fault: None,
        }
    }
}
