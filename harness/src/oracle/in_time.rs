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
    let is_late = *ending.end == InvocationEnd::TimedOut && !invoked.was_frozen;
    is_late.then(|| format!("{} had not answered by its deadline", invoked.step))
}

#[cfg(test)]
mod tests {
    use keywheel_emulator::fault::Span;
    use keywheel_emulator::time::Timestamp;

    use super::super::{Ending, Ledger};
    use super::*;
    use crate::names::Names;

    fn judged(invoked: &Invoked, end: &InvocationEnd) -> Option<String> {
        let ending = Ending {
            now: Timestamp::EPOCH,
            end,
            ledger: &Ledger::default(),
            interval: Span::days(30),
            names: &Names::default(),
        };
        judge(invoked, &ending)
    }

    #[test]
    fn a_step_that_lets_its_deadline_pass_is_told() {
        let mut invoked = Invoked::idle("testSecret");
        assert!(judged(&invoked, &InvocationEnd::TimedOut).is_some());
        assert!(judged(&invoked, &InvocationEnd::Killed).is_none());
        invoked.was_frozen = true;
        assert!(judged(&invoked, &InvocationEnd::TimedOut).is_none());
    }
}
