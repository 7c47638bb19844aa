//! Who is let in: no request that a web page has made a browser send, unless its page is allowed.
//!
//! Every port answers on the developer's own machine, where any page that is open in a browser can
//! send requests to it. So each request is judged by what a page can neither forge nor leave out,
//! before anything else looks at it:
//!
//! - **`Host`** names the server as the client knows it. A page whose own name suddenly leads to
//!   this machine (DNS rebinding) still sends that name.
//! - **`Origin`** names the page, on every request but plain `GET` and `HEAD`, and on every
//!   websocket.
//! - **`Sec-Fetch-Site`** says how page and server are related, on those too.
//!
//! Programs send none of the last two, so that whatever they send is let in. What is refused and
//! why is a function of the head of a request alone.

mod host;
mod origin;

use std::net::SocketAddr;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};

use crate::realtime::address::is_data_plane;
use crate::wire::error_code::WireError;
use crate::wire::request::Request;
use crate::wire::service;

pub use host::{AllowedHost, BadHost};
pub use origin::{BadOrigin, Origin};

use host::Listening;

/// Judges the requests that come in on a port.
#[derive(Clone, Debug)]
pub struct Guard {
    listening: Listening,
    hosts: Vec<AllowedHost>,
    origins: Vec<Origin>,
    /// Do pages use the data planes of APIs here, as they do on AWS?
    is_for_browsers: bool,
}

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It names a host that is not this server's.
    #[error(
        "{host:?} is no name of this server: use localhost or 127.0.0.1, or start the server with \
         --allowed-host NAME if the name is yours"
    )]
    Host {
        /// The host, as sent.
        host: String,
    },
    /// A page of another origin made the browser send it.
    #[error(
        "a web page of the origin {origin:?} may not call this server: start it with \
         --allowed-origin ORIGIN if the page is yours"
    )]
    Origin {
        /// The page's origin, as sent.
        origin: String,
    },
    /// A page of another site made the browser send it.
    #[error(
        "a web page of another site may not call this server: type the address instead, or start \
         the server with --allowed-origin ORIGIN if the page is yours"
    )]
    Site,
}

/// How a request that is let in is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entrance {
    is_browser: bool,
    /// The page of another origin that may read the answer.
    reader: Option<HeaderValue>,
    preflight: Option<Preflight>,
}

/// What a browser asks for before it lets a page send the request itself.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Preflight {
    method: HeaderValue,
    headers: Option<HeaderValue>,
}

impl Guard {
    /// For a server that listens there.
    pub fn new(address: SocketAddr) -> Self {
        Self {
            listening: Listening::at(address.ip()),
            hosts: Vec::new(),
            origins: Vec::new(),
            is_for_browsers: true,
        }
    }

    /// For a port that functions call and no browser has any business at.
    pub fn of_functions(address: SocketAddr) -> Self {
        Self {
            is_for_browsers: false,
            ..Self::new(address)
        }
    }

    /// Lets in who reaches the server by these names too.
    #[must_use]
    pub fn allow_hosts(mut self, hosts: impl IntoIterator<Item = AllowedHost>) -> Self {
        self.hosts.extend(hosts);
        self
    }

    /// Lets in pages of these origins too, and lets them read the answers.
    #[must_use]
    pub fn allow_origins(mut self, origins: impl IntoIterator<Item = Origin>) -> Self {
        self.origins.extend(origins);
        self
    }

    /// Judges a request by its head.
    ///
    /// # Errors
    /// It is one that a web page could have made a browser send.
    pub fn admit(&self, head: &Parts) -> Result<Entrance, Refusal> {
        let view = view(head);
        // A page that has the key of an API may use it, as on AWS: its answers say so themselves.
        let is_open = self.is_for_browsers && is_data_plane(&view);
        self.check_host(head, is_open)?;
        let page = if is_open {
            None
        } else {
            self.check_origin(head, view.authority())?
        };
        if !is_open && page.is_none() {
            check_site(&head.headers)?;
        }
        let preflight = page.and_then(|_| Preflight::of(head));
        Ok(Entrance {
            is_browser: is_browser(&head.headers),
            reader: page.cloned(),
            preflight,
        })
    }

    /// Every name that the request gives to the server must be one of the server's.
    fn check_host(&self, head: &Parts, is_data_plane: bool) -> Result<(), Refusal> {
        let in_target = head.uri.authority().map(|it| it.as_str().as_bytes());
        let in_headers = head.headers.get_all(header::HOST).iter();
        for host in in_target
            .into_iter()
            .chain(in_headers.map(HeaderValue::as_bytes))
        {
            let text = String::from_utf8_lossy(host);
            let is_known = self.listening.has(&text)
                || self.hosts.iter().any(|allowed| allowed.has(&text))
                || is_data_plane && host::is_of_aws(&text);
            if !is_known {
                let host = text.into_owned();
                return Err(Refusal::Host { host });
            }
        }
        Ok(())
    }

