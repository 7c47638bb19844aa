//! Whatever the target accepts is in some labelled version of the secret: a credential that nobody
//! can find locks clients out until a person acts.

use keywheel_emulator::ids::VersionId;

use crate::history::Names;
use crate::scenario::OracleId;

use super::standing::Standing;
use super::{Complaint, Kind, Objection, Oracle, When};

pub(super) const ORACLE: Oracle = Oracle {
    id: OracleId::CredentialKnown,
    demand: "the target accepts a credential that a labelled version of the secret holds",
    when: When::EveryStanding(judge),
};

/// A target that accepts nothing that can be found by a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// The version that holds what is accepted; it has no label.
    pub unlabelled: Option<VersionId>,
}

impl Complaint for Lost {
    fn kind(&self) -> Kind {
        Kind::new(match self.unlabelled {
            Some(_) => "without-a-label",
            None => "in-no-version",
        })
    }

    fn describe(&self, names: &Names) -> String {
        let what = match &self.unlabelled {
            Some(version) => format!("what {} holds, which has no label", names.version(version)),
            None => "no credential that a version of the secret holds".to_owned(),
        };
        format!("clients are locked out until a person acts: the target accepts {what}")
    }
}

fn judge(standing: &Standing) -> Option<Objection> {
    let labelled = || {
        standing
            .versions
            .values()
            .filter(|held| !held.labels.is_empty())
    };
    let is_lost = labelled().count() > 0 && labelled().all(|held| held.is_accepted == Some(false));
    let accepted = standing
        .versions
        .iter()
        .find(|(_, held)| held.is_accepted == Some(true));
    let unlabelled = accepted.map(|(version, _)| version.clone());
    is_lost.then(|| Lost { unlabelled }.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::standing::tests::standing;

    #[test]
    fn a_credential_in_no_labelled_version_is_lost() {
        let found = |versions| judge(&standing(versions)).is_some();
        assert!(!found(&[("v0", "AWSCURRENT", Some(true))]));
        assert!(!found(&[
            ("v0", "AWSCURRENT", Some(false)),
            ("t", "AWSPENDING", Some(true))
        ]));
        assert!(!found(&[("v0", "AWSCURRENT", None)]));
        assert!(found(&[("v0", "AWSCURRENT", Some(false))]));
        assert!(found(&[
            ("v0", "AWSCURRENT", Some(false)),
            ("t", "", Some(true))
        ]));
        assert!(!found(&[]));
    }
}
