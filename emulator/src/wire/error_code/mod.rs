//! From domain facts to AWS's error codes: the only place where codes are written.

mod appsync;
pub mod data_plane;
pub mod denial;
mod iam;
mod lambda;
mod logs;
pub mod realtime;
mod request;
mod secrets;
mod signature;

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::json;

use crate::state::error::ApiError;
use crate::state::secrets::error::SecretsError;

use super::aws_query;
use super::model::MODELS;
use super::service::{Protocol, Service};
use super::signature::BadSignature;

use denial::Denial;

pub use request::RequestError;

/// What Lambda calls a function that is not there: the reason why a step could not be run.
pub const FUNCTION_NOT_FOUND: &str = "ResourceNotFoundException";

/// What is said to whoever may not do something.
pub const ACCESS_DENIED: &str = "AccessDeniedException";

/// An error as a client sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WireError {
    /// The bare code, such as `ResourceNotFoundException`.
    pub code: Cow<'static, str>,
    /// The HTTP status.
    pub status: StatusCode,
    /// The message.
    pub message: String,
}

/// Why a request failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The operation refused.
    Refused(ApiError),
    /// It never reached an operation.
    Request(RequestError),
    /// No policy allows it.
    Denied(Denial),
    /// Its signature is not accepted.
    Unauthentic(BadSignature),
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self::Refused(error)
    }
}

impl From<RequestError> for Failure {
    fn from(error: RequestError) -> Self {
        Self::Request(error)
    }
}

impl WireError {
    /// An error with a code of the service's own.
    pub fn new(code: &'static str, status: u16, message: impl Into<String>) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
        Self {
            code: Cow::Borrowed(code),
            status,
            message: message.into(),
        }
    }

    /// The error of one secret among several.
    pub fn of_secrets(error: &SecretsError) -> Self {
        secrets::wire_error(error)
    }

    /// The error for a failure, in the codes of the protocol's service.
    pub fn of(failure: &Failure, protocol: Protocol) -> Self {
        match failure {
            Failure::Refused(ApiError::Secrets(error)) => secrets::wire_error(error),
            Failure::Refused(ApiError::AppSync(error)) => appsync::wire_error(error),
            Failure::Refused(ApiError::Iam(error)) => iam::wire_error(error),
            Failure::Denied(denial) => denial.wire_error(),
            Failure::Unauthentic(bad) => signature::wire_error(bad, protocol),
            Failure::Refused(ApiError::Lambda(error)) => lambda::wire_error(error),
            Failure::Refused(ApiError::Logs(error)) => logs::wire_error(error),
            Failure::Request(error) => request_error(error, protocol),
        }
    }

    /// The answer that carries this error.
    pub fn response(&self, protocol: Protocol) -> Response<Bytes> {
        let (content_type, body) = match protocol {
            Protocol::AwsJson => ("application/x-amz-json-1.1", self.aws_json()),
            Protocol::RestJson => (
                "application/json",
                json!({ "message": self.message }).to_string(),
            ),
            Protocol::LambdaJson => ("application/json", self.lambda_json()),
            Protocol::Query => (aws_query::CONTENT_TYPE, self.query_xml()),
            Protocol::RestXml => ("application/xml", self.xml()),
            Protocol::GraphQl => ("application/json;charset=UTF-8", self.graphql()),
        };
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        let has_code_header = matches!(
            protocol,
            Protocol::RestJson | Protocol::LambdaJson | Protocol::GraphQl
        );
        if let (true, Ok(code)) = (has_code_header, HeaderValue::from_str(&self.code)) {
            headers.insert("x-amzn-errortype", code);
        }
        response
    }

