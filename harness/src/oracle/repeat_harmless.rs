//! A step that has just succeeded can be run again: it succeeds and changes nothing [I5].

use crate::history::{InvocationEnd, Names};
use crate::scenario::OracleId;

use super::conduct::Invoked;
use super::{Complaint, Ending, Kind, Objection, Oracle, When};

pub(super) const ORACLE: Oracle = Oracle {
    id: OracleId::RepeatHarmless,
    demand: "a step that has just succeeded can be repeated: it succeeds and changes nothing",
    when: When::EveryEnd(judge),
};

/// A repeat that did what it should not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Harm {
    /// The step, as sent.
    pub step: String,
    /// Did it succeed, and change something? Otherwise it did not succeed.
    pub has_changed: bool,
}

impl Complaint for Harm {
    fn kind(&self) -> Kind {
        let kind = if self.has_changed {
            "changed-something"
        } else {
            "did-not-succeed"
        };
        Kind::about(kind, &self.step)
    }

    fn describe(&self, _: &Names) -> String {
        let step = &self.step;
        match self.has_changed {
            true => format!("a repeated {step} changed something"),
            false => format!("a repeated {step} did not succeed"),
        }
    }
}

pub(super) fn judge(invoked: &Invoked, ending: &Ending<'_>) -> Option<Objection> {
    let is_excused = invoked.faults > 0 || invoked.was_disturbed || invoked.stands_still;
    if !invoked.is_repeat || is_excused {
        return None;
    }
    let has_changed = match ending.end {
        InvocationEnd::Succeeded if !invoked.has_changed => return None,
        InvocationEnd::Succeeded => true,
        _ => false,
    };
    let step = invoked.step.clone();
    Some(Harm { step, has_changed }.into())
}

#[cfg(test)]
mod tests {
    use super::super::conduct::{failed, judged};
    use super::*;

    #[test]
    fn a_repeat_that_fails_or_changes_something_is_told() {
        let mut invoked = Invoked::idle("createSecret");
        assert!(judged(judge, &invoked, &failed()).is_none());
        invoked.is_repeat = true;
        assert!(judged(judge, &invoked, &failed()).is_some());
        assert!(judged(judge, &invoked, &InvocationEnd::Succeeded).is_none());
        invoked.has_changed = true;
        assert!(judged(judge, &invoked, &InvocationEnd::Succeeded).is_some());
        invoked.faults = 1;
        assert!(judged(judge, &invoked, &InvocationEnd::Succeeded).is_none());
        // Frozen beyond its deadline: the call at which it stands has not been made yet.
        invoked.faults = 0;
        invoked.stands_still = true;
        assert!(judged(judge, &invoked, &failed()).is_none());
    }
}
