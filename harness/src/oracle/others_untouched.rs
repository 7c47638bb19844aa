//! What others have at the target stays as it is: no role, token or key of anybody else changes.

use crate::history::Names;
use crate::scenario::OracleId;

use super::standing::Standing;
use super::{Complaint, Kind, Objection, Oracle, When};

pub(super) const ORACLE: Oracle = Oracle {
    id: OracleId::OthersUntouched,
    demand: "nobody else's credential at the target changes",
    when: When::EveryStanding(judge),
};

/// Somebody else's credential that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disturbed {
    /// Whose.
    pub whose: String,
}

impl Complaint for Disturbed {
    fn kind(&self) -> Kind {
        Kind::new("changed")
    }

    fn describe(&self, _: &Names) -> String {
        format!(
            "the credential of {}, who is somebody else, was changed or taken away",
            self.whose
        )
    }
}

fn judge(standing: &Standing) -> Option<Objection> {
    let whose = standing.disturbed.first()?.clone();
    Some(Disturbed { whose }.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::standing::tests::standing;

    #[test]
    fn somebody_else_is_left_alone() {
        let mut standing = standing(&[("v0", "AWSCURRENT", Some(true))]);
        assert!(judge(&standing).is_none());
        standing.disturbed.push("billing".to_owned());
        assert!(judge(&standing).is_some());
    }
}
