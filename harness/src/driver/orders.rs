//! What the scenario wants done when a step is delivered, or a rotation runs, next.

use std::collections::VecDeque;

use keywheel_emulator::ids::Step;

use crate::scenario::{AdminAction, Companion, Twice};

/// Orders, each for the next delivery of its step, or for the next rotation.
#[derive(Debug, Default)]
pub(super) struct Orders {
    pub(super) doubles: VecDeque<(Step, Twice)>,
    pub(super) overlaps: VecDeque<(Step, Step)>,
    pub(super) skips: VecDeque<Step>,
    pub(super) actions: VecDeque<(Step, AdminAction)>,
    pub(super) companions: Vec<Companion>,
}

impl Orders {
    /// What has not been carried out, as the scenario says it.
    pub(super) fn told(&self) -> Vec<String> {
        let doubles = self
            .doubles
            .iter()
            .map(|(step, how)| format!("double {step} {how}"));
        let overlaps = self.overlaps.iter();
        let overlaps = overlaps.map(|(step, with)| format!("overlap {step} with {with}"));
        let skips = self.skips.iter().map(|step| format!("skip {step}"));
        let actions = self
            .actions
            .iter()
            .map(|(step, action)| format!("at {step} admin {action}"));
        let companions = self.companions.iter();
        let companions = companions.map(|companion| format!("beside {companion}"));
        doubles
            .chain(overlaps)
            .chain(skips)
            .chain(actions)
            .chain(companions)
            .collect()
    }
}
