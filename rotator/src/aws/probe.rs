//! The probe: one question with a key, and what the answer says about the key. A GraphQL API is
//! asked a query; for an Event API see `events`.

mod events;

use super::api_keys::DataPlane;
use crate::key::Key;
use crate::sdk;
use crate::socket::SharedSockets;
use aws_smithy_async::future::timeout::Timeout;
use aws_smithy_async::rt::sleep::{AsyncSleep, SharedAsyncSleep};
use aws_smithy_async::time::SharedTimeSource;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::body::SdkBody;
use http::{HeaderValue, Uri};
use serde_json::Value;
use std::convert::Infallible;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// What an answer says about the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The API took the key, whatever it thought of the query.
    Accepted,
    /// The API does not know the key, or not yet.
    Rejected,
    /// Something before the API refused; it says nothing about the key.
    Forbidden,
    /// Nothing that could judge a key was reached.
    Unreachable,
    /// The API could not answer now.
    Unclear(String),
}

/// Sends probes.
#[derive(Clone)]
pub(crate) struct Prober {
    http: SharedHttpClient,
    sockets: Option<SharedSockets>,
    time: SharedTimeSource,
    sleep: SharedAsyncSleep,
    body: String,
    /// Whether the question must be answered, and without an error.
    is_strict: bool,
    /// Building a way costs more than asking, and a function asks one URL all its life.
    last: Arc<Mutex<Option<(String, Way)>>>,
}

/// Without the clients and the way built for them: what they print is long.
impl fmt::Debug for Prober {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Prober")
            .field("body", &self.body)
            .field("is_strict", &self.is_strict)
            .finish_non_exhaustive()
    }
}

impl Prober {
    pub(crate) fn new(
        http: SharedHttpClient,
        sockets: Option<SharedSockets>,
        time: SharedTimeSource,
        sleep: SharedAsyncSleep,
        query: &str,
        is_strict: bool,
    ) -> Self {
        let body = serde_json::json!({ "query": query }).to_string();
        Self {
            http,
            sockets,
            time,
            sleep,
            body,
            is_strict,
            last: Arc::default(),
        }
    }

    /// Asks the API once with `key`. It follows no redirect and repeats nothing.
    pub(crate) async fn ask(&self, plane: &DataPlane, key: &Key) -> Verdict {
        match &plane.events_host {
            Some(host) => self.ask_events(&plane.url, host, key).await,
            None => self.ask_graphql(&plane.url, key).await,
        }
    }

    async fn ask_events(&self, url: &str, host: &str, key: &Key) -> Verdict {
        let Some(sockets) = &self.sockets else {
            return Verdict::Unclear("no websocket client in this build".to_owned());
        };
        let asking = sockets.ask(events::question(url, host, key));
        match Timeout::new(asking, self.sleep.sleep(sdk::ATTEMPT_TIMEOUT)).await {
            Ok(answer) => events::judge(&answer),
            Err(_) => Verdict::Unreachable,
        }
    }

    async fn ask_graphql(&self, url: &str, key: &Key) -> Verdict {
        let Some(way) = self.way_to(url) else {
            return Verdict::Unreachable;
        };
        match way.invoke(Question(key.clone())).await {
            Ok(verdict) => verdict,
            Err(SdkError::ResponseError(_)) => Verdict::Unclear("a broken answer".to_owned()),
            Err(_) => Verdict::Unreachable,
        }
    }

    /// The way to a URL: the one of the last question, where it is the same.
    fn way_to(&self, url: &str) -> Option<Way> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, way)) = &*last
            && known == url
        {
            return Some(way.clone());
        }
        let way = self.new_way(url)?;
        *last = Some((url.to_owned(), way.clone()));
        Some(way)
    }

    fn new_way(&self, url: &str) -> Option<Way> {
        let uri = url.parse::<Uri>().ok()?;
        let (scheme, authority) = (uri.scheme_str()?, uri.authority()?);
        let path = uri
            .path_and_query()
            .map_or("/", |path| path.as_str())
            .to_owned();
        let (body, is_strict) = (self.body.clone(), self.is_strict);
        let operation = Operation::builder()
            .service_name("AppSync data plane")
            .operation_name("Probe")
            .behavior_version(sdk::behavior_version())
            .http_client(self.http.clone())
            .time_source(self.time.clone())
            .sleep_impl(self.sleep.clone())
            .endpoint_url(&format!("{scheme}://{authority}"))
            .no_auth()
            .no_retry()
            .timeout_config(sdk::timeouts())
            .serializer(move |question: Question| question.request(&path, &body))
            .deserializer::<Verdict, Infallible>(move |response| {
                Ok(verdict_on(response, is_strict))
            })
            .build();
        Some(Arc::new(operation))
    }
}

