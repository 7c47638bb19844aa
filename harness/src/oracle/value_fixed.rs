//! The value of a version never changes [I6].

use super::{Entry, Moment};

pub(super) const ENTRY: Entry = Entry {
    name: "value-fixed",
    demand: "the value of a version never becomes another",
    is_safety: true,
};

pub(super) fn judge(moment: &Moment<'_>) -> Vec<String> {
    let rewritten = moment
        .change
        .into_iter()
        .flat_map(|change| &change.rewritten);
    let names = rewritten.map(|version| moment.names.version(version));
    names
        .map(|name| format!("the value of {name} became another"))
        .collect()
}