    /// The page that sends the request, if it is an allowed one and not the server's own.
    fn check_origin<'a>(
        &self,
        head: &'a Parts,
        authority: &str,
    ) -> Result<Option<&'a HeaderValue>, Refusal> {
        let mut page = None;
        for sent in head.headers.get_all(header::ORIGIN) {
            if origin::is_own(sent.as_bytes(), authority) {
                continue;
            }
            if !self.origins.iter().any(|allowed| allowed.is(sent)) {
                let origin = String::from_utf8_lossy(sent.as_bytes()).into_owned();
                return Err(Refusal::Origin { origin });
            }
            page = Some(sent);
        }
        Ok(page)
    }
}

/// Only a request that the user made by typing an address, or a page of the server's own, may say
/// how page and server are related.
fn check_site(headers: &HeaderMap) -> Result<(), Refusal> {
    let related = headers.get_all("sec-fetch-site");
    let is_own = |site: &HeaderValue| site == "same-origin" || site == "none";
    if related.iter().all(is_own) {
        Ok(())
    } else {
        Err(Refusal::Site)
    }
}

/// Is it a browser that will read the answer? Pages cannot make one look like a program: they may
/// change none of these headers without asking first.
fn is_browser(headers: &HeaderMap) -> bool {
    let agent = headers.get(header::USER_AGENT).map(HeaderValue::as_bytes);
    agent.is_some_and(|agent| agent.starts_with(b"Mozilla/"))
        || headers.contains_key("sec-fetch-site")
        || headers.contains_key("sec-fetch-dest")
        || headers.contains_key(header::ORIGIN)
}

impl Preflight {
    fn of(head: &Parts) -> Option<Self> {
        let headers = &head.headers;
        let method = headers.get(header::ACCESS_CONTROL_REQUEST_METHOD)?;
        (head.method == Method::OPTIONS).then(|| Self {
            method: method.clone(),
            headers: headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS).cloned(),
        })
    }

    fn answer(&self) -> Response<Bytes> {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::NO_CONTENT;
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, self.method.clone());
        if let Some(names) = &self.headers {
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
        }
        let local = HeaderName::from_static("access-control-allow-private-network");
        headers.insert(local, HeaderValue::from_static("true"));
        response
    }
}

impl Entrance {
    /// The answer to a browser's question whether an allowed page may send a request.
    pub fn preflight(&self) -> Option<Response<Bytes>> {
        self.preflight.as_ref().map(Preflight::answer)
    }

    /// Makes an answer fit for who reads it: for a browser it is never a page. What it holds was
    /// stored by anybody, and a page in the server's own origin may read everything.
    pub fn finish(&self, response: &mut Response<Bytes>) {
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            return;
        }
        let headers = response.headers_mut();
        if let Some(reader) = &self.reader {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, reader.clone());
            for (name, value) in FOR_READERS {
                headers.insert(name, HeaderValue::from_static(value));
            }
        }
        if self.is_browser {
            make_inert(headers);
        }
    }
}

/// Which headers an allowed page may read besides, and that the answer is for that page alone.
const FOR_READERS: [(HeaderName, &str); 2] = [
    (
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        "date,x-amzn-requestid,x-amzn-errortype,x-amz-function-error,x-amz-log-result",
    ),
    (header::VARY, "origin"),
];

/// What every answer to a browser says besides: it is nothing to run, to frame, to embed or to keep.
const INERT: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'; sandbox",
    ),
    (header::X_FRAME_OPTIONS, "DENY"),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (header::CACHE_CONTROL, "no-store"),
];

/// The types that a browser shows as text.
const TEXTS: [&str; 3] = ["application/json", "application/x-amz-json", "text/plain"];

fn make_inert(headers: &mut HeaderMap) {
    for (name, value) in INERT {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let shown = headers.get(header::CONTENT_TYPE);
    let is_text = shown.is_some_and(|shown| {
        let shown = shown.as_bytes();
        TEXTS.iter().any(|text| shown.starts_with(text.as_bytes()))
    });
    if !is_text {
        let text = HeaderValue::from_static("text/plain;charset=utf-8");
        headers.insert(header::CONTENT_TYPE, text);
    }
}

impl Refusal {
    /// The answer, in the form of the service that was called.
    pub fn response(&self, head: &Parts) -> Response<Bytes> {
        let code = match self {
            Self::Host { .. } => "HostNotAllowed",
            Self::Origin { .. } | Self::Site => "OriginNotAllowed",
        };
        let error = WireError::new(code, 403, self.to_string());
        let mut response = error.response(service::asked(&view(head)).protocol());
        if is_browser(&head.headers) {
            make_inert(response.headers_mut());
        }
        response
    }
}

/// A request as far as its head tells.
fn view(head: &Parts) -> Request<'_> {
    Request {
        method: &head.method,
        uri: &head.uri,
        headers: &head.headers,
        body: b"",
        caller: None,
    }
}

#[cfg(test)]
mod tests;
