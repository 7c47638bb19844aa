//! From a request to its operation.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::LazyLock;

use http::Method;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::ops::{self, Binding, Kind, QueryMember, Row};
use crate::wire::aws_query;
use crate::wire::error_code::RequestError;
use crate::wire::model::MODELS;
use crate::wire::payload::Payload;
use crate::wire::request::Request;
use crate::wire::scope;
use crate::wire::service::{self, Asked, Protocol, Service, form};

/// A request that found its operation.
pub(super) struct Routed<'a> {
    pub(super) row: &'static Row,
    pub(super) payload: Payload<'a>,
}

/// A request that has been read as far as it can be without the world, or has not.
#[derive(Default)]
pub struct Read<'a>(Option<Routed<'a>>);

impl<'a> Read<'a> {
    /// Reads a request: finds its operation, decodes and checks its input. What is wrong is told when
    /// it is its turn.
    pub fn of(request: &Request<'a>) -> Self {
        let asked = service::asked(request);
        let routed = route(&asked, request).ok();
        if let Some(routed) = &routed {
            // A refusal is found again by whoever carries the call out.
            let _ = (routed.row.check)(&routed.payload);
            // Policies ask for them.
            let _ = routed.payload.members();
        }
        Self(routed)
    }

    pub(super) fn routed(
        self,
        asked: &Asked,
        request: &Request<'a>,
    ) -> Result<Routed<'a>, RequestError> {
        self.0.map_or_else(|| route(asked, request), Ok)
    }
}

/// Services share names of operations.
static BY_TARGET: LazyLock<BTreeMap<(Service, &'static str), &'static Row>> = LazyLock::new(|| {
    let is_target = |row: &&Row| matches!(row.binding, Binding::Target);
    ops::rows()
        .filter(is_target)
        .map(|row| ((row.service, row.name), row))
        .collect()
});

/// An operation that is found by method and path.
struct RestRow {
    row: &'static Row,
    method: &'static str,
    query: &'static [QueryMember],
    has_free_body: bool,
    /// The path, taken apart once.
    template: Vec<&'static str>,
}

static BY_PATH: LazyLock<Vec<RestRow>> =
    LazyLock::new(|| ops::rows().filter_map(rest_row).collect());

fn rest_row(row: &'static Row) -> Option<RestRow> {
    let Binding::Rest {
        method,
        path,
        query,
        has_free_body,
        ..
    } = row.binding
    else {
        return None;
    };
    Some(RestRow {
        row,
        method,
        query,
        has_free_body,
        template: path.split('/').collect(),
    })
}

/// Finds the operation of a request to a control plane.
pub(super) fn route<'a>(asked: &Asked, request: &Request<'a>) -> Result<Routed<'a>, RequestError> {
    match asked {
        Asked::Target { service, operation } if service.protocol() == Protocol::Query => {
            by_action(*service, operation, request)
        }
        Asked::Target { service, operation } => by_target(*service, operation, request),
        Asked::Path(service) => by_path(*service, request),
        Asked::Other { service, .. } => Err(RequestError::NotEmulated {
            asked: service.clone(),
        }),
    }
}

fn by_target<'a>(
    service: Service,
    operation: &str,
    request: &Request<'a>,
) -> Result<Routed<'a>, RequestError> {
    if request.method != http::Method::POST {
        let method = request.method.to_string();
        return Err(RequestError::WrongMethod {
            method,
            allowed: "POST".to_owned(),
        });
    }
    if operation.is_empty() {
        return Err(RequestError::MissingHeader {
            header: "X-Amz-Target",
        });
    }
    let row = BY_TARGET.get(&(service, operation));
    let not_emulated = || RequestError::NotEmulated {
        asked: format!("The operation {operation} of {}", service.as_str()),
    };
    let row = row.ok_or_else(not_emulated)?;
    Ok(Routed {
        row,
        payload: Payload::new(request.body, vec![]),
    })
}

fn by_action<'a>(
    service: Service,
    operation: &str,
    request: &Request<'a>,
) -> Result<Routed<'a>, RequestError> {
    if operation.is_empty() {
        return Err(RequestError::MissingAction);
    }
    let mut rows = ops::rows().filter(|row| row.service == service);
    let row = rows.find(|row| row.name == operation);
    let row = row.ok_or_else(|| RequestError::NotEmulated {
        asked: format!("The operation {operation} of {}", service.as_str()),
    })?;
    let is_link = request.method == Method::GET && !scope::is_signed_in_header(request);
    if is_link && row.kind == Kind::Write {
        // Whoever follows a link has not decided to change anything.
        return Err(RequestError::MissingSignature);
    }
    Ok(Routed {
        row,
        payload: Payload::new(b"", aws_query::members(form(request))?),
    })
}

