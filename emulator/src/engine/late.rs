//! Effects that land when nobody waits for them any more: after the retry of their call, after the
//! next invocation, or after the rotation has ended.

use bytes::Bytes;
use http::{HeaderMap, Method, Uri};

use crate::fault::{Caller, Span};
use crate::time::Timestamp;
use crate::wire::request::Request;

use super::Engine;

/// A request that takes effect later.
#[derive(Clone, Debug)]
pub(super) struct LateEffect {
    due: Timestamp,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
    caller: Option<Caller>,
    operation: &'static str,
}

/// An effect that has landed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Landed {
    /// When.
    pub at: Timestamp,
    /// The operation.
    pub operation: &'static str,
    /// Who had asked for it.
    pub caller: Option<Caller>,
}

impl Engine {
    pub(super) fn put_off(
        &mut self,
        request: &Request<'_>,
        operation: &'static str,
        by: Span,
        now: Timestamp,
    ) {
        self.late.push(LateEffect {
            due: now.plus(by.to_duration()),
            method: request.method.clone(),
            uri: request.uri.clone(),
            headers: request.headers.clone(),
            body: Bytes::copy_from_slice(request.body),
            caller: request.caller,
            operation,
        });
    }

    /// Lets the effects land that are due by `now`, each at its time, and tells them.
    pub fn land_late_effects(&mut self, now: Timestamp) -> Vec<Landed> {
        let mut landed = Vec::new();
        while let Some(at) = self.next_late().filter(|at| self.late[*at].due <= now) {
            let effect = self.late.remove(at);
            let request = Request {
                method: &effect.method,
                uri: &effect.uri,
                headers: &effect.headers,
                body: &effect.body,
                caller: effect.caller,
            };
            // Taken out of the list first, so that the call does not find itself to be due.
            self.call_thawed(&request, effect.due);
            landed.push(Landed {
                at: effect.due,
                operation: effect.operation,
                caller: effect.caller,
            });
        }
        landed
    }

    /// When the next effect lands.
    pub(super) fn late_due(&self) -> Option<Timestamp> {
        self.late.iter().map(|effect| effect.due).min()
    }

    /// The position of the effect that lands next; of two at one time the one asked for first.
    fn next_late(&self) -> Option<usize> {
        let positions = 0..self.late.len();
        positions.min_by_key(|at| self.late[*at].due)
    }
}
