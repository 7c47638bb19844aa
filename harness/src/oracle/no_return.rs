//! AWSCURRENT does not go back to a version that it has left: an old token cannot win [I12].

use super::{Entry, Moment};

pub(super) const ENTRY: Entry = Entry {
    name: "no-return",
    demand: "the function does not move AWSCURRENT back to a version that it has left",
    is_safety: true,
};

pub(super) fn judge(moment: &Moment<'_>) -> Vec<String> {
    let change = moment.change.filter(|change| change.actor.is_function());
    let moves = change.into_iter().flat_map(|change| &change.moves);
    let back = moves.filter_map(|current| {
        let to = current.to.as_ref()?;
        // A person may have taken it off the version that it comes back to.
        let is_pending = current.pending_before.as_ref() == Some(to);
        (moment.ledger.was_current(to) && !is_pending).then(|| moment.names.version(to))
    });
    back.map(|name| format!("AWSCURRENT went back to {name}"))
        .collect()
}
