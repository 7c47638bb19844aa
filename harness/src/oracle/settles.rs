//! Once faults have stopped, the rotation completes, or ends in an error that a new one overcomes [I11].

use super::Entry;

pub(super) const ENTRY: Entry = Entry {
    name: "settles",
    demand: "once faults have stopped, a rotation completes without a human",
    is_safety: false,
};
