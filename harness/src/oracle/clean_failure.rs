//! A step that nothing disturbed and that fails has left no key, value or label behind [I13].

use crate::history::{InvocationEnd, Names};
use crate::scenario::OracleId;

use super::conduct::Invoked;
use super::{Complaint, Ending, Kind, Objection, Oracle, When};

pub(super) const ORACLE: Oracle = Oracle {
    id: OracleId::CleanFailure,
    demand: "a step that fails although nothing disturbed it has made no key, stored no value, moved no label",
    when: When::EveryEnd(judge),
};

/// A step that failed by itself and left something behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Untidy {
    /// The step, as sent.
    pub step: String,
    /// How it failed.
    pub error_type: String,
}

impl Complaint for Untidy {
    fn kind(&self) -> Kind {
        Kind::about(
            "left-something",
            format!("{} {}", self.step, self.error_type),
        )
    }

    fn describe(&self, _: &Names) -> String {
        let Self { step, error_type } = self;
        format!("{step} failed with {error_type} after it had changed something")
    }
}

pub(super) fn judge(invoked: &Invoked, ending: &Ending<'_>) -> Option<Objection> {
    let InvocationEnd::Failed { error_type, .. } = ending.end else {
        return None;
    };
    let is_undisturbed = invoked.faults == 0 && !invoked.was_disturbed;
    let untidy = || Untidy {
        step: invoked.step.clone(),
        error_type: error_type.clone(),
    };
    (is_undisturbed && invoked.has_left_a_mark).then(|| untidy().into())
}

#[cfg(test)]
mod tests {
    use super::super::conduct::{failed, judged};
    use super::*;

    #[test]
    fn a_failure_that_leaves_something_behind_is_told() {
        let mut invoked = Invoked::idle("createSecret");
        assert!(judged(judge, &invoked, &failed()).is_none());
        invoked.has_left_a_mark = true;
        assert!(judged(judge, &invoked, &failed()).is_some());
        assert!(judged(judge, &invoked, &InvocationEnd::Succeeded).is_none());
        invoked.was_disturbed = true;
        assert!(judged(judge, &invoked, &failed()).is_none());
    }
}
