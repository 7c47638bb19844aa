//! A step answers before its deadline, whatever happens to its calls [I15].

use crate::history::{InvocationEnd, Names};
use crate::scenario::OracleId;

use super::conduct::Invoked;
use super::{Complaint, Ending, Kind, Objection, Oracle, When};

pub(super) const ORACLE: Oracle = Oracle {
    id: OracleId::InTime,
    demand: "a step answers before its deadline, whatever happens to its calls",
    when: When::EveryEnd(judge),
};

/// A step that let its deadline pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Late {
    /// The step, as sent.
    pub step: String,
}

impl Complaint for Late {
    fn kind(&self) -> Kind {
        Kind::about("late", &self.step)
    }

    fn describe(&self, _: &Names) -> String {
        format!("{} had not answered by its deadline", self.step)
    }
}

pub(super) fn judge(invoked: &Invoked, ending: &Ending<'_>) -> Option<Objection> {
    let is_late = *ending.end == InvocationEnd::TimedOut && !invoked.stands_still;
    let step = || invoked.step.clone();
    is_late.then(|| Late { step: step() }.into())
}

#[cfg(test)]
mod tests {
    use super::super::conduct::judged;
    use super::*;

    #[test]
    fn a_step_that_lets_its_deadline_pass_is_told() {
        let mut invoked = Invoked::idle("testSecret");
        assert!(judged(judge, &invoked, &InvocationEnd::TimedOut).is_some());
        assert!(judged(judge, &invoked, &InvocationEnd::Killed).is_none());
        invoked.stands_still = true;
        assert!(judged(judge, &invoked, &InvocationEnd::TimedOut).is_none());
    }
}
