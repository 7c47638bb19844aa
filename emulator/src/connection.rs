//! One HTTP/1 connection: nobody comes in past the guard, no headers of hyper's own, and an end
//! without an answer where a fault orders one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::guard::{Guard, Refusal};
use crate::race::{Either, race};

/// How long a connection may be open without a request, or a request take to tell its headers: as
/// long as clients of AWS keep a connection that they do not use.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The request gets no answer: its connection is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the connection is closed without an answer")]
pub struct Dropped;

/// What a handler makes of a request: a whole answer, since all are small.
pub type Answer = Result<Response<Bytes>, Dropped>;

/// Serves a connection until the client leaves, a request is dropped, or `stopping` turns true;
/// then the request in progress is the last. A client is waited for as long as `patience` says.
pub(crate) async fn serve<F, A>(
    stream: TcpStream,
    guard: &Guard,
    stopping: watch::Receiver<bool>,
    patience: impl Into<Option<Duration>>,
    handler: F,
) where
    F: Fn(Request<Body>) -> A,
    A: Future<Output = Answer>,
{
    // Small answers must not wait for the client's acknowledgement; a socket that refuses the
    // option works all the same.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request: Request<Incoming>| {
        let answer = guarded(guard, request.map(Body::new), &handler);
        async { answer.await.map(|response| response.map(Full::new)) }
    });
    // The emulator writes `Date` from its own clock: SDKs correct their clocks by it.
    let mut connection = std::pin::pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(patience)
            .auto_date_header(false)
            .serve_connection(TokioIo::new(stream), service)
            // Websockets take the connection over.
            .with_upgrades()
    );
    let result = match race(connection.as_mut(), stopped(stopping)).await {
        Either::Left(result) => result,
        Either::Right(()) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "connection ended");
    }
}

/// Answers a request that is let in, and refuses the others.
async fn guarded<F, A>(guard: &Guard, request: Request<Body>, handler: &F) -> Answer
where
    F: Fn(Request<Body>) -> A,
    A: Future<Output = Answer>,
{
    let (head, body) = request.into_parts();
    let entrance = match guard.admit(&head) {
        Ok(entrance) => entrance,
        Err(refusal) => {
            tell(&refusal);
            return Ok(refusal.response(&head));
        }
    };
    let mut response = match entrance.preflight() {
        Some(response) => response,
        None => handler(Request::from_parts(head, body)).await?,
    };
    entrance.finish(&mut response);
    Ok(response)
}

/// Says once that a request was refused: a page can send them for ever.
fn tell(refusal: &Refusal) {
    static IS_TOLD: AtomicBool = AtomicBool::new(false);
    if IS_TOLD.swap(true, Ordering::Relaxed) {
        tracing::debug!("refused a request: {refusal}");
    } else {
        tracing::warn!("refused a request, and will say nothing of the next: {refusal}");
    }
}

/// Serves everybody who connects and is let in. The connections end with this future.
pub(crate) async fn serve_all<F, A>(listener: TcpListener, guard: Guard, handler: F)
where
    F: Fn(Request<Body>) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Answer> + Send + 'static,
{
    let mut connections = JoinSet::new();
    let (_running, stopping) = watch::channel(false);
    let guard = Arc::new(guard);
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            return;
        };
        while connections.try_join_next().is_some() {}
        let (guard, stopping, handler) = (Arc::clone(&guard), stopping.clone(), handler.clone());
        // A function's runtime says nothing for as long as the function runs.
        connections.spawn(async move { serve(stream, &guard, stopping, None, handler).await });
    }
}

/// Waits until the server stops.
pub(crate) async fn stopped(mut stopping: watch::Receiver<bool>) {
    // An error means that the sender is gone, and with it the server.
    let _ = stopping.wait_for(|is_stopping| *is_stopping).await;
}