    /// `__type` first, bare, and a capital `Message` [R]. The framework's own errors are seen with
    /// a small letter, so they carry both [?].
    fn aws_json(&self) -> String {
        let code = json!(self.code);
        let message = json!(self.message);
        if self.is_from_framework() {
            return format!(r#"{{"__type":{code},"Message":{message},"message":{message}}}"#);
        }
        format!(r#"{{"__type":{code},"Message":{message}}}"#)
    }

    /// `Type`, and the text under the name that the model gives it: `message` for some errors,
    /// `Message` for others [MODEL; R]. The framework's own have nothing but a `message` [R].
    fn lambda_json(&self) -> String {
        if self.is_from_framework() {
            return json!({ "message": self.message }).to_string();
        }
        let model = MODELS.of(Service::Lambda);
        let member = model.and_then(|model| model.text_member(&self.code));
        let member = member.unwrap_or("Message");
        json!({ "Type": self.blamed(), member: self.message }).to_string()
    }

    /// Whose mistake it is, in Lambda's words [R].
    fn blamed(&self) -> &'static str {
        if self.status.is_server_error() {
            "Service"
        } else {
            "User"
        }
    }

    fn is_from_framework(&self) -> bool {
        [
            "ValidationException",
            "SerializationException",
            "UnknownOperationException",
        ]
        .contains(&&*self.code)
    }

    /// The layout of errors of the data plane, as recorded: pretty-printed, no `data` [REC].
    fn graphql(&self) -> String {
        let (code, message) = (json!(self.code), json!(self.message));
        format!(
            "{{\n  \"errors\" : [ {{\n    \"errorType\" : {code},\n    \"message\" : {message}\n  }} ]\n}}"
        )
    }

    fn query_xml(&self) -> String {
        aws_query::error(&self.code, &self.message, self.status.is_server_error())
    }

    fn xml(&self) -> String {
        let escape = |text: &str| {
            text.replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;")
        };
        format!(
            "<Error><Code>{}</Code><Message>{}</Message></Error>",
            escape(&self.code),
            escape(&self.message),
        )
    }
}

/// What the emulator answers for, told to whoever asks for something else.
const EMULATED: &str = "Keywheel emulates AWS Secrets Manager, AWS AppSync API keys and what they \
                        need of IAM, STS, Lambda and CloudWatch Logs; `keywheel list operations` \
                        names every operation";

fn request_error(error: &RequestError, protocol: Protocol) -> WireError {
    match error {
        RequestError::NotEmulated { asked } => WireError::new(
            "NotImplemented",
            501,
            format!("{asked} is not emulated. {EMULATED}."),
        ),
        RequestError::MemberNotEmulated { member, operation } => WireError::new(
            "NotImplemented",
            501,
            format!("The member {member} of {operation} is not emulated."),
        ),
        RequestError::MissingHeader { header } => WireError::new(
            "UnknownOperationException",
            400,
            format!("The header {header} is missing: it names the operation."),
        ),
        RequestError::MissingAction => WireError::new(
            "MissingAction",
            400,
            "The form has no Action: it names the operation.",
        ),
        RequestError::WrongMethod { method, allowed } => WireError::new(
            "MethodNotAllowedException",
            405,
            format!("{method} is not allowed here. Use {allowed}."),
        ),
        RequestError::BadJson { at } => {
            let code = malformed_code(protocol);
            WireError::new(
                code,
                400,
                format!("The body is not what the operation takes: {at}."),
            )
        }
        RequestError::TooLarge { limit, operation } => {
            let text = match operation {
                // [R]
                Some(name) if protocol == Protocol::LambdaJson => {
                    format!("Request must be smaller than {limit} bytes for the {name} operation")
                }
                _ => format!("The body is longer than {limit} bytes."),
            };
            WireError::new("RequestEntityTooLargeException", 413, text)
        }
        RequestError::MissingSignature => signature::wire_error(&BadSignature::Missing, protocol),
        RequestError::Invalid(violations) => {
            WireError::new(invalid_code(protocol), 400, violations.to_string())
        }
    }
}

fn malformed_code(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::AwsJson => "SerializationException",
        Protocol::RestJson | Protocol::GraphQl => "BadRequestException",
        Protocol::LambdaJson => "SerializationException",
        Protocol::Query | Protocol::RestXml => "MalformedInput",
    }
}

/// AppSync models no ValidationException; its 400 for a bad request is BadRequestException [MODEL].
fn invalid_code(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::AwsJson | Protocol::LambdaJson | Protocol::RestXml => "ValidationException",
        Protocol::Query => "ValidationError",
        Protocol::RestJson | Protocol::GraphQl => "BadRequestException",
    }
}

/// An error that a fault orders, in the words of the service that it strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Injected {
    /// The service's own fault.
    Internal,
    /// The service is not available.
    Unavailable,
    /// Too many requests.
    Throttled,
    /// AppSync's other way to say that there are too many requests.
    LimitExceeded,
    /// A quota is used up.
    Quota,
    /// The caller lacks a permission.
    AccessDenied,
    /// The policy of the KMS key does not let the caller use it.
    KmsDenied,
    /// The KMS key is disabled.
    KmsUnusable,
    /// Something else is changing the same thing.
    Conflict,
    /// The credential is not accepted.
    Unauthorized,
    /// A firewall refuses.
    Forbidden,
}

