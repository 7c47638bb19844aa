//! The value of a version never changes [I6].

use keywheel_emulator::ids::VersionId;

use crate::history::Names;
use crate::scenario::OracleId;

use super::{Complaint, Kind, Moment, Objection, Oracle, When};

pub(super) const ORACLE: Oracle = Oracle {
    id: OracleId::ValueFixed,
    demand: "the value of a version never becomes another",
    when: When::EveryMoment(judge),
};

/// A version whose value became another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewritten {
    /// The version.
    pub version: VersionId,
}

impl Complaint for Rewritten {
    fn kind(&self) -> Kind {
        Kind::new("rewritten")
    }

    fn describe(&self, names: &Names) -> String {
        format!(
            "the value of {} became another",
            names.version(&self.version)
        )
    }
}

pub(super) fn judge(moment: &Moment<'_>) -> Vec<Objection> {
    let rewritten = moment
        .change
        .into_iter()
        .flat_map(|change| &change.rewritten);
    rewritten
        .cloned()
        .map(|version| Rewritten { version }.into())
        .collect()
}
