//! How a request is called: by a name that the world gives it, or by its method and path.

use std::str::FromStr;

use bytes::Bytes;
use http::{Method, Request};

use crate::link::call::Call;

use super::SERVICE;

/// A name for requests: `op NAME = METHOD PATH`, where `*` stands for any one segment of the path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    name: String,
    method: Method,
    path: String,
}

/// The text names no operation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} names no operation: write NAME = METHOD /PATH, as in Create = POST /tokens")]
pub struct BadOperation(String);

impl FromStr for Operation {
    type Err = BadOperation;

    fn from_str(text: &str) -> Result<Self, BadOperation> {
        let bad = || BadOperation(text.to_owned());
        let (name, request) = text.split_once('=').ok_or_else(bad)?;
        let mut words = request.split_whitespace();
        let (method, path) = (words.next().ok_or_else(bad)?, words.next().ok_or_else(bad)?);
        let name = name.trim();
        let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_name || !path.starts_with('/') || words.next().is_some() {
            return Err(bad());
        }
        Ok(Self {
            name: name.to_owned(),
            method: method.parse().map_err(|_| bad())?,
            path: path.to_owned(),
        })
    }
}

impl Operation {
    fn is_of(&self, request: &Request<Bytes>) -> bool {
        let (own, asked) = (self.path.split('/'), request.uri().path().split('/'));
        let is_same = own.clone().count() == asked.clone().count()
            && own
                .zip(asked)
                .all(|(own, asked)| own == "*" || own == asked);
        is_same && self.method == *request.method()
    }
}

/// How people see a request.
pub(super) fn call_of(operations: &[Operation], request: &Request<Bytes>) -> Call {
    let shown = format!("{} {}", request.method(), shown_path(request.uri().path()));
    let named = operations.iter().find(|operation| operation.is_of(request));
    Call {
        service: SERVICE,
        operation: named.map_or_else(|| shown.clone(), |operation| operation.name.clone()),
        text: shown,
    }
}

/// The longest segment of a path that is a word and no value.
const WORD_MAX: usize = 24;

/// A path with `*` for each segment that looks like a value: an id, a token.
fn shown_path(path: &str) -> String {
    let is_word = |segment: &str| {
        let is_version = segment.len() <= 3 && segment.starts_with('v');
        let is_plain = segment
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b"-_.".contains(&b));
        is_version || (segment.len() <= WORD_MAX && is_plain)
    };
    let segments = path
        .split('/')
        .map(|segment| if is_word(segment) { segment } else { "*" });
    let mut shown = segments.collect::<Vec<_>>().join("/");
    shown.truncate(200);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(operations: &[Operation], method: &str, uri: &str) -> Call {
        let request = Request::builder()
            .method(method)
            .uri(uri)
            .body(Bytes::new())
            .unwrap();
        call_of(operations, &request)
    }

    #[test]
    fn a_request_is_called_by_method_and_path_without_values() {
        let called = |uri| call(&[], "POST", uri).to_string();
        assert_eq!(called("/tokens?secret=hunter2"), "http.POST /tokens");
        assert_eq!(
            called("/api/v2/users/7f3a91/tokens"),
            "http.POST /api/v2/users/*/tokens"
        );
        assert_eq!(called("/tokens/Sup3rS3cret"), "http.POST /tokens/*");
    }

    #[test]
    fn the_world_can_name_a_request() {
        let revoke: Operation = "Revoke = DELETE /tokens/*".parse().unwrap();
        let revoke = [revoke];
        assert_eq!(
            call(&revoke, "DELETE", "/tokens/abc").to_string(),
            "http.Revoke"
        );
        assert_eq!(
            call(&revoke, "DELETE", "/tokens/abc").text,
            "DELETE /tokens/abc"
        );
        assert_eq!(
            call(&revoke, "DELETE", "/tokens").operation,
            "DELETE /tokens"
        );
        for bad in [
            "",
            "Revoke",
            "Revoke = DELETE",
            "A B = GET /x",
            "A = GET x",
            "A = GET /x y",
        ] {
            let error = bad.parse::<Operation>().unwrap_err().to_string();
            assert!(error.contains("NAME = METHOD /PATH"), "{error}");
        }
    }
}
