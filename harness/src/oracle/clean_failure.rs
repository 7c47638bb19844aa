//! A step that nothing disturbed and that fails has left no key, value or label behind [I13].

use crate::history::InvocationEnd;

use super::conduct::Invoked;
use super::{Ending, Entry};

pub(super) const ENTRY: Entry = Entry {
    name: "clean-failure",
    demand: "a step that fails although nothing disturbed it has made no key, stored no value, moved no label",
    is_safety: true,
};

pub(super) fn judge(invoked: &Invoked, ending: &Ending<'_>) -> Option<String> {
    let InvocationEnd::Failed { error_type, .. } = ending.end else {
        return None;
    };
    let is_undisturbed = invoked.faults == 0 && !invoked.was_disturbed;
    let step = &invoked.step;
    (is_undisturbed && invoked.has_left_a_mark)
        .then(|| format!("{step} failed with {error_type} after it had changed something"))
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
