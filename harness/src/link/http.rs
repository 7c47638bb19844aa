//! HTTP/1.1 on a link: each request is a call, named by its method and path, or by the name that the
//! world gives it.

mod operation;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::to_bytes;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::Protocol;
use super::call::{Answer, End};
use super::failure::Failure;
use super::garbage::{Garbage, Side};
use super::seam::{Met, Seam, Trouble};
use super::server::Server;
use super::treatment::{Loss, Treatment};

pub use operation::Operation;

/// As addresses name it.
pub(super) const SERVICE: &str = "http";
const NAME: &str = "HTTP";

/// The largest body of a request or a response that a link carries.
const BODY_MAX: usize = 16 * 1024 * 1024;

/// A page as something in between answers with.
const PAGE: &str = "<html><body>please sign in</body></html>";

/// What carries the requests of one link.
pub(super) struct Http {
    pub(super) server: Server,
    pub(super) operations: Vec<Operation>,
    pub(super) seam: Arc<dyn Seam>,
}

type Body = http_body_util::combinators::BoxBody<Bytes, io::Error>;

/// A connection that breaks off instead of an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection breaks off")]
struct Broken;

impl Http {
    /// Carries one connection to its end.
    pub(super) async fn carry(self: Arc<Self>, client: TcpStream, address: SocketAddr) {
        let mut first = [0; 24];
        // What a connection begins with is told if it turns out not to be HTTP.
        let Ok(length @ 1..) = client.peek(&mut first).await else {
            return;
        };
        let (link, seam) = (Arc::clone(&self), Arc::clone(&self.seam));
        let service = service_fn(move |request| Arc::clone(&link).exchange(request, address));
        let served = hyper::server::conn::http1::Builder::new()
            .serve_connection(TokioIo::new(client), service)
            .await;
        if served.is_err_and(|error| error.is_parse()) {
            let garbage = Garbage::at_start(NAME, Side::Client, &first[..length]);
            seam.trouble(Trouble::Garbage(garbage));
        }
    }

    async fn exchange(
        self: Arc<Self>,
        request: Request<Incoming>,
        address: SocketAddr,
    ) -> Result<Response<Body>, Broken> {
        let (head, body) = request.into_parts();
        let Ok(body) = to_bytes(axum::body::Body::new(body), BODY_MAX).await else {
            return Ok(short(
                StatusCode::PAYLOAD_TOO_LARGE,
                "the link carries 16 MiB at most",
            ));
        };
        let request = Request::from_parts(head, body);
        let call = operation::call_of(&self.operations, &request);
        let met = self.seam.meet(address, &call).await;
        let treatment = met
            .verdict
            .and_then(|verdict| Treatment::of(verdict, Protocol::Http));
        if let (Some(verdict), None) = (met.verdict, treatment) {
            self.seam.trouble(Trouble::Meaningless(verdict, call));
        }
        self.treat(met, treatment, request).await
    }

    async fn treat(
        self: Arc<Self>,
        Met { number, .. }: Met,
        treatment: Option<Treatment>,
        request: Request<Bytes>,
    ) -> Result<Response<Body>, Broken> {
        match treatment {
            None => self.pass(number, request).await,
            Some(Treatment::Delay(by)) => {
                tokio::time::sleep(by).await;
                self.pass(number, request).await
            }
            Some(Treatment::Duplicate) => {
                let first = self.forward(request.clone()).await;
                // What the second is answered with nobody hears.
                let _ = self.forward(request).await;
                self.answer(number, first)
            }
            Some(Treatment::Lose(loss)) => {
                let answered = self.forward(request).await;
                self.lose(number, loss, answered).await
            }
            Some(Treatment::Fail(failure)) => {
                let answer = Answer::Refused(failure.status().to_string());
                self.seam.ended(number, End::Answered(answer));
                Ok(refusal(failure))
            }
            Some(Treatment::Close | Treatment::Refuse) => {
                self.seam.ended(number, End::Closed(None));
                Err(Broken)
            }
            Some(Treatment::Hang) => {
                self.seam.ended(number, End::Silence(None));
                std::future::pending().await
            }
            Some(Treatment::Kill) => {
                self.seam.ended(number, End::Killed(None));
                std::future::pending().await
            }
            Some(Treatment::Late(by)) => {
                self.land_late(number, by, request);
                std::future::pending().await
            }
        }
    }

