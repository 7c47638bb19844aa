//! A rotation function behind a URL that takes events, such as that of the Lambda runtime
//! interface emulator.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode, Uri, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use super::function_error::{FunctionError, FunctionFailure, RunResult};
use super::{BoxFuture, InvocationContext, RotationEvent, RotationFunction, StepResult};

/// The longest answer that is read, as on Lambda: 6 MiB.
const ANSWER_LIMIT: usize = 6 << 20;

/// A URL that runs a function when an event is posted to it:
/// `http://localhost:9000/2015-03-31/functions/function/invocations`.
#[derive(Debug)]
pub struct LambdaUrl {
    url: Uri,
    client: Client<HttpConnector, Full<Bytes>>,
}

/// The text is no URL that can be called.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadUrl {
    /// It is no URL at all.
    #[error(
        "{0:?} is not a URL such as http://127.0.0.1:9000/2015-03-31/functions/function/invocations"
    )]
    NotAUrl(String),
    /// It is not `http://`.
    #[error("{0:?} does not begin with http://, the only scheme that is called")]
    NotHttp(String),
}

impl LambdaUrl {
    /// Takes the URL.
    ///
    /// # Errors
    /// It is not a URL with scheme `http` and a host.
    pub fn new(url: &str) -> Result<Self, BadUrl> {
        let not_a_url = || BadUrl::NotAUrl(url.to_owned());
        let parsed: Uri = url.parse().map_err(|_| not_a_url())?;
        if parsed.authority().is_none() {
            return Err(not_a_url());
        }
        if parsed.scheme_str() != Some("http") {
            return Err(BadUrl::NotHttp(url.to_owned()));
        }
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(Duration::from_secs(5)));
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self {
            url: parsed,
            client,
        })
    }

    /// Posts an event of any form and judges the answer.
    pub async fn run_event(&self, event: Bytes, context: InvocationContext) -> RunResult {
        let request = Request::post(self.url.clone())
            .header(header::CONTENT_TYPE, "application/json")
            .header("x-amz-invocation-type", "RequestResponse")
            .header("x-amzn-requestid", &context.request_id)
            .body(Full::from(event))
            .map_err(|error| self.unreachable(&error))?;
        let response = self.client.request(request).await;
        let response = response.map_err(|error| self.unreachable(&error))?;
        self.judge(response).await
    }

    /// A failure is told by the status, by a header, or by the body alone.
    async fn judge(&self, response: Response<Incoming>) -> RunResult {
        let (head, body) = response.into_parts();
        let header = head.headers.get("x-amz-function-error");
        let named = header.and_then(|text| text.to_str().ok());
        let body = Limited::new(body, ANSWER_LIMIT).collect().await;
        let body = body.map_err(|error| self.unreachable(&*error))?.to_bytes();
        if named.is_some() || FunctionError::read(&body).is_error() {
            return Err(FunctionFailure::read(body, named));
        }
        if head.status != StatusCode::OK {
            let message = format!("{} answered {}", self.url, head.status);
            return Err(FunctionFailure::new("Runtime.BadStatus", message));
        }
        Ok(body)
    }

    fn unreachable(&self, error: &dyn std::error::Error) -> FunctionFailure {
        let mut message = format!("{}: {error}", self.url);
        if let Some(source) = error.source() {
            message = format!("{message}: {source}");
        }
        FunctionFailure::new("Runtime.Unreachable", message)
    }
}

impl RotationFunction for LambdaUrl {
    fn invoke(
        &self,
        event: RotationEvent,
        context: InvocationContext,
    ) -> BoxFuture<'_, StepResult> {
        Box::pin(async move {
            let result = self.run_event(event.to_json().into(), context).await;
            result.map(drop).map_err(FunctionFailure::into_step_failure)
        })
    }

    fn run(&self, event: Bytes, context: InvocationContext) -> BoxFuture<'_, RunResult> {
        Box::pin(self.run_event(event, context))
    }
}
