//! One step does not go on calling for ever [I15].

use super::conduct::Invoked;
use super::{Ending, Entry};

pub(super) const ENTRY: Entry = Entry {
    name: "bounded-calls",
    demand: "one step makes no more than 300 calls",
    is_safety: true,
};

/// Far more than a step needs that polls for a minute.
const CALLS_MAX: usize = 300;

pub(super) fn judge(invoked: &Invoked, _: &Ending<'_>) -> Option<String> {
    let (step, calls) = (&invoked.step, invoked.calls);
    (calls > CALLS_MAX).then(|| format!("{step} made {calls} calls"))
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
