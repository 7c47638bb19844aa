//! The target of a run: the function gets there by a link, and judges ask it what it accepts.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use keywheel_emulator::engine::snapshot::Snapshot;
use keywheel_emulator::fault::{CallPoint, Caller, Verdict};
use keywheel_emulator::ids::{InvocationNumber, StagingLabel};
use keywheel_emulator::invoke::BoxFuture;

use crate::call::CallerScope;
use crate::history::{TargetCall, What};
use crate::link::Link;
use crate::link::call::{Call, End};
use crate::link::seam::{Met, Seam, Trouble};
use crate::oracle::Actor;
use crate::oracle::standing::{Held, Standing};
use crate::record::Problem;
use crate::scenario::TargetKind;
use crate::target::{Accepts, Account, Unavailable, shared};

use super::{Core, World};

/// What a run has of its target.
pub(crate) struct Reach {
    account: Box<dyn Account>,
    link: Link,
    /// What others had there at first.
    others: Vec<(String, String)>,
    /// The invocations that run.
    running: Vec<CallerScope>,
    /// Calls that have not ended.
    begun: BTreeMap<u64, Begun>,
}

struct Begun {
    scope: Option<CallerScope>,
    call: Call,
    fault: Option<Verdict>,
}

impl World {
    /// Gets an account of the target for this run, and opens the link to it.
    pub(crate) async fn reach(&self, kind: TargetKind) -> Result<(), Unavailable> {
        let mut account = shared(kind)?.fresh()?;
        let way = account.way();
        let door = Arc::new(Door(Arc::downgrade(&self.0)));
        let opened = Link::open(way.protocol, way.server, door).await;
        let link = opened.map_err(Unavailable::new)?;
        let others = account.others()?;
        let (running, begun) = (Vec::new(), BTreeMap::new());
        self.lock().reach = Some(Reach {
            account,
            link,
            others,
            running,
            begun,
        });
        Ok(())
    }
}

impl Reach {
    /// What the secret holds at first.
    pub(crate) fn first_value(&mut self) -> String {
        self.account.first_value(self.link.address())
    }

    /// The credential in a value, if there is one.
    pub(super) fn credential(&self, value: &str) -> Option<String> {
        self.account.credential(value)
    }

    /// An invocation runs from now on.
    pub(crate) fn enter(&mut self, scope: CallerScope) {
        self.running.push(scope);
    }

    /// It does not run any more.
    pub(crate) fn leave(&mut self, caller: Option<Caller>) {
        self.running.retain(|scope| scope.caller != caller);
    }

    /// Whose calls they are that come now; nobody's if several run, which the link does not tell
    /// apart.
    fn caller(&self) -> Option<CallerScope> {
        match &self.running[..] {
            [only] => Some(only.clone()),
            _ => None,
        }
    }

    /// How the target stands to the secret.
    fn standing(&mut self, core: &Core, snapshot: &Snapshot) -> Standing {
        let mut standing = Standing::default();
        let Some(secret) = core.secret_in(snapshot) else {
            return standing;
        };
        let mut credentials = Vec::new();
        for (id, version) in &secret.versions {
            let Some(value) = version.value.as_ref().map(|value| value.expose()) else {
                continue;
            };
            let labels = secret.labels.iter().filter(|(_, labelled)| *labelled == id);
            let credential = self.account.credential(value);
            let known = credentials.iter().position(|known| *known == credential);
            let held = Held {
                labels: labels.map(|(label, _)| label.clone()).collect(),
                is_accepted: match self.account.accepts(value) {
                    Accepts::Yes => Some(true),
                    Accepts::No(_) => Some(false),
                    Accepts::CannotSay(_) => None,
                },
                credential: known.unwrap_or(credentials.len()),
            };
            credentials.push(credential);
            standing.versions.insert(id.clone(), held);
        }
        let on = |label: StagingLabel| secret.labels.get(&label);
        let pending = on(StagingLabel::pending());
        standing.is_rotating = pending.is_some() && pending != on(StagingLabel::current());
        standing.disturbed = self.disturbed();
        standing
    }

