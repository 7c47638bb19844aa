//! A file descriptor in reserve: with all others in use, a server still answers who asks whether it
//! is well, and tells everybody else why it does not answer.

use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};

use crate::connection::{self, Answer};
use crate::guard::Guard;

use super::control;
use super::server::answer_control;
use super::shell::Shell;

/// Lets this process have as many file descriptors as it may: each connection needs one, and shells
/// give a thousand. Returns how many there are.
#[cfg(unix)]
pub fn raise_descriptor_limit() -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: maximum,
        maximum,
    };
    // What cannot be raised stays as it is.
    match setrlimit(Resource::Nofile, raised) {
        Ok(()) => maximum,
        Err(_) => current,
    }
}

/// Such a limit is a matter of other systems.
#[cfg(not(unix))]
pub fn raise_descriptor_limit() -> Option<u64> {
    None
}

/// How long a connection on the reserve may take: all others wait for it.
const PATIENCE: Duration = Duration::from_millis(250);

/// How long it may take to say something, which it had time for while it waited.
const MOMENT: Duration = Duration::from_millis(5);

/// The reserve.
pub(super) struct Spare(Option<File>);

impl Spare {
    /// Takes a descriptor as long as there are some.
    pub(super) fn kept() -> Self {
        Self(File::open("/dev/null").ok())
    }

    /// Lets the descriptor go for one connection, and takes it again when that has ended.
    pub(super) async fn answer_one(
        &mut self,
        listener: &TcpListener,
        guard: &Guard,
        shell: &Arc<Shell>,
        control: &Router,
    ) {
        if self.0.take().is_some() {
            let serving = async {
                if let Some(stream) = first_to_speak(listener).await {
                    let control = TowerToHyperService::new(control.clone());
                    let handler = |request| answer(&control, request);
                    let stopping = shell.stopping.subscribe();
                    connection::serve(stream, guard, stopping, PATIENCE, handler).await;
                }
            };
            // Whoever takes longer is not waited for.
            let _ = tokio::time::timeout(PATIENCE, serving).await;
        }
        *self = Self::kept();
    }
}

/// The next connection over which something has come. Others have waited in vain, and go.
async fn first_to_speak(listener: &TcpListener) -> Option<TcpStream> {
    loop {
        let (stream, _) = listener.accept().await.ok()?;
        let spoken = tokio::time::timeout(MOMENT, stream.readable()).await;
        if spoken.is_ok_and(|readable| readable.is_ok()) {
            return Some(stream);
        }
    }
}

async fn answer(control: &TowerToHyperService<Router>, request: Request<Body>) -> Answer {
    let mut response = if control::is_health(request.uri().path()) {
        answer_control(control, request).await?
    } else {
        let text = "{\"message\":\"The emulator has no file descriptor left: close connections, or \
                    raise the limit (ulimit -n).\"}";
        let mut response = Response::new(Bytes::from_static(text.as_bytes()));
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        response
    };
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(header::CONNECTION, close);
    Ok(response)
}
