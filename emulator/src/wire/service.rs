//! Which service a request is for, and the form in which that service's protocol writes answers.

use http::HeaderName;

use super::aws_query;
use super::request::Request;
use super::scope;

/// A service that the emulator answers for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    /// AWS Secrets Manager: AWS JSON 1.1, every call is `POST /` [M].
    SecretsManager,
    /// AWS AppSync, control plane: REST-JSON [MODEL].
    AppSync,
    /// AWS AppSync, data plane: GraphQL over HTTP.
    GraphQl,
    /// AWS AppSync, data plane: Event APIs over HTTP, and all websockets.
    Events,
    /// AWS IAM: Query [M].
    Iam,
    /// AWS STS: Query [M].
    Sts,
    /// AWS Lambda: REST-JSON [MODEL].
    Lambda,
    /// CloudWatch Logs: AWS JSON 1.1 [MODEL].
    Logs,
}

impl Service {
    /// The name in endpoints, signatures and the journal.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SecretsManager => "secretsmanager",
            Self::AppSync => "appsync",
            Self::GraphQl => "graphql",
            Self::Events => "events",
            Self::Iam => "iam",
            Self::Sts => "sts",
            Self::Lambda => "lambda",
            Self::Logs => "logs",
        }
    }
}

/// The protocol in whose form an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// `X-Amz-Target` and a JSON body; errors as `{"__type": …, "Message": …}` [R].
    AwsJson,
    /// Paths and JSON bodies; errors as a header and `{"message": …}` [MODEL].
    RestJson,
    /// Lambda's REST-JSON; errors as a header and `{"Type": …, "Message": …}` [R].
    LambdaJson,
    /// Form bodies with `Action=…`; errors as XML.
    Query,
    /// Paths and XML bodies, as S3 has them.
    RestXml,
    /// GraphQL over HTTP; errors as a header and `{"errors": […]}` [REC].
    GraphQl,
}

/// What a request asks for, as far as its head tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// An operation by its name, from `X-Amz-Target`.
    Target {
        /// The service.
        service: Service,
        /// The operation, as sent.
        operation: String,
    },
    /// A method and a path of a REST service.
    Path(Service),
    /// Something that is not emulated.
    Other {
        /// The service as the client names it.
        service: String,
        /// The form of the answer.
        protocol: Protocol,
    },
}

static TARGET: HeaderName = HeaderName::from_static("x-amz-target");

/// Finds out what a request asks for.
///
/// `X-Amz-Target` decides if it is there; then the service in the credential scope of the
/// signature; then the path, or the version of the API in a form.
pub fn asked(request: &Request<'_>) -> Asked {
    if let Some(target) = request.header(&TARGET) {
        return asked_by_target(target);
    }
    match scope::signed_service(request).as_deref() {
        Some("secretsmanager") => Asked::Target {
            service: Service::SecretsManager,
            operation: String::new(),
        },
        Some("appsync") => Asked::Path(Service::AppSync),
        Some("iam") => asked_by_action(Service::Iam, request),
        Some("sts") => asked_by_action(Service::Sts, request),
        Some("lambda") => Asked::Path(Service::Lambda),
        Some("logs") => Asked::Target {
            service: Service::Logs,
            operation: String::new(),
        },
        Some(other) => Asked::Other {
            service: other.to_owned(),
            protocol: if other == "s3" {
                Protocol::RestXml
            } else {
                form_of(request)
            },
        },
        None => asked_by_path(request),
    }
}

fn asked_by_target(target: &str) -> Asked {
    let (prefix, operation) = target.split_once('.').unwrap_or((target, ""));
    let service = match prefix {
        "secretsmanager" => Some(Service::SecretsManager),
        "Logs_20140328" => Some(Service::Logs),
        _ => None,
    };
    if let Some(service) = service {
        let operation = operation.to_owned();
        return Asked::Target { service, operation };
    }
    Asked::Other {
        service: target.to_owned(),
        protocol: Protocol::AwsJson,
    }
}

/// An operation by the `Action` of the form, or of the query.
fn asked_by_action(service: Service, request: &Request<'_>) -> Asked {
    let operation = aws_query::action(form(request)).unwrap_or_default();
    Asked::Target { service, operation }
}

/// The form: the body, or the query of a request without one.
pub fn form<'a>(request: &Request<'a>) -> &'a [u8] {
    if request.method == http::Method::GET {
        return request.uri.query().unwrap_or_default().as_bytes();
    }
    request.body
}

fn asked_by_path(request: &Request<'_>) -> Asked {
    let path = request.uri.path();
    if let ("/", Some(service)) = (path, aws_query::service_of_version(form(request))) {
        return asked_by_action(service, request);
    }
    let first_two = |a: &str| path == a || path.strip_prefix(a).is_some_and(|r| r.starts_with('/'));
    if ["/v1/apis", "/v2/apis", "/v1/tags"]
        .into_iter()
        .any(first_two)
    {
        return Asked::Path(Service::AppSync);
    }
    let of_lambda = [
        "/2015-03-31/functions",
        "/2020-06-30/functions",
        "/2017-03-31/tags",
    ];
    if of_lambda.into_iter().any(first_two) {
        return Asked::Path(Service::Lambda);
    }
    if path == "/" && form_of(request) != Protocol::Query {
        // Only Secrets Manager is called at the root; its missing header is what to complain of.
        return Asked::Target {
            service: Service::SecretsManager,
            operation: String::new(),
        };
    }
    Asked::Other {
        service: format!("path {path}"),
        protocol: form_of(request),
    }
}

fn form_of(request: &Request<'_>) -> Protocol {
    let content_type = request
        .header(http::header::CONTENT_TYPE)
        .unwrap_or_default();
    if content_type.starts_with("application/x-www-form-urlencoded") {
        Protocol::Query
    } else if content_type.starts_with("application/x-amz-json") {
        Protocol::AwsJson
    } else {
        Protocol::RestJson
    }
}

impl Service {
    /// The form of the service's answers.
    pub const fn protocol(self) -> Protocol {
        match self {
            Self::SecretsManager => Protocol::AwsJson,
            Self::AppSync => Protocol::RestJson,
            Self::GraphQl | Self::Events => Protocol::GraphQl,
            Self::Iam | Self::Sts => Protocol::Query,
            Self::Lambda => Protocol::LambdaJson,
            Self::Logs => Protocol::AwsJson,
        }
    }

    /// Is a call refused that is not signed in a header? It gets code to run, and so it must not be
    /// one that a web page can make a browser send: behind the guard this is the second bolt.
    pub const fn needs_signature(self) -> bool {
        matches!(self, Self::Lambda)
    }
}

impl Asked {
    /// The form in which an answer must be written.
    pub fn protocol(&self) -> Protocol {
        match self {
            Self::Target { service, .. } | Self::Path(service) => service.protocol(),
            Self::Other { protocol, .. } => *protocol,
        }
    }
}