/// A way to one URL. It knows no key.
type Way = Arc<Operation<Question, Verdict, Infallible>>;

struct Question(Key);

impl fmt::Debug for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Question")
    }
}

impl Question {
    fn request(&self, path: &str, body: &str) -> Result<HttpRequest, BoxError> {
        let mut key = HeaderValue::from_str(self.0.expose())?;
        key.set_sensitive(true);
        let request = http::Request::post(path)
            .header("content-type", "application/json")
            .header("x-api-key", key)
            .body(SdkBody::from(body))?;
        Ok(HttpRequest::try_from(request)?)
    }
}

fn verdict_on(response: &HttpResponse, is_strict: bool) -> Verdict {
    let body = response.body().bytes().unwrap_or_default();
    judge(response.status().as_u16(), body, is_strict)
}

/// The table of answers. Recorded: a refused key is a 401, a field that keys may not read is a
/// 200 with an `Unauthorized` error, and an unknown host is no JSON at all.
fn judge(status: u16, body: &[u8], is_strict: bool) -> Verdict {
    match status {
        200 => judge_graphql(body, is_strict),
        401 => Verdict::Rejected,
        403 => Verdict::Forbidden,
        404 => Verdict::Unreachable,
        other => Verdict::Unclear(format!("status {other}")),
    }
}

fn judge_graphql(body: &[u8], is_strict: bool) -> Verdict {
    let Ok(Value::Object(answer)) = serde_json::from_slice(body) else {
        return Verdict::Unclear("200 without JSON".to_owned());
    };
    let errors = answer
        .get("errors")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    if errors.iter().any(is_about_the_key) {
        Verdict::Rejected
    } else if is_strict && !errors.is_empty() {
        Verdict::Unclear("200 with errors".to_owned())
    } else if !errors.is_empty() || answer.get("data").is_some_and(|data| !data.is_null()) {
        Verdict::Accepted
    } else {
        Verdict::Unclear("200 without data or errors".to_owned())
    }
}

fn is_about_the_key(error: &Value) -> bool {
    error.get("errorType").and_then(Value::as_str) == Some("UnauthorizedException")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_judged_by_the_table() {
        let forbidden_field = r#"{"data":{"x":null},"errors":[{"errorType":"Unauthorized",
            "message":"Not Authorized to access x on type Query"}]}"#;
        let bad_field = r#"{"data":null,"errors":[{"message":"Validation error"}]}"#;
        let refused = r#"{"errors":[{"errorType":"UnauthorizedException"}]}"#;
        let unclear = |text: &str| Verdict::Unclear(text.to_owned());
        for (status, body, expected) in [
            (200, r#"{"data":{"__typename":"Query"}}"#, Verdict::Accepted),
            (200, forbidden_field, Verdict::Accepted),
            (200, bad_field, Verdict::Accepted),
            (200, refused, Verdict::Rejected),
            (200, "<html>", unclear("200 without JSON")),
            (
                200,
                r#"{"data":null}"#,
                unclear("200 without data or errors"),
            ),
            (401, refused, Verdict::Rejected),
            (403, "", Verdict::Forbidden),
            (404, "", Verdict::Unreachable),
            (429, "", unclear("status 429")),
            (502, "", unclear("status 502")),
            (302, "", unclear("status 302")),
        ] {
            let judged = judge(status, body.as_bytes(), false);
            assert_eq!(judged, expected, "{status} {body}");
        }
        for body in [forbidden_field, bad_field] {
            let judged = judge(200, body.as_bytes(), true);
            assert_eq!(judged, unclear("200 with errors"), "{body}");
        }
        let answered = judge(200, br#"{"data":{"items":[]}}"#, true);
        assert_eq!(answered, Verdict::Accepted);
    }

    #[tokio::test(start_paused = true)]
    async fn each_url_is_asked_at_its_own() {
        use crate::scripted::{Script, accepted, key};

        let script = Script::new(vec![("Probe n", accepted()), ("Probe n", accepted())]);
        let prober = Prober::new(
            SharedHttpClient::new(script.clone()),
            None,
            SharedTimeSource::new(script.clone()),
            SharedAsyncSleep::new(aws_smithy_async::rt::sleep::TokioSleep::new()),
            "query Q { __typename }",
            false,
        );
        for path in ["one", "other"] {
            let plane = DataPlane {
                url: format!("https://host.data.test/{path}"),
                events_host: None,
                takes_keys: true,
            };
            let verdict = prober.ask(&plane, &Key::listed(&key('n'))).await;
            assert_eq!(verdict, Verdict::Accepted);
        }
        let paths: Vec<String> = script.calls().into_iter().map(|call| call.path).collect();
        assert_eq!(paths, ["/one", "/other"]);
    }
}
