//! A step that has just succeeded can be run again: it succeeds and changes nothing [I5].

use crate::history::InvocationEnd;

use super::conduct::Invoked;
use super::{Ending, Entry};

pub(super) const ENTRY: Entry = Entry {
    name: "repeat-harmless",
    demand: "a step that has just succeeded can be repeated: it succeeds and changes nothing",
    is_safety: true,
};

pub(super) fn judge(invoked: &Invoked, ending: &Ending<'_>) -> Option<String> {
    let is_excused = invoked.faults > 0 || invoked.was_disturbed || invoked.stands_still;
    if !invoked.is_repeat || is_excused {
        return None;
    }
    let step = &invoked.step;
    match ending.end {
        InvocationEnd::Succeeded if !invoked.has_changed => None,
        InvocationEnd::Succeeded => Some(format!("a repeated {step} changed something")),
        _ => Some(format!("a repeated {step} did not succeed")),
    }
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
