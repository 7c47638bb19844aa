//! A credential that has been retired is refused: when no rotation is under way, nothing is accepted
//! that only versions without a label hold.

use keywheel_emulator::ids::VersionId;

use crate::history::Names;
use crate::scenario::OracleId;

use super::standing::Standing;
use super::{Complaint, Kind, Objection, Oracle, When};

pub(super) const ORACLE: Oracle = Oracle {
    id: OracleId::OldDies,
    demand: "a retired credential, which no labelled version holds any more, is refused",
    when: When::EveryStanding(judge),
};

/// A credential that lives on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undead {
    /// A version that holds it.
    pub version: VersionId,
}

impl Complaint for Undead {
    fn kind(&self) -> Kind {
        Kind::new("accepted")
    }

    fn describe(&self, names: &Names) -> String {
        let version = names.version(&self.version);
        format!("the target still accepts what {version} holds, which has been retired")
    }
}

fn judge(standing: &Standing) -> Option<Objection> {
    let is_labelled = |credential| {
        let mut versions = standing.versions.values();
        versions.any(|held| !held.labels.is_empty() && held.credential == credential)
    };
    let mut accepted = standing
        .versions
        .iter()
        .filter(|(_, held)| held.is_accepted == Some(true));
    let undead = accepted.find(|(_, held)| !is_labelled(held.credential))?;
    let version = undead.0.clone();
    (!standing.is_rotating).then(|| Undead { version }.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::standing::tests::standing;

    #[test]
    fn what_has_no_label_is_refused_unless_a_labelled_version_holds_it_too() {
        let versions: &[_] = &[("v0", "", Some(true)), ("t", "AWSCURRENT", Some(true))];
        let mut standing = standing(versions);
        assert!(judge(&standing).is_some());
        standing
            .versions
            .values_mut()
            .for_each(|held| held.credential = 7);
        assert!(judge(&standing).is_none());
    }
}
