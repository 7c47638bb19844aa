//! The one connector: every request of the function under test, of either SDK client or its probe,
//! passes here, is carried into the world in process, and is recorded there. So is a websocket's
//! question: see `socket`.

use std::fmt;
use std::sync::Arc;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http::request::Parts;
use keywheel_emulator::time::Timestamp;

use super::{CallerScope, Carried, Carrier};

/// The connector. Clones lead into the same world.
#[derive(Clone)]
pub struct Wire {
    carrier: Arc<dyn Carrier>,
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wire")
    }
}

impl Wire {
    /// A connector to a world.
    pub(crate) fn new(carrier: Arc<dyn Carrier>) -> Self {
        Self { carrier }
    }

    /// Does it lead into the same world?
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.carrier, &other.carrier)
    }

    /// The world's time.
    pub(crate) fn now(&self) -> Timestamp {
        self.carrier.now()
    }

    /// What becomes of a request, as soon as that is due.
    pub(crate) async fn pass(
        &self,
        parts: Parts,
        body: Bytes,
        scope: Option<&CallerScope>,
    ) -> Carried {
        self.carrier.carry(parts, body, scope.cloned()).await
    }

    async fn exchange(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let scope = CallerScope::current();
        let request = request
            .try_into_http1x()
            .map_err(|e| ConnectorError::user(e.into()))?;
        let (parts, body) = request.into_parts();
        let body = Bytes::copy_from_slice(body.bytes().unwrap_or_default());
        let carried = self.pass(parts, body, scope.as_ref()).await;
        match outlive(carried, scope).await {
            Ok(response) => HttpResponse::try_from(response.map(SdkBody::from))
                .map_err(|error| ConnectorError::other(error.into(), None)),
            Err(Broken::Off) => Err(ConnectorError::io(
                "connection closed before an answer".into(),
            )),
            Err(Broken::Never) => Err(ConnectorError::other("no way to the service".into(), None)),
        }
    }
}

/// A connection without an answer.
pub(super) enum Broken {
    /// It closes.
    Off,
    /// There is none.
    Never,
}

/// What becomes of a request comes over the invocation that made it, which may not outlive it.
pub(super) async fn outlive(
    carried: Carried,
    scope: Option<CallerScope>,
) -> Result<http::Response<Bytes>, Broken> {
    match carried {
        Carried::Answer(response) => Ok(response),
        Carried::Dropped => Err(Broken::Off),
        Carried::Unreachable => Err(Broken::Never),
        Carried::Silence | Carried::Frozen(..) => std::future::pending().await,
        // Without the panic hook, which would print.
        Carried::Panicked => std::panic::resume_unwind(Box::new("a panic at a call")),
        Carried::Killed => {
            if let Some(scope) = scope {
                scope.life.end();
            }
            std::future::pending().await
        }
    }
}

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.clone().exchange(request))
    }
}

impl HttpClient for Wire {
    fn http_connector(
        &self,
        _settings: &HttpConnectorSettings,
        _components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
