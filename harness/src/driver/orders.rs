//! What the scenario wants done when a step is delivered next.

use std::collections::VecDeque;

use keywheel_emulator::ids::Step;

use crate::scenario::{AdminAction, Twice};

/// Orders, each for the next delivery of its step.
#[derive(Debug, Default)]
pub(super) struct Orders {
    pub(super) doubles: VecDeque<(Step, Twice)>,
    pub(super) overlaps: VecDeque<(Step, Step)>,
    pub(super) skips: VecDeque<Step>,
    pub(super) actions: VecDeque<(Step, AdminAction)>,
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
        doubles
            .chain(overlaps)
            .chain(skips)
            .chain(actions)
            .collect()
    }
}
