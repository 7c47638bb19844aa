//! How a call of the function gets into the world: it waits for its turn, takes effect or does not,
//! and what becomes of it comes when it is due.

use bytes::Bytes;
use http::request::Parts;
use keywheel_emulator::fault::{Caller, Span};
use keywheel_emulator::invoke::BoxFuture;
use keywheel_emulator::time::Timestamp;

use crate::call::{CallerScope, Carried, Carrier};
use crate::clock::Pace;

use super::world::World;

impl Carrier for World {
    fn carry(
        &self,
        parts: Parts,
        body: Bytes,
        scope: Option<CallerScope>,
    ) -> BoxFuture<'_, Carried> {
        Box::pin(async move { self.pass(parts, body, scope).await })
    }

    fn now(&self) -> Timestamp {
        self.lock().now()
    }
}

impl World {
    async fn pass(&self, parts: Parts, body: Bytes, scope: Option<CallerScope>) -> Carried {
        let scope = scope.as_ref();
        let caller = scope.and_then(|scope| scope.caller);
        self.wait_for_turn(caller).await;
        let latency = {
            let mut core = self.lock();
            let is_ordered = core.gate.is_open();
            core.traffic.begin(is_ordered)
        };
        if !latency.is_zero() {
            tokio::time::sleep(latency).await;
        }
        let (mut after, mut carried) = self.lock().exchange(parts, body, caller, None);
        if let Carried::Frozen(span, request) = carried {
            if let Some(scope) = scope {
                scope.life.set_frozen(true);
                scope.freezer.freeze(span.to_duration());
                if self.outlives(span) {
                    scope.life.give_up();
                    return Carried::Silence;
                }
            }
            tokio::time::sleep(span.to_duration()).await;
            if let Some(scope) = scope {
                scope.life.set_frozen(false);
            }
            let (parts, body) = *request;
            (after, carried) = self.lock().exchange(parts, body, caller, Some(span));
        }
        if !after.is_zero() {
            tokio::time::sleep(after).await;
        }
        carried
    }

    /// Does a function elsewhere stand still for longer than it may run? Nobody waits for that in real
    /// time: it ends as it would have ended then.
    fn outlives(&self, span: Span) -> bool {
        let core = self.lock();
        core.service.clock.pace() == Pace::Real && span >= core.spec.timeout
    }

    /// A request waits here while the gate is open for others.
    async fn wait_for_turn(&self, caller: Option<Caller>) {
        let turn = caller.and_then(|caller| self.lock().gate.park(caller.invocation));
        if let Some(turn) = turn {
            // The gate is dropped with the world only, and then nobody waits any more.
            let _ = turn.await;
        }
    }
}
