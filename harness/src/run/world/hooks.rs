//! What people do just before calls.

use keywheel_emulator::fault::{CallPoint, FaultPlan, Rule, RuleId};

use crate::scenario::AdminAction;

/// What people will do, each just before a call.
#[derive(Debug, Default)]
pub(crate) struct Hooks {
    points: FaultPlan,
    actions: Vec<Hook>,
}

/// What a person does at a call, and which statement says so.
#[derive(Debug)]
struct Hook {
    rule: RuleId,
    statement: usize,
    action: AdminAction,
}

impl Hooks {
    /// What a person will do, as a statement says.
    pub(crate) fn add(&mut self, statement: usize, rule: Rule, action: AdminAction) {
        let rule = self.points.arm(rule);
        self.actions.push(Hook {
            rule,
            statement,
            action,
        });
    }

    /// Is anything to be done at all?
    pub(super) fn is_armed(&self) -> bool {
        !self.actions.is_empty()
    }

    /// What is to be done just before this call.
    pub(super) fn due(&mut self, point: &CallPoint<'_>) -> Option<AdminAction> {
        let fired = self.points.decide(point)?;
        let mut hooks = self.actions.iter();
        let due = hooks.find(|hook| hook.rule == fired.rule)?;
        Some(due.action.clone())
    }

    /// Takes back what was to be done at calls that never came: the statements that say so.
    pub(crate) fn take_unused(&mut self) -> Vec<usize> {
        let hooks = std::mem::take(self);
        let unused = hooks.points.unfired();
        let is_unused = |hook: &&Hook| unused.iter().any(|row| row.id == hook.rule);
        let unused = hooks.actions.iter().filter(is_unused);
        unused.map(|hook| hook.statement).collect()
    }
}