    /// Those whose credentials are not as they were.
    fn disturbed(&mut self) -> Vec<String> {
        let Ok(others) = self.account.others() else {
            return Vec::new();
        };
        let is_changed = |was: &&(String, String)| !others.contains(was);
        self.others
            .iter()
            .filter(is_changed)
            .map(|(name, _)| name.clone())
            .collect()
    }
}

impl Core {
    /// Lets the oracles look at the target. Its answers are had before the run goes on.
    pub(super) fn judge_target(&mut self, snapshot: &Snapshot, by: Option<Actor>) {
        let Some(mut reach) = self.reach.take() else {
            return;
        };
        let standing = reach.standing(self, snapshot);
        self.reach = Some(reach);
        let now = self.now();
        self.judge.target_stands(now, &standing, by);
    }

    /// A call of the target stands before its effect.
    fn meet(&mut self, call: &Call, scope: Option<CallerScope>) -> Met {
        self.land_late_effects();
        let number = self.traffic.count();
        let point = CallPoint {
            service: call.service,
            at: self.now(),
            ..CallPoint::of(
                &call.operation,
                scope.as_ref().and_then(|scope| scope.caller),
            )
        };
        if self.hooks.is_armed() {
            self.run_hooks(&point);
        }
        let fired = self.service.engine.faults().decide(&point);
        let fault = fired.map(|fired| fired.verdict);
        if let Some(reach) = &mut self.reach {
            let call = call.clone();
            reach.begun.insert(number, Begun { scope, call, fault });
        }
        Met {
            number,
            verdict: fault,
        }
    }

    /// It has ended: it is noted, and judged by what the target accepts now.
    fn ended(&mut self, number: u64, end: End) {
        let begun = self
            .reach
            .as_mut()
            .and_then(|reach| reach.begun.remove(&number));
        let Some(Begun { scope, call, fault }) = begun else {
            return;
        };
        if let (End::Killed(_), Some(scope)) = (&end, &scope) {
            scope.life.end();
        }
        let caller = scope.and_then(|scope| scope.caller);
        let by = caller.map(|caller| (caller.invocation, caller.step));
        let call = TargetCall {
            number,
            caller: by,
            call,
            end,
            fault,
        };
        self.note(What::Target(Box::new(call)));
        let snapshot = self.snapshot();
        let actor = Actor::Function(caller.map(|caller| caller.step));
        self.judge_target(&snapshot, Some(actor));
        self.note_violations();
    }
}

/// The world as the link sees it. The link is the world's own, and goes with it.
struct Door(Weak<Mutex<Core>>);

impl Seam for Door {
    fn meet<'a>(&'a self, _: SocketAddr, call: &'a Call) -> BoxFuture<'a, Met> {
        Box::pin(async move {
            let Some(core) = self.0.upgrade() else {
                return std::future::pending().await;
            };
            let scope = locked(&core).reach.as_ref().and_then(Reach::caller);
            let invocation = scope
                .as_ref()
                .and_then(|scope| scope.caller)
                .map(|it| it.invocation);
            let park = |invocation: InvocationNumber| locked(&core).gate.park(invocation);
            if let Some(turn) = invocation.and_then(park) {
                // The gate is dropped with the world only, and then nobody waits any more.
                let _ = turn.await;
            }
            locked(&core).meet(call, scope)
        })
    }

    fn ended(&self, number: u64, end: End) {
        if let Some(core) = self.0.upgrade() {
            locked(&core).ended(number, end);
        }
    }

    fn trouble(&self, trouble: Trouble) {
        if let Some(core) = self.0.upgrade() {
            locked(&core).people.problems.push(Problem::Link(trouble));
        }
    }
}

fn locked(core: &Mutex<Core>) -> MutexGuard<'_, Core> {
    core.lock().unwrap_or_else(PoisonError::into_inner)
}