fn by_path<'a>(service: Service, request: &Request<'a>) -> Result<Routed<'a>, RequestError> {
    if service.needs_signature() && !scope::is_signed_in_header(request) {
        return Err(RequestError::MissingSignature);
    }
    let segments: Vec<&str> = request.uri.path().split('/').collect();
    let mut allowed = Vec::new();
    for rest in BY_PATH.iter().filter(|rest| rest.row.service == service) {
        let Some(mut bound) = members_of_path(&rest.template, &segments) else {
            continue;
        };
        if request.method.as_str() != rest.method {
            allowed.push(rest.method);
            continue;
        }
        bound.extend(members_of_query(
            rest.query,
            request.uri.query().unwrap_or_default(),
        )?);
        let bound = bound
            .into_iter()
            .map(|(name, value)| (Cow::Borrowed(name), value))
            .collect();
        return Ok(Routed {
            row: rest.row,
            payload: Payload::new(
                if rest.has_free_body {
                    b""
                } else {
                    request.body
                },
                bound,
            ),
        });
    }
    Err(unrouted(service, request, &allowed))
}

fn unrouted(service: Service, request: &Request<'_>, allowed: &[&str]) -> RequestError {
    let path = request.uri.path();
    let model = MODELS.of(service);
    let method = request.method.as_str();
    if let Some(name) = model.and_then(|model| model.operation_at(method, request.uri)) {
        return RequestError::NotEmulated {
            asked: format!("The operation {name} of {}", service.as_str()),
        };
    }
    if allowed.is_empty() {
        let (service, path) = (service.as_str(), shape_of_path(path));
        return RequestError::NotEmulated {
            asked: format!("{} {path} of {service}", request.method),
        };
    }
    RequestError::WrongMethod {
        method: request.method.to_string(),
        allowed: allowed.join(" or "),
    }
}

/// A path without what may be a key.
fn shape_of_path(path: &str) -> String {
    let hide = |segment: &'_ str| {
        if segment.starts_with("da2-") {
            "da2-…".to_owned()
        } else {
            segment.to_owned()
        }
    };
    path.split('/').map(hide).collect::<Vec<_>>().join("/")
}

/// The members in a path that matches the template. Segments are decoded after they are matched,
/// since an encoded slash belongs to its segment [MEAS].
fn members_of_path(
    template: &[&'static str],
    segments: &[&str],
) -> Option<Vec<(&'static str, Value)>> {
    if template.len() != segments.len() {
        return None;
    }
    let mut members = Vec::new();
    for (part, segment) in template.iter().copied().zip(segments) {
        match part
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'))
        {
            Some(_) if segment.is_empty() => return None,
            Some(name) => members.push((name, Value::String(decoded(segment)))),
            None if part == *segment => {}
            None => return None,
        }
    }
    Some(members)
}

fn decoded(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

fn members_of_query(
    members: &'static [QueryMember],
    query: &str,
) -> Result<Vec<(&'static str, Value)>, RequestError> {
    let pairs = || query.split('&').filter_map(|pair| pair.split_once('='));
    let texts = |name: &'static str| {
        pairs()
            .filter(move |(key, _)| *key == name)
            .map(|(_, value)| decoded(&value.replace('+', " ")))
    };
    let mut bound = Vec::new();
    for member in members {
        match *member {
            QueryMember::Text(name) => {
                bound.extend(texts(name).next().map(|text| (name, Value::String(text))));
            }
            QueryMember::Integer(name) => {
                let parse = |text: String| parsed::<i64>(name, &text);
                bound.extend(texts(name).next().map(parse).transpose()?);
            }
            QueryMember::Boolean(name) => {
                let parse = |text: String| parsed::<bool>(name, &text);
                bound.extend(texts(name).next().map(parse).transpose()?);
            }
            QueryMember::List(name) => {
                bound.push((name, texts(name).map(Value::String).collect()));
            }
        }
    }
    Ok(bound)
}

fn parsed<T: FromStr + Into<Value>>(
    name: &'static str,
    text: &str,
) -> Result<(&'static str, Value), RequestError> {
    let wrong = |_| RequestError::BadJson {
        at: format!("query member {name}"),
    };
    Ok((name, text.parse::<T>().map_err(wrong)?.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoded_slash_stays_in_its_segment() {
        let segments: Vec<&str> = "/v1/apis/x/apikeys/da2-abc%2Fdef".split('/').collect();
        let template: Vec<&str> = "/v1/apis/{apiId}/apikeys/{id}".split('/').collect();
        let members = members_of_path(&template, &segments).unwrap();
        assert_eq!(members[1], ("id", Value::from("da2-abc/def")));
        assert!(members_of_path(&template[..5], &segments).is_none());
    }

    #[test]
    fn query_members_have_their_types() {
        const MEMBERS: &[QueryMember] = &[
            QueryMember::Integer("maxResults"),
            QueryMember::Text("nextToken"),
        ];
        let bound = members_of_query(MEMBERS, "maxResults=0&nextToken=a%20b%2B%2F%3D").unwrap();
        assert_eq!(
            bound,
            vec![
                ("maxResults", Value::from(0)),
                ("nextToken", "a b+/=".into())
            ]
        );
        assert!(members_of_query(MEMBERS, "maxResults=ten").is_err());
        const FLAG: &[QueryMember] = &[QueryMember::Boolean("flag")];
        assert_eq!(
            members_of_query(FLAG, "flag=true").unwrap(),
            [("flag", true.into())]
        );
        assert!(members_of_query(FLAG, "flag=1").is_err());
    }

    #[test]
    fn a_path_is_told_without_the_key_in_it() {
        assert_eq!(shape_of_path("/v1/x/da2-secret"), "/v1/x/da2-…");
    }
}
