//! AWSCURRENT does not go back to a version that it has left: an old token cannot win [I12].

use keywheel_emulator::ids::VersionId;

use crate::history::Names;
use crate::scenario::OracleId;

use super::{Complaint, Kind, Moment, Objection, Oracle, When};

pub(super) const ORACLE: Oracle = Oracle {
    id: OracleId::NoReturn,
    demand: "the function does not move AWSCURRENT back to a version that it has left",
    when: When::EveryMoment(judge),
};

/// AWSCURRENT went back to a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Return {
    /// The version.
    pub to: VersionId,
}

impl Complaint for Return {
    fn kind(&self) -> Kind {
        Kind::new("went-back")
    }

    fn describe(&self, names: &Names) -> String {
        format!("AWSCURRENT went back to {}", names.version(&self.to))
    }
}

pub(super) fn judge(moment: &Moment<'_>) -> Vec<Objection> {
    let change = moment.change.filter(|change| change.actor.is_function());
    let moves = change.into_iter().flat_map(|change| &change.moves);
    let back = moves.filter_map(|current| {
        let to = current.to.as_ref()?;
        // A person may have taken it off the version that it comes back to.
        let is_pending = current.pending_before.as_ref() == Some(to);
        (moment.ledger.was_current(to) && !is_pending).then(|| to.clone())
    });
    back.map(|to| Return { to }.into()).collect()
}
