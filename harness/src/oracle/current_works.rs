//! Whenever no rotation is under way, the target accepts what AWSCURRENT holds. While one is, the
//! time for which it does not is measured: a single user has such a moment, whoever rotates it.

use keywheel_emulator::ids::{StagingLabel, VersionId};

use crate::history::Names;
use crate::scenario::OracleId;

use super::standing::Standing;
use super::{Complaint, Kind, Objection, Oracle, When};

pub(super) const ORACLE: Oracle = Oracle {
    id: OracleId::CurrentWorks,
    demand: "when no rotation is under way, the target accepts what AWSCURRENT holds",
    when: When::EveryStanding(judge),
};

/// A version that clients read and cannot use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Useless {
    /// Which.
    pub version: VersionId,
}

impl Complaint for Useless {
    fn kind(&self) -> Kind {
        Kind::new("refused")
    }

    fn describe(&self, names: &Names) -> String {
        let version = names.version(&self.version);
        format!("clients are refused: the target does not accept what {version}, AWSCURRENT, holds")
    }
}

fn judge(standing: &Standing) -> Option<Objection> {
    let (version, held) = standing.labelled(&StagingLabel::current())?;
    let is_useless = !standing.is_rotating && held.is_accepted == Some(false);
    is_useless.then(|| {
        Useless {
            version: version.clone(),
        }
        .into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::standing::tests::standing;

    #[test]
    fn what_clients_read_works_when_nothing_rotates() {
        let versions: &[_] = &[
            ("v0", "AWSCURRENT", Some(false)),
            ("t", "AWSPENDING", Some(true)),
        ];
        let mut standing = standing(versions);
        assert!(judge(&standing).is_some());
        standing.is_rotating = true;
        assert!(judge(&standing).is_none());
    }
}
