//! One step does not go on calling for ever [I15].

use crate::history::Names;
use crate::scenario::OracleId;

use super::conduct::Invoked;
use super::{Complaint, Ending, Kind, Objection, Oracle, When};

pub(super) const ORACLE: Oracle = Oracle {
    id: OracleId::BoundedCalls,
    demand: "one step makes no more than 300 calls",
    when: When::EveryEnd(judge),
};

/// Far more than a step needs that polls for a minute.
const CALLS_MAX: usize = 300;

/// A step that called too often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TooManyCalls {
    /// The step, as sent.
    pub step: String,
    /// How often.
    pub calls: usize,
}

impl Complaint for TooManyCalls {
    fn kind(&self) -> Kind {
        Kind::about("too-many-calls", &self.step)
    }

    fn describe(&self, _: &Names) -> String {
        format!("{} made {} calls", self.step, self.calls)
    }
}

pub(super) fn judge(invoked: &Invoked, _: &Ending<'_>) -> Option<Objection> {
    let (step, calls) = (invoked.step.clone(), invoked.calls);
    (calls > CALLS_MAX).then(|| TooManyCalls { step, calls }.into())
}

#[cfg(test)]
mod tests {
    use super::super::conduct::judged;
    use super::*;
    use crate::history::InvocationEnd;

    #[test]
    fn a_step_that_calls_and_calls_is_told() {
        let mut invoked = Invoked::idle("testSecret");
        invoked.calls = 300;
        assert!(judged(judge, &invoked, &InvocationEnd::Succeeded).is_none());
        invoked.calls = 301;
        assert!(judged(judge, &invoked, &InvocationEnd::Succeeded).is_some());
    }
}
