//! What an operation is, and how it is called.

use http::HeaderMap;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::entropy::Entropy;
use crate::ids::Scope;
use crate::state::error::ApiError;
use crate::state::iam::signer::Signer;
use crate::state::lambda::deployment::FunctionCall;
use crate::state::{Partition, World};
use crate::time::Timestamp;
use crate::wire::error_code::Failure;
use crate::wire::payload::Payload;
use crate::wire::request::Search;
use crate::wire::service::Service;
use crate::wire::validate::Constrained;

use super::access::part::Judged;
use super::run::{check, check_by_table, check_of_logs, run, run_by_table, run_of_logs, run_query};
use super::unread::reads;

/// Does an operation change the world?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It only reads (though a read may be noted, as LastAccessedDate is).
    Read,
    /// It commits a change.
    Write,
}

/// One operation of one service.
pub trait Operation {
    /// AWS's name of the operation.
    const NAME: &'static str;
    /// Does it change the world?
    const KIND: Kind;
    /// The HTTP status of its answers.
    const STATUS: u16 = 200;
    /// The input, with the wire's member names.
    type Input: DeserializeOwned + Send + 'static;
    /// The output, with members in the wire's order; `()` is an empty body.
    type Output: Serialize;

    /// Carries the operation out: checks all, then changes all.
    ///
    /// # Errors
    /// The rule that refuses, as a fact of the domain; then nothing has changed.
    fn apply(
        world: &mut World,
        cx: &mut Context<'_>,
        input: Self::Input,
    ) -> Result<Self::Output, ApiError>;

    /// The body of the answer: JSON, unless the model makes one member the whole body.
    fn encode(output: &Self::Output) -> Vec<u8> {
        encode(output)
    }

    /// What the call is answered with.
    fn reply(output: Self::Output) -> Reply {
        Reply::Answer {
            status: Self::STATUS,
            body: Self::encode(&output),
        }
    }
}

/// What an operation makes of its call.
#[derive(Debug)]
pub enum Reply {
    /// An answer.
    Answer {
        /// The HTTP status.
        status: u16,
        /// The body.
        body: Vec<u8>,
    },
    /// A function is to be run, and what it returns is the answer.
    Run(Box<FunctionCall>),
    /// Something is to be searched for, and what is found is the answer.
    Search(Search),
}

/// What an operation is told about its call.
#[derive(Debug)]
pub struct Context<'a> {
    /// The time of the call.
    pub now: Timestamp,
    /// Where ids come from.
    pub entropy: &'a mut Entropy,
    /// Account and Region of the caller.
    pub scope: &'a Scope,
    /// Host and port at which the client reached the emulator.
    pub authority: &'a str,
    /// Who calls.
    pub signer: &'a Signer,
    /// The headers of the request.
    pub headers: &'a HeaderMap,
    /// The body as it came.
    pub body: &'a [u8],
    /// The parts of the call that were held against policies one by one.
    pub judged: Vec<Judged>,
}

impl Context<'_> {
    /// A header's text; none if it is absent or not text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The caller's partition of the world.
    pub fn partition<'w>(&self, world: &'w mut World) -> &'w mut Partition {
        world.partition(self.scope)
    }
}

/// How a request finds its operation.
#[derive(Clone, Copy, Debug)]
pub enum Binding {
    /// By the name in `X-Amz-Target`.
    Target,
    /// By the `Action` of a form.
    Query,
    /// By method and path.
    Rest {
        /// The method.
        method: &'static str,
        /// The path, with its members in braces: `/v1/apis/{apiId}`.
        path: &'static str,
        /// Members that travel in the query.
        query: &'static [QueryMember],
        /// Headers that carry members.
        headers: &'static [&'static str],
        /// Is the body no JSON object with members, but something of the caller's own?
        has_free_body: bool,
    },
}

