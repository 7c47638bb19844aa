//! Thin clients over the two services and the data plane. They turn SDK errors into domain
//! outcomes once, so that a rotation step reads as decisions and never sees an HTTP status.

pub(crate) mod api_keys;
pub(crate) mod probe;
pub(crate) mod secrets;

use crate::clock::{Backoff, Clock};
use crate::error::{Problem, RotationError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId;
use std::time::Duration;

/// How long a call is repeated that the service has no room for, on top of the SDK's own tries.
const THROTTLED: Duration = Duration::from_secs(60);

/// What a failed call means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// IAM or a resource policy said no; nothing happened.
    Denied,
    /// What was addressed does not exist; nothing happened.
    Gone,
    /// The version already holds another value; nothing happened.
    Exists,
    /// The limit of keys of the API is reached; nothing happened.
    LimitReached,
    /// The expiry asked for is outside 1 to 365 days; nothing happened.
    OutOfBounds,
    /// The schema of the API is being altered; nothing happened.
    Busy,
    /// Too many calls; nothing happened.
    Throttled,
    /// The KMS key of the secret cannot be used; nothing happened.
    KmsUnusable,
    /// The state of the secret does not allow the call; nothing happened.
    Conflict,
    /// Refused for another reason; nothing happened.
    Refused,
    /// The service failed or its answer cannot be read: the call may have had its effect.
    Unknown,
    /// No answer came: the call may have had its effect.
    Unanswered,
}

/// A failed call: what it means, and what may be said about it.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) meaning: Meaning,
    /// The IAM name of the action.
    action: &'static str,
    code: String,
    request_id: String,
}

impl Failure {
    /// Reads an SDK error. Its message is dropped: AppSync writes key ids into messages.
    pub(crate) fn of<E>(action: &'static str, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata,
    {
        let code = word(ProvideErrorMetadata::code(error).unwrap_or("none"));
        let request_id = word(error.raw_response().and_then(request_id).unwrap_or("none"));
        Self {
            meaning: meaning(error, &code),
            action,
            code,
            request_id,
        }
    }

    /// An answer that came with success but cannot be used.
    pub(crate) fn unusable(action: &'static str) -> Self {
        let none = || "none".to_owned();
        Self {
            meaning: Meaning::Unknown,
            action,
            code: none(),
            request_id: none(),
        }
    }

    /// Whether the call may have had its effect.
    pub(crate) fn is_ambiguous(&self) -> bool {
        matches!(self.meaning, Meaning::Unknown | Meaning::Unanswered)
    }

    /// Whether the same call may succeed a little later.
    pub(crate) fn is_transient(&self) -> bool {
        self.is_ambiguous() || self.is_put_off()
    }

    /// Whether nothing happened only because it is the wrong moment.
    pub(crate) fn is_put_off(&self) -> bool {
        matches!(self.meaning, Meaning::Throttled | Meaning::Busy)
    }

    /// What may be logged: the code and the request id.
    pub(crate) fn detail(&self) -> String {
        format!(
            "{:?}, code {}, request {}",
            self.meaning, self.code, self.request_id
        )
    }

    /// Logs a failure that does not fail the step.
    pub(crate) fn warn(&self, consequence: &str) {
        tracing::warn!(
            action = self.action,
            failure = self.detail(),
            "{consequence}"
        );
    }
}

impl From<Failure> for RotationError {
    fn from(failure: Failure) -> Self {
        let action = failure.action;
        let detail = format!("code {}, request {}", failure.code, failure.request_id);
        match failure.meaning {
            Meaning::Denied => Problem::AccessDenied { action, detail },
            Meaning::Gone if action.starts_with("appsync:") => Problem::ApiGone { action, detail },
            Meaning::KmsUnusable => Problem::KmsUnusable { action, detail },
            Meaning::Throttled => Problem::Throttled { action, detail },
            Meaning::Busy => Problem::ApiBusy { action, detail },
            Meaning::Unknown => Problem::ServiceFailed { action, detail },
            Meaning::Unanswered => Problem::Unreachable { action },
            Meaning::Gone
            | Meaning::Exists
            | Meaning::LimitReached
            | Meaning::OutOfBounds
            | Meaning::Conflict
            | Meaning::Refused => Problem::Refused { action, detail },
        }
        .into()
    }
}

fn meaning<E>(error: &SdkError<E, HttpResponse>, code: &str) -> Meaning {
    match error {
        // Nothing left the process: credentials or the request itself.
        SdkError::ConstructionFailure(_) => Meaning::Refused,
        SdkError::DispatchFailure(_) | SdkError::TimeoutError(_) => Meaning::Unanswered,
        SdkError::ServiceError(context) => meaning_of(context.raw().status().as_u16(), code),
        // A success that was cut short or cannot be parsed, above all.
        _ => Meaning::Unknown,
    }
}

/// Sends a call until the service has room for it, for a minute at most and never into the
/// deadline. A throttled call has done nothing, so that every call may be repeated.
pub(crate) async fn ask<T, E, F>(
    clock: &Clock,
    action: &'static str,
    send: impl Fn() -> F,
) -> Result<T, Failure>
where
    E: ProvideErrorMetadata,
    F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
{
    let began = clock.instant();
    let mut backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(8));
    loop {
        let failure = match send().await {
            Ok(output) => return Ok(output),
            Err(error) => Failure::of(action, &error),
        };
        let pause = backoff.next();
        let is_too_late = clock.since(began) + pause > THROTTLED;
        if failure.meaning != Meaning::Throttled || is_too_late {
            return Err(failure);
        }
        failure.warn("throttled; asking again");
        if clock.pause(pause).await.is_err() {
            return Err(failure);
        }
    }
}

