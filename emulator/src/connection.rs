//! One HTTP/1 connection: no headers of hyper's own, and an end without an answer where a fault
//! orders one.

use axum::body::Body;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::watch;

/// The request gets no answer: its connection is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the connection is closed without an answer")]
pub struct Dropped;

/// What a handler makes of a request.
pub type Answer = Result<Response<Body>, Dropped>;

/// Serves a connection until the client leaves, a request is dropped, or `stopping` turns true;
/// then the request in progress is the last.
pub(crate) async fn serve<F, A>(stream: TcpStream, stopping: watch::Receiver<bool>, handler: F)
where
    F: Fn(Request<Body>) -> A,
    A: Future<Output = Answer>,
{
    // Small answers must not wait for the client's acknowledgement; a socket that refuses the
    // option works all the same.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request: Request<Incoming>| handler(request.map(Body::new)));
    // The emulator writes `Date` from its own clock: SDKs correct their clocks by it.
    let mut connection = std::pin::pin!(
        http1::Builder::new()
            .auto_date_header(false)
            .serve_connection(TokioIo::new(stream), service)
    );
    let ended = {
        #[expect(clippy::disallowed_macros, reason = "biased: the order is fixed")]
        let ended = tokio::select! {
            biased;
            ended = connection.as_mut() => Some(ended),
            () = stopped(stopping) => None,
        };
        ended
    };
    let result = match ended {
        Some(result) => result,
        None => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "connection ended");
    }
}

/// Waits until the server stops.
pub(crate) async fn stopped(mut stopping: watch::Receiver<bool>) {
    // An error means that the sender is gone, and with it the server.
    let _ = stopping.wait_for(|is_stopping| *is_stopping).await;
}