/// A member that travels in the query, with its type.
#[derive(Clone, Copy, Debug)]
pub enum QueryMember {
    /// A text.
    Text(&'static str),
    /// A whole number.
    Integer(&'static str),
    /// `true` or `false`.
    Boolean(&'static str),
    /// A list of texts, one a repetition.
    List(&'static str),
}

/// Whether a call's input is what the operation takes, which no state decides.
type Check = fn(&Payload<'_>) -> Result<(), Failure>;

/// A call of an operation, without its types.
type Run = fn(&mut World, &mut Context<'_>, &Payload<'_>) -> Result<Reply, Failure>;

/// Does the input of an operation read a member, where the path of the request gives the others?
type Reads = fn(&Value, &str) -> bool;

/// An operation's row in the table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Its service.
    pub service: Service,
    /// AWS's name of the operation.
    pub name: &'static str,
    /// Does it change the world?
    pub kind: Kind,
    /// How a request finds it.
    pub binding: Binding,
    pub(crate) check: Check,
    pub(crate) run: Run,
    pub(crate) reads: Reads,
}

impl Row {
    /// The row of an operation that is found by its target and whose constraints are in a table.
    pub(crate) const fn tabled<O: Operation>(service: Service) -> Self {
        Self {
            service,
            name: O::NAME,
            kind: O::KIND,
            binding: Binding::Target,
            check: |payload| check_by_table::<O>(Service::SecretsManager, payload),
            run: run_by_table::<O>,
            reads: reads::<O::Input>,
        }
    }

    /// The row of an operation of CloudWatch Logs.
    pub(crate) const fn target<O: Operation>(service: Service) -> Self
    where
        O::Input: Constrained,
    {
        Self {
            service,
            name: O::NAME,
            kind: O::KIND,
            binding: Binding::Target,
            check: check_of_logs::<O>,
            run: run_of_logs::<O>,
            reads: reads::<O::Input>,
        }
    }

    /// The row of an operation that is found by the `Action` of a form.
    pub(crate) const fn query<O: Operation>(service: Service) -> Self {
        let (check, run): (Check, Run) = match service {
            Service::Sts => (
                |payload| check_by_table::<O>(Service::Sts, payload),
                |world, cx, payload| run_query::<O>(Service::Sts, world, cx, payload),
            ),
            _ => (
                |payload| check_by_table::<O>(Service::Iam, payload),
                |world, cx, payload| run_query::<O>(Service::Iam, world, cx, payload),
            ),
        };
        Self {
            service,
            name: O::NAME,
            kind: O::KIND,
            binding: Binding::Query,
            check,
            run,
            reads: reads::<O::Input>,
        }
    }

    /// The row of an operation that is found by method and path.
    pub(crate) const fn rest<O: Operation>(
        service: Service,
        method: &'static str,
        path: &'static str,
        query: &'static [QueryMember],
    ) -> Self
    where
        O::Input: Constrained,
    {
        let binding = Binding::Rest {
            method,
            path,
            query,
            headers: &[],
            has_free_body: false,
        };
        Self {
            service,
            name: O::NAME,
            kind: O::KIND,
            binding,
            check: check::<O>,
            run: run::<O>,
            reads: reads::<O::Input>,
        }
    }

    /// The same row, of an operation with members in headers.
    pub(crate) const fn with_headers(mut self, names: &'static [&'static str]) -> Self {
        if let Binding::Rest { headers, .. } = &mut self.binding {
            *headers = names;
        }
        self
    }

    /// The same row, of an operation whose body is the caller's own.
    pub(crate) const fn with_free_body(mut self) -> Self {
        if let Binding::Rest { has_free_body, .. } = &mut self.binding {
            *has_free_body = true;
        }
        self
    }
}

/// Most answers fit, so that they are written without being moved, in bytes.
const USUAL_BODY: usize = 512;

/// An output without members is an empty body [R: no fields were recorded].
pub(super) fn encode<T: Serialize>(output: &T) -> Vec<u8> {
    let mut body = Vec::with_capacity(USUAL_BODY);
    serde_json::to_writer(&mut body, output).expect("outputs have text keys and plain members");
    if body == b"null" { Vec::new() } else { body }
}