    /// The effect comes although the client may be gone by then.
    fn land_late(self: Arc<Self>, number: u64, by: Duration, request: Request<Bytes>) {
        tokio::spawn(async move {
            tokio::time::sleep(by).await;
            let answered = self.forward(request).await;
            let answer = answered.ok().map(|response| answer_of(&response));
            self.seam.ended(number, End::Silence(answer));
        });
    }

    async fn pass(&self, number: u64, request: Request<Bytes>) -> Result<Response<Body>, Broken> {
        let answered = self.forward(request).await;
        self.answer(number, answered)
    }

    fn answer(
        &self,
        number: u64,
        answered: Result<Response<Bytes>, Broken>,
    ) -> Result<Response<Body>, Broken> {
        let end = match &answered {
            Ok(response) => End::Answered(answer_of(response)),
            Err(Broken) => End::Closed(None),
        };
        self.seam.ended(number, end);
        answered.map(|response| response.map(whole))
    }

    /// The call has taken effect; its answer does not arrive as it was.
    async fn lose(
        &self,
        number: u64,
        loss: Loss,
        answered: Result<Response<Bytes>, Broken>,
    ) -> Result<Response<Body>, Broken> {
        let response = answered.inspect_err(|Broken| self.seam.ended(number, End::Closed(None)))?;
        let answer = Some(answer_of(&response));
        match loss {
            Loss::Kill => {
                self.seam.ended(number, End::Killed(answer));
                std::future::pending::<()>().await;
            }
            Loss::Hang => {
                self.seam.ended(number, End::Silence(answer));
                std::future::pending::<()>().await;
            }
            _ => self.seam.ended(number, End::Closed(answer)),
        }
        match loss {
            Loss::Fail(failure) => Ok(refusal(failure)),
            Loss::Half => Ok(response.map(half)),
            Loss::Page => Ok(replaced(response, "text/html", PAGE)),
            Loss::Empty => Ok(replaced(response, "application/json", "{}")),
            Loss::Close | Loss::Kill | Loss::Hang => Err(Broken),
        }
    }

    /// Makes the request of the target.
    async fn forward(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Broken> {
        let stream = self.server.connect().await.map_err(|error| {
            let (server, error) = (self.server.to_string(), error.to_string());
            self.seam.trouble(Trouble::Unreachable { server, error });
            Broken
        })?;
        let connected = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
        let (mut sender, connection) = connected.map_err(|_| Broken)?;
        // It ends with the sender.
        tokio::spawn(connection);
        let sent = sender.send_request(request.map(Full::new)).await;
        let (mut head, body) = sent.map_err(|_| Broken)?.into_parts();
        let body = to_bytes(axum::body::Body::new(body), BODY_MAX)
            .await
            .map_err(|_| Broken)?;
        // The body is whole now, however it came.
        head.headers.remove(TRANSFER_ENCODING);
        Ok(Response::from_parts(head, body))
    }
}

fn answer_of(response: &Response<Bytes>) -> Answer {
    let status = response.status();
    match status.is_client_error() || status.is_server_error() {
        true => Answer::Refused(status.as_str().to_owned()),
        false => Answer::Done(status.as_str().to_owned()),
    }
}

fn whole(bytes: Bytes) -> Body {
    Full::new(bytes).map_err(never).boxed()
}

fn never(never: Infallible) -> io::Error {
    match never {}
}

/// Half of a body, after which the connection breaks off.
fn half(bytes: Bytes) -> Body {
    let first = bytes.slice(..bytes.len() / 2);
    let breaks = async {
        // Otherwise the first half would never be sent.
        tokio::time::sleep(Duration::from_millis(1)).await;
        Err(io::Error::from(io::ErrorKind::ConnectionReset))
    };
    let first = stream::once(std::future::ready(Ok(Frame::data(first))));
    BodyExt::boxed(StreamBody::new(first.chain(stream::once(breaks))))
}

fn short(status: StatusCode, text: &str) -> Response<Body> {
    let mut response = Response::new(whole(Bytes::copy_from_slice(text.as_bytes())));
    *response.status_mut() = status;
    response
}

fn refusal(failure: Failure) -> Response<Body> {
    let status = StatusCode::from_u16(failure.status()).expect("every failure has a valid status");
    let text = format!(r#"{{"message":"{}"}}"#, failure.message());
    replaced(
        short(status, "").map(|_| Bytes::new()),
        "application/json",
        &text,
    )
}

/// The response with another body.
fn replaced(response: Response<Bytes>, kind: &'static str, text: &str) -> Response<Body> {
    let mut response = response.map(|_| whole(Bytes::copy_from_slice(text.as_bytes())));
    response.headers_mut().remove(CONTENT_LENGTH);
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
