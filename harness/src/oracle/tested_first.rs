//! A key is promoted only after the function has found it to be accepted [I4].

use keywheel_emulator::ids::ApiKeyId;

use crate::history::Names;
use crate::scenario::OracleId;

use super::ledger::CurrentMove;
use super::{Complaint, Kind, Moment, Objection, Oracle, When};

pub(super) const ORACLE: Oracle = Oracle {
    id: OracleId::TestedFirst,
    demand: "a key is promoted only after the function itself has seen the API accept it",
    when: When::EveryMoment(judge),
};

/// A key that was promoted untried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Untried {
    /// The key.
    pub key: ApiKeyId,
}

impl Complaint for Untried {
    fn kind(&self) -> Kind {
        Kind::new("untried")
    }

    fn describe(&self, names: &Names) -> String {
        let name = names.key(self.key.expose());
        format!("AWSCURRENT went to {name}, which the function had never tried")
    }
}

pub(super) fn judge(moment: &Moment<'_>) -> Vec<Objection> {
    let change = moment.change.filter(|change| change.actor.is_function());
    let moves = change.into_iter().flat_map(|change| &change.moves);
    moves
        .filter_map(|current| untested(moment, current))
        .collect()
}

fn untested(moment: &Moment<'_>, current: &CurrentMove) -> Option<Objection> {
    let key = current.key.as_ref()?;
    let untried = || Untried { key: key.clone() };
    (!moment.ledger.was_probed(key)).then(|| untried().into())
}