impl WireError {
    /// The error that a fault orders for an operation of a service.
    pub fn injected(injected: Injected, service: Service, operation: &str) -> Self {
        let is_secrets = service == Service::SecretsManager;
        let is_query = service.protocol() == Protocol::Query;
        match injected {
            Injected::Internal if is_query => {
                Self::new("ServiceFailure", 500, "An internal failure occurred.")
            }
            Injected::Unavailable if is_query => {
                Self::new("ServiceUnavailable", 503, "Service is unavailable.")
            }
            Injected::Throttled if is_query => Self::new("Throttling", 400, "Rate exceeded"),
            Injected::Internal if is_secrets => Self::new(
                "InternalServiceError",
                500,
                "An error occurred on the server side.",
            ),
            Injected::Internal if service == Service::Lambda => Self::new(
                "ServiceException",
                500,
                "An error occurred and the request cannot be processed.",
            ),
            Injected::Internal => Self::new(
                "InternalFailureException",
                500,
                "An internal failure occurred. Try your request again.",
            ),
            Injected::Unavailable => Self::new(
                "ServiceUnavailableException",
                503,
                "Service is unavailable.",
            ),
            Injected::Throttled if is_secrets => {
                Self::new("ThrottlingException", 400, "Rate exceeded")
            }
            Injected::Throttled => Self::new("TooManyRequestsException", 429, "Too Many Requests"),
            Injected::LimitExceeded => Self::new(
                "LimitExceededException",
                429,
                "The request exceeded a limit. Try your request again.",
            ),
            Injected::Quota if is_secrets => Self::new(
                "LimitExceededException",
                400,
                "You have exceeded the quota of this secret.",
            ),
            Injected::Quota => Self::new(
                "ApiKeyLimitExceededException",
                400,
                "The API key exceeded a limit. Try your request again.",
            ),
            Injected::AccessDenied => Denial::of_operation(service, operation).wire_error(),
            Injected::KmsDenied => {
                Self::new("AccessDeniedException", 400, "Access to KMS is not allowed")
            }
            Injected::KmsUnusable => secrets::kms_unusable(operation),
            Injected::Conflict => Self::new(
                "ConcurrentModificationException",
                409,
                "Schema is currently being altered, please wait until that is complete.",
            ),
            Injected::Unauthorized => Self::new(
                "UnauthorizedException",
                401,
                "You are not authorized to make this call.",
            ),
            Injected::Forbidden => Self::new("WAFForbiddenException", 403, "403 Forbidden"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aws_json_errors_have_the_recorded_bytes() {
        let text = "Secrets Manager can't find the specified secret.";
        let error = WireError::new("ResourceNotFoundException", 400, text);
        let response = error.response(Protocol::AwsJson);
        let expected = format!(r#"{{"__type":"ResourceNotFoundException","Message":"{text}"}}"#);
        assert_eq!(response.body(), expected.as_bytes());
        assert_eq!(
            response.body().len(),
            99,
            "the content-length that AWS sent"
        );
    }

    #[test]
    fn errors_in_xml_are_escaped_and_nest_as_their_protocol_wants() {
        let error = WireError::new("NotImplemented", 501, "<a> & b");
        let s3 = error.response(Protocol::RestXml);
        let body = "<Error><Code>NotImplemented</Code><Message>&lt;a&gt; &amp; b</Message></Error>";
        assert_eq!(s3.body(), body);
        let query = error.response(Protocol::Query);
        let body = body.replace("<Error>", "<Error><Type>Receiver</Type>");
        assert_eq!(
            query.body(),
            &format!("<ErrorResponse>{body}</ErrorResponse>")
        );
    }

    #[test]
    fn rest_errors_carry_their_code_in_a_header() {
        let response =
            WireError::new("NotFoundException", 404, "gone").response(Protocol::RestJson);
        assert_eq!(response.headers()["x-amzn-errortype"], "NotFoundException");
        assert_eq!(response.body().as_ref(), br#"{"message":"gone"}"#);
    }
}
