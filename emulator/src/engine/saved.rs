//! What a restart of the emulator keeps: everything but its connections.

use crate::entropy::Entropy;
use crate::fault::FaultPlan;
use crate::ids::Scope;
use crate::realtime::Sockets;
use crate::state::World;

use super::access_report::AccessReport;
use super::journal::Journal;
use super::late::LateEffects;
use super::past::Past;
use super::{DateHeader, Engine, EngineOptions};

/// An engine at one moment, as a value that outlives it. Rotations under way are in it, and where
/// the next ids come from; open websockets are not, since a restart ends them.
#[derive(Clone, Debug)]
pub struct Saved {
    options: EngineOptions,
    world: World,
    entropy: Entropy,
    request_ids: Entropy,
    faults: FaultPlan,
    journal: Journal,
    access_report: AccessReport,
    late: LateEffects,
    past: Past,
    last_scope: Scope,
    /// How many websockets there have been: numbers go on.
    sockets: u64,
    calls: u64,
    commits: u64,
}

impl Engine {
    /// Saves the engine as it is.
    pub fn save(&self) -> Saved {
        Saved {
            options: self.options.clone(),
            world: self.world.clone(),
            entropy: self.entropy.clone(),
            request_ids: self.request_ids.clone(),
            faults: self.faults.clone(),
            journal: self.journal.clone(),
            access_report: self.access_report.clone(),
            late: self.late.clone(),
            past: self.past.clone(),
            last_scope: self.last_scope.clone(),
            sockets: self.realtime.made(),
            calls: self.calls,
            commits: self.commits,
        }
    }

    /// An engine that goes on where another was saved.
    pub fn restored(saved: Saved) -> Self {
        Self {
            options: saved.options,
            world: saved.world,
            entropy: saved.entropy,
            request_ids: saved.request_ids,
            faults: saved.faults,
            journal: saved.journal,
            realtime: Sockets::none_after(saved.sockets),
            access_report: saved.access_report,
            late: saved.late,
            past: saved.past,
            last_scope: saved.last_scope,
            date: DateHeader::default(),
            calls: saved.calls,
            commits: saved.commits,
        }
    }
}