/// Codes first, since both services use 400 for most of them (API models; the 409 of
/// CreateApiKey and the 429 of the gateway are recorded, not modelled).
fn meaning_of(status: u16, code: &str) -> Meaning {
    match (status, code) {
        (400..=499, "AccessDeniedException" | "UnauthorizedException") => Meaning::Denied,
        (400..=499, "NotFoundException" | "ResourceNotFoundException") => Meaning::Gone,
        (400..=499, "ResourceExistsException") => Meaning::Exists,
        (400..=499, "ApiKeyLimitExceededException") => Meaning::LimitReached,
        (400..=499, "ApiKeyValidityOutOfBoundsException") => Meaning::OutOfBounds,
        (400..=499, "ThrottlingException" | "TooManyRequestsException") | (429, _) => {
            Meaning::Throttled
        }
        (409, _) => Meaning::Busy,
        (400..=499, "EncryptionFailure" | "DecryptionFailure") => Meaning::KmsUnusable,
        (400..=499, "InvalidParameterException" | "InvalidRequestException") => Meaning::Conflict,
        (403, _) => Meaning::Denied,
        (400..=499, _) => Meaning::Refused,
        _ => Meaning::Unknown,
    }
}

fn request_id(response: &HttpResponse) -> Option<&str> {
    response.headers().request_id()
}

/// Keeps a server's word only if it looks like a code or an id.
fn word(text: &str) -> String {
    let harmless = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if text.len() <= 80 && text.bytes().all(harmless) {
        text.to_owned()
    } else {
        "odd".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_status_can_mean_many_things() {
        for (status, code, expected) in [
            (400, "ResourceNotFoundException", Meaning::Gone),
            (404, "NotFoundException", Meaning::Gone),
            (400, "ThrottlingException", Meaning::Throttled),
            (429, "LimitExceededException", Meaning::Throttled),
            (429, "none", Meaning::Throttled),
            // The version quota of Secrets Manager: waiting does not help.
            (400, "LimitExceededException", Meaning::Refused),
            (409, "ConcurrentModificationException", Meaning::Busy),
            (403, "none", Meaning::Denied),
            (500, "InternalFailureException", Meaning::Unknown),
            // Only the status says whether an error can be believed.
            (500, "AccessDeniedException", Meaning::Unknown),
            (200, "none", Meaning::Unknown),
        ] {
            assert_eq!(meaning_of(status, code), expected, "{status} {code}");
        }
    }

    fn failure(action: &'static str, meaning: Meaning) -> Failure {
        Failure {
            meaning,
            ..Failure::unusable(action)
        }
    }

    #[test]
    fn only_what_may_pass_by_itself_is_tried_again() {
        for (meaning, is_ambiguous, is_put_off) in [
            (Meaning::Unknown, true, false),
            (Meaning::Unanswered, true, false),
            (Meaning::Throttled, false, true),
            (Meaning::Busy, false, true),
            (Meaning::Denied, false, false),
            (Meaning::Refused, false, false),
        ] {
            let failure = failure("appsync:CreateApiKey", meaning);
            assert_eq!(failure.is_ambiguous(), is_ambiguous, "{meaning:?}");
            assert_eq!(failure.is_put_off(), is_put_off, "{meaning:?}");
            assert_eq!(failure.is_transient(), is_ambiguous || is_put_off);
        }
    }

    #[test]
    fn what_is_gone_is_an_api_for_appsync_only() {
        let kind = |action| RotationError::from(failure(action, Meaning::Gone)).error_type();
        assert_eq!(kind("appsync:ListApiKeys"), "ApiGone");
        assert_eq!(kind("secretsmanager:PutSecretValue"), "Refused");
    }

    #[test]
    fn a_request_that_never_left_has_done_nothing() {
        type Failed = SdkError<aws_smithy_types::error::ErrorMetadata, HttpResponse>;
        let meaning = |error: &Failed| Failure::of("appsync:CreateApiKey", error).meaning;
        let unsigned = Failed::construction_failure("no credentials");
        assert_eq!(meaning(&unsigned), Meaning::Refused);
        assert_eq!(meaning(&Failed::timeout_error("late")), Meaning::Unanswered);
    }

    #[test]
    fn a_failure_tells_the_code_and_the_request() {
        type Failed = SdkError<aws_smithy_types::error::ErrorMetadata, HttpResponse>;
        let body = aws_smithy_types::body::SdkBody::empty();
        let mut response = HttpResponse::new(404.try_into().unwrap(), body);
        response.headers_mut().insert("x-amzn-requestid", "r-1");
        let code = aws_smithy_types::error::ErrorMetadata::builder().code("NotFoundException");
        let failure = Failure::of("a:B", &Failed::service_error(code.build(), response));
        let expected = "Gone, code NotFoundException, request r-1";
        assert_eq!(failure.detail(), expected);
    }

    #[test]
    fn only_words_are_repeated() {
        assert_eq!(word("InternalFailureException"), "InternalFailureException");
        assert_eq!(word("API key not found: x"), "odd");
    }
}
