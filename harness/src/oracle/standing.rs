//! How the target stands to the secret: which of its credentials are accepted, and what others have
//! there. All that judges know of a target, whichever it is.

use std::collections::{BTreeMap, BTreeSet};

use keywheel_emulator::ids::{StagingLabel, VersionId};
use keywheel_emulator::time::Timestamp;

use crate::scenario::OracleId;

use super::{ALL, Actor, Judge, Objection, When};

/// The target and the secret at a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Every version of the secret that has a value.
    pub versions: BTreeMap<VersionId, Held>,
    /// Does AWSPENDING stand on another version than AWSCURRENT?
    pub is_rotating: bool,
    /// Does the target promise that AWSPREVIOUS is accepted, too?
    pub keeps_previous: bool,
    /// What of others is not as it was.
    pub disturbed: Vec<String>,
}

/// A version of the secret, as clients find it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Its staging labels.
    pub labels: BTreeSet<StagingLabel>,
    /// Is its credential accepted? None if the target cannot say.
    pub is_accepted: Option<bool>,
    /// A number that versions with the same credential share.
    pub credential: usize,
}

impl Standing {
    /// The version with a label.
    pub fn labelled(&self, label: &StagingLabel) -> Option<(&VersionId, &Held)> {
        self.versions
            .iter()
            .find(|(_, held)| held.labels.contains(label))
    }
}

/// What a target oracle looks at, and what it says.
pub(crate) type AtStanding = fn(&Standing) -> Option<Objection>;

/// What has been seen of a target in a run.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// What is wrong since a person or the world made it so, for which no function is to blame.
    excused: BTreeSet<OracleId>,
    /// What was wrong when it was looked at last.
    wrong: BTreeSet<OracleId>,
    /// Since when clients of AWSCURRENT have been refused, and for how long they were before.
    refused: (Option<Timestamp>, i64),
}

impl Watch {
    /// Is somebody to blame for this, which an oracle has found just now or not?
    pub(super) fn is_new(&mut self, oracle: OracleId, is_wrong: bool, by: Option<Actor>) -> bool {
        if !is_wrong {
            self.excused.remove(&oracle);
            self.wrong.remove(&oracle);
            return false;
        }
        let begins = self.wrong.insert(oracle);
        if begins && by == Some(Actor::World) {
            self.excused.insert(oracle);
        }
        begins && !self.excused.contains(&oracle)
    }

    /// Clients of AWSCURRENT use what it holds.
    pub(super) fn serve(&mut self, now: Timestamp, standing: &Standing) {
        let current = standing.labelled(&StagingLabel::current());
        let is_refused = current.is_some_and(|(_, held)| held.is_accepted == Some(false));
        let (since, before) = &mut self.refused;
        match (is_refused, *since) {
            (true, None) => *since = Some(now),
            (false, Some(began)) => {
                *before += now.millis_since(began);
                *since = None;
            }
            _ => {}
        }
    }

    /// For how long clients of AWSCURRENT have been refused until now, in milliseconds.
    pub(super) fn refused_ms(&self, now: Timestamp) -> i64 {
        let (since, before) = self.refused;
        before + since.map_or(0, |began| now.millis_since(began))
    }
}

impl Judge {
    /// The target is asked how it stands to the secret, after somebody did something, or when time
    /// has passed.
    pub(crate) fn target_stands(&mut self, now: Timestamp, standing: &Standing, by: Option<Actor>) {
        self.watch.serve(now, standing);
        for oracle in &ALL {
            let When::EveryStanding(judge) = oracle.when else {
                continue;
            };
            let found = judge(standing);
            let is_new = self.watch.is_new(oracle.id, found.is_some(), by);
            for objection in found.into_iter().filter(|_| is_new) {
                self.object(now, objection);
            }
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A standing of versions with a label and whether they are accepted; each has a credential of
    /// its own.
    pub(in crate::oracle) fn standing(versions: &[(&str, &str, Option<bool>)]) -> Standing {
        let held = versions
            .iter()
            .enumerate()
            .map(|(credential, (version, label, accepted))| {
                let labels = (!label.is_empty()).then(|| StagingLabel::new(*label));
                let labels = labels.into_iter().collect();
                (
                    VersionId::new(*version),
                    Held {
                        labels,
                        is_accepted: *accepted,
                        credential,
                    },
                )
            });
        Standing {
            versions: held.collect(),
            ..Standing::default()
        }
    }

    #[test]
    fn a_function_is_not_blamed_for_what_a_person_did_until_it_is_right_again() {
        let (mut watch, oracle) = (Watch::default(), OracleId::CurrentWorks);
        let by = |actor| Some(actor);
        assert!(!watch.is_new(oracle, true, by(Actor::World)));
        assert!(!watch.is_new(oracle, true, by(Actor::Function(None))));
        assert!(!watch.is_new(oracle, false, None));
        assert!(watch.is_new(oracle, true, by(Actor::Function(None))));
        assert!(
            !watch.is_new(oracle, true, by(Actor::Function(None))),
            "it is told once"
        );
    }

    #[test]
    fn the_time_for_which_clients_are_refused_is_measured() {
        let at = |seconds| Timestamp::from_seconds(seconds);
        let refused = standing(&[("v0", "AWSCURRENT", Some(false))]);
        let served = standing(&[("v0", "AWSCURRENT", Some(true))]);
        let mut watch = Watch::default();
        for (second, standing) in [(1, &served), (2, &refused), (5, &refused), (6, &served)] {
            watch.serve(at(second), standing);
        }
        watch.serve(at(10), &refused);
        assert_eq!(watch.refused_ms(at(12)), 6000);
    }
}
