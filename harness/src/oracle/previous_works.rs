//! Where the strategy promises it, as alternating users do, what AWSPREVIOUS holds is accepted until
//! the next rotation.

use keywheel_emulator::ids::{StagingLabel, VersionId};

use crate::history::Names;
use crate::scenario::OracleId;

use super::standing::Standing;
use super::{Complaint, Kind, Objection, Oracle, When};

pub(super) const ORACLE: Oracle = Oracle {
    id: OracleId::PreviousWorks,
    demand: "with alternating users, the target accepts what AWSPREVIOUS holds until the next rotation",
    when: When::EveryStanding(judge),
};

/// A version that clients may still hold and cannot use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Which.
    pub version: VersionId,
}

impl Complaint for Broken {
    fn kind(&self) -> Kind {
        Kind::new("refused")
    }

    fn describe(&self, names: &Names) -> String {
        let version = names.version(&self.version);
        format!("clients that read {version} before the rotation are refused: it is AWSPREVIOUS")
    }
}

fn judge(standing: &Standing) -> Option<Objection> {
    let (version, held) = standing.labelled(&StagingLabel::previous())?;
    let is_promised = standing.keeps_previous && !standing.is_rotating;
    let is_broken = is_promised && held.is_accepted == Some(false);
    is_broken.then(|| {
        Broken {
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
    fn the_version_before_works_where_that_is_promised() {
        let versions: &[_] = &[
            ("v0", "AWSPREVIOUS", Some(false)),
            ("t", "AWSCURRENT", Some(true)),
        ];
        let mut standing = standing(versions);
        assert!(judge(&standing).is_none());
        standing.keeps_previous = true;
        assert!(judge(&standing).is_some());
    }
}
