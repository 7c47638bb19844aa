//! Once faults have stopped, the rotation completes, or ends in an error that a new one overcomes [I11].

use crate::history::{Names, RotationFailure};
use crate::scenario::OracleId;

use super::{Complaint, Kind, Oracle, When};

pub(super) const ORACLE: Oracle = Oracle {
    id: OracleId::Recovers,
    demand: "once faults have stopped, a rotation completes without a human",
    when: When::Recovered,
};

/// A rotation that did not complete although nothing stood in its way any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotRecovered {
    /// An attempt that nothing disturbed failed.
    Undisturbed(RotationFailure),
    /// Faults had stopped, and a new rotation failed.
    Clean(RotationFailure),
}

impl Complaint for NotRecovered {
    fn kind(&self) -> Kind {
        let (kind, failure) = match self {
            Self::Undisturbed(failure) => ("undisturbed-attempt", failure),
            Self::Clean(failure) => ("clean-rotation", failure),
        };
        Kind::about(kind, failure.kind())
    }

    fn describe(&self, _: &Names) -> String {
        match self {
            Self::Undisturbed(failure) => {
                format!("an attempt that nothing disturbed failed{failure}")
            }
            Self::Clean(failure) => {
                let how = if failure.is_refusal() {
                    "refused"
                } else {
                    "failed"
                };
                format!("faults had stopped, and a new rotation {how}{failure}")
            }
        }
    }
}
