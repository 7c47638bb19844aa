//! A key is promoted only after the function has found it to be accepted [I4].

use super::ledger::CurrentMove;
use super::{Entry, Moment};

pub(super) const ENTRY: Entry = Entry {
    name: "tested-first",
    demand: "a key is promoted only after the function itself has seen the API accept it",
    is_safety: true,
};

pub(super) fn judge(moment: &Moment<'_>) -> Vec<String> {
    let change = moment.change.filter(|change| change.actor.is_function());
    let moves = change.into_iter().flat_map(|change| &change.moves);
    moves
        .filter_map(|current| untested(moment, current))
        .collect()
}

fn untested(moment: &Moment<'_>, current: &CurrentMove) -> Option<String> {
    let key = current.key.as_ref()?;
    let name = moment.names.key(key.expose());
    (!moment.ledger.was_probed(key))
        .then(|| format!("AWSCURRENT went to {name}, which the function had never tried"))
}
