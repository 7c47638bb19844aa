//! What an operation's reply is on the wire, and what else may come of a call.

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};

use crate::ops::Reply;
use crate::state::lambda::deployment::FunctionCall;
use crate::wire::aws_query;
use crate::wire::error_code::{Failure, WireError};
use crate::wire::request::Search;
use crate::wire::service::Protocol;

/// An answer and what the journal says of it.
pub(in crate::engine) struct Answer {
    pub(in crate::engine) made: Made,
    pub(in crate::engine) error: Option<Cow<'static, str>>,
}

/// What a call has come to.
pub(in crate::engine) enum Made {
    Response(Response<Bytes>),
    /// A function must run first.
    Run(Box<FunctionCall>),
    /// Something must be searched for first.
    Search(Search, Protocol),
}

/// The answer to a call of an operation.
pub(super) fn answer(result: Result<Reply, Failure>, protocol: Protocol) -> Answer {
    match result {
        Ok(Reply::Run(call)) => Answer {
            made: Made::Run(call),
            error: None,
        },
        Ok(Reply::Answer { status, body }) => Answer {
            made: Made::Response(success(status, body, protocol)),
            error: None,
        },
        Ok(Reply::Search(search)) => Answer {
            made: Made::Search(search, protocol),
            error: None,
        },
        Err(failure) => {
            let error = WireError::of(&failure, protocol);
            Answer {
                made: Made::Response(error.response(protocol)),
                error: Some(error.code),
            }
        }
    }
}

/// The answer of a call that did what it was asked for.
pub(super) fn success(status: u16, body: Vec<u8>, protocol: Protocol) -> Response<Bytes> {
    let content_type = match protocol {
        Protocol::AwsJson => "application/x-amz-json-1.1",
        Protocol::Query => aws_query::CONTENT_TYPE,
        Protocol::RestJson | Protocol::LambdaJson | Protocol::RestXml | Protocol::GraphQl => {
            "application/json"
        }
    };
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
    let content_type = HeaderValue::from_static(content_type);
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, content_type);
    response
}
