//! Effects that land when nobody waits for them any more: after the retry of their call, after the
//! next invocation, or after the rotation has ended.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, Method, Uri};

use crate::fault::{Caller, Span};
use crate::time::Timestamp;
use crate::wire::request::Request;

use super::Engine;
use super::dispatch::Read;
use super::seam::Exposure;

/// How many effects may be waited for, and how many bytes their bodies may have together. One
/// beyond that lands before the next call: an effect is never lost.
const WAITING_MAX: usize = 10_000;
const BODIES_MAX: usize = 64 << 20;

/// The requests that take effect later, by when they do; of two at one time the one that was asked
/// first comes first.
#[derive(Clone, Debug, Default)]
pub(super) struct LateEffects {
    waiting: BTreeMap<(Timestamp, u64), LateEffect>,
    bodies: usize,
    asked: u64,
}

/// A request that takes effect later.
#[derive(Clone, Debug)]
struct LateEffect {
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

impl LateEffects {
    fn is_full(&self) -> bool {
        self.waiting.len() >= WAITING_MAX || self.bodies >= BODIES_MAX
    }

    fn put(&mut self, due: Timestamp, effect: LateEffect) {
        self.bodies += effect.body.len();
        self.asked += 1;
        self.waiting.insert((due, self.asked), effect);
    }

    fn due(&self) -> Option<Timestamp> {
        let ((due, _), _) = self.waiting.first_key_value()?;
        Some(*due)
    }

    fn take_due(&mut self, now: Timestamp) -> Option<(Timestamp, LateEffect)> {
        self.due().filter(|due| *due <= now)?;
        let ((due, _), effect) = self.waiting.pop_first()?;
        self.bodies -= effect.body.len();
        Some((due, effect))
    }
}

impl Engine {
    pub(super) fn put_off(
        &mut self,
        request: &Request<'_>,
        operation: &'static str,
        by: Span,
        now: Timestamp,
    ) {
        let due = match self.late.is_full() {
            true => now,
            false => now.plus(by.to_duration()),
        };
        let effect = LateEffect {
            method: request.method.clone(),
            uri: request.uri.clone(),
            headers: request.headers.clone(),
            body: Bytes::copy_from_slice(request.body),
            caller: request.caller,
            operation,
        };
        self.late.put(due, effect);
    }

    /// Lets the effects land that are due by `now`, each at its time, and tells them.
    pub fn land_late_effects(&mut self, now: Timestamp) -> Vec<Landed> {
        let mut landed = Vec::new();
        while let Some((at, effect)) = self.late.take_due(now) {
            let request = Request {
                method: &effect.method,
                uri: &effect.uri,
                headers: &effect.headers,
                body: &effect.body,
                caller: effect.caller,
            };
            self.answer(&request, Read::default(), Exposure::Exempt, at);
            landed.push(Landed {
                at,
                operation: effect.operation,
                caller: effect.caller,
            });
        }
        landed
    }

    /// When the next effect lands.
    pub(super) fn late_due(&self) -> Option<Timestamp> {
        self.late.due()
    }
}
