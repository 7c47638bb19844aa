//! A step answers before its deadline, whatever happens to its calls [I15].

use crate::history::InvocationEnd;

use super::conduct::Invoked;
use super::{Ending, Entry};

pub(super) const ENTRY: Entry = Entry {
    name: "in-time",
    demand: "a step answers before its deadline, whatever happens to its calls",
    is_safety: true,
};

pub(super) fn judge(invoked: &Invoked, ending: &Ending<'_>) -> Option<String> {
    let is_late = *ending.end == InvocationEnd::TimedOut && !invoked.stands_still;
    is_late.then(|| format!("{} had not answered by its deadline", invoked.step))
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
