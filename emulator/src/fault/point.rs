//! Where in a rotation a wire request happens, and what of it conditions can ask for.

use serde_json::Value;

use crate::ids::{InvocationNumber, Step};
use crate::time::Timestamp;

/// A run of the rotation function that makes a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The number of the run.
    pub invocation: InvocationNumber,
    /// The rotation step that it was run for.
    pub step: Step,
}

/// One wire request, as the fault rules see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallPoint<'a> {
    /// The AWS name of the operation, or `GraphQL` for a request of the data plane.
    pub operation: &'a str,
    /// The service, as addresses name it; empty for a request that names none.
    pub service: &'a str,
    /// Who calls; `None` for everyone outside an invocation.
    pub caller: Option<Caller>,
    /// When.
    pub at: Timestamp,
    /// The path of the request.
    pub path: &'a str,
    /// The body of the request.
    pub body: &'a [u8],
}

impl<'a> CallPoint<'a> {
    /// A call of which only the operation and the caller are known.
    pub const fn of(operation: &'a str, caller: Option<Caller>) -> Self {
        Self {
            operation,
            service: "",
            caller,
            at: Timestamp::EPOCH,
            path: "",
            body: b"",
        }
    }

    /// A member of the request as text: of the JSON body, or `apiId` and `id` from the path.
    pub fn member(&self, name: &str) -> Option<String> {
        let body: Option<Value> = serde_json::from_slice(self.body).ok();
        let found = body.as_ref().and_then(|body| match body.get(name)? {
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        });
        found.or_else(|| self.in_path(name))
    }

    fn in_path(&self, name: &str) -> Option<String> {
        let folder = match name {
            "apiId" => "apis",
            "id" => "apikeys",
            _ => return None,
        };
        let mut segments = self
            .path
            .split('/')
            .skip_while(|segment| *segment != folder);
        segments.nth(1).map(str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_come_from_the_body_and_the_path() {
        let point = CallPoint {
            path: "/v1/apis/api1/apikeys/da2-x",
            body: br#"{"SecretId":"s","expires":7}"#,
            ..CallPoint::of("UpdateApiKey", None)
        };
        let member = |name| point.member(name);
        assert_eq!(member("SecretId").as_deref(), Some("s"));
        assert_eq!(member("expires").as_deref(), Some("7"));
        assert_eq!(member("apiId").as_deref(), Some("api1"));
        assert_eq!(member("id").as_deref(), Some("da2-x"));
        assert_eq!(member("VersionId"), None);
    }
}
