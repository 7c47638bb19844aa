//! The function puts labels on its own version only, and takes none off another [I12].

use keywheel_emulator::ids::{StagingLabel, VersionId};

use crate::history::Names;
use crate::scenario::OracleId;

use super::ledger::{Change, Relabelling};
use super::{Complaint, Kind, Moment, Objection, Oracle, When};

pub(super) const ORACLE: Oracle = Oracle {
    id: OracleId::OwnLabels,
    demand: "the function attaches and detaches labels on the version of its own token only",
    when: When::EveryMoment(judge),
};

/// A label of another version that the function moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved(pub Relabelling);

impl Complaint for Moved {
    fn kind(&self) -> Kind {
        Kind::about("moved", self.0.label.as_str())
    }

    fn describe(&self, names: &Names) -> String {
        let name = |version: &Option<VersionId>| {
            let version = version.as_ref();
            version.map_or("no version".to_owned(), |version| names.version(version))
        };
        let Relabelling { label, from, to } = &self.0;
        let (from, to) = (name(from), name(to));
        format!("the function moved {label} from {from} to {to}")
    }
}

pub(super) fn judge(moment: &Moment<'_>) -> Vec<Objection> {
    let Some(change) = moment.change.filter(|change| change.actor.is_function()) else {
        return Vec::new();
    };
    let wrong = change
        .relabelled
        .iter()
        .filter(|relabelling| !is_its_own(change, relabelling));
    wrong.map(|wrong| Moved(wrong.clone()).into()).collect()
}

fn is_its_own(change: &Change, relabelling: &Relabelling) -> bool {
    let Relabelling { label, from, to } = relabelling;
    let own = change.token.as_ref();
    if *label == StagingLabel::current() {
        return to.as_ref() == own;
    }
    if *label == StagingLabel::previous() {
        // It follows AWSCURRENT by itself.
        return change.moves.iter().any(|current| current.from == *to);
    }
    let is_its_pending = *label == StagingLabel::pending();
    let is_put_on = from.is_none() && to.as_ref() == own;
    let is_taken_off = to.is_none() && from.as_ref() == own;
    is_its_pending && (is_put_on || is_taken_off)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::Actor;
    use crate::oracle::ledger::CurrentMove;
    use keywheel_emulator::ids::SecretArn;

    fn change(moves: Vec<CurrentMove>) -> Change {
        Change {
            moves,
            ..Change::of(Actor::Function(None), Some(VersionId::new("own")))
        }
    }

    fn is_fine(change: &Change, label: &str, from: Option<&str>, to: Option<&str>) -> bool {
        let version = |version: Option<&str>| version.map(VersionId::new);
        let relabelling = Relabelling {
            label: StagingLabel::new(label),
            from: version(from),
            to: version(to),
        };
        is_its_own(change, &relabelling)
    }

    #[test]
    fn only_the_labels_of_its_own_version_are_its_own() {
        let moved = change(vec![CurrentMove {
            secret: SecretArn::new("s"),
            from: Some(VersionId::new("old")),
            to: Some(VersionId::new("own")),
            key: None,
            pending_before: None,
        }]);
        assert!(is_fine(&moved, "AWSCURRENT", Some("old"), Some("own")));
        assert!(is_fine(&moved, "AWSPREVIOUS", Some("older"), Some("old")));
        let unmoved = change(Vec::new());
        assert!(is_fine(&unmoved, "AWSPENDING", None, Some("own")));
        assert!(is_fine(&unmoved, "AWSPENDING", Some("own"), None));
        assert!(!is_fine(&unmoved, "AWSPENDING", Some("other"), Some("own")));
        assert!(!is_fine(&unmoved, "AWSPENDING", Some("other"), None));
        assert!(!is_fine(&unmoved, "AWSPREVIOUS", Some("old"), None));
        assert!(!is_fine(&unmoved, "LKG", None, Some("own")));
    }
}
