//! No modelled user of keys is ever refused [I1, I2, I3].

use super::Entry;

pub(super) const ENTRY: Entry = Entry {
    name: "users-served",
    demand: "no modelled user of keys (Python cache, agent, reader of AWSPREVIOUS, refresher) is ever refused",
    is_safety: true,
};
