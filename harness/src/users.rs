//! The users of keys: clients with the caches that real ones have, each with its own timeline.
//!
//! A user reads the secret when its copy has grown old, and calls the API all the time. Between two
//! events of a run nothing changes, so a user's last refresh is known without living through all.

use keywheel_emulator::ids::{ApiKeyId, StagingLabel};
use keywheel_emulator::time::Timestamp;

use crate::oracle::ledger::KeyRecord;
use crate::oracle::{Ledger, Moment};

/// A kind of user.
#[derive(Clone, Copy, Debug)]
struct Kind {
    name: &'static str,
    /// How long it keeps a value.
    ttl_ms: i64,
    /// The label that it reads.
    reads_previous: bool,
    /// Does it read anew, once, when it is refused?
    refreshes: bool,
}

/// The users that live beside every run, with the caches' defaults.
const KINDS: [Kind; 4] = [
    Kind {
        name: "a user with the Python cache",
        ttl_ms: 3_600_000,
        reads_previous: false,
        refreshes: false,
    },
    Kind {
        name: "a user of the agent",
        ttl_ms: 300_000,
        reads_previous: false,
        refreshes: false,
    },
    Kind {
        name: "a reader of AWSPREVIOUS",
        ttl_ms: 3_600_000,
        reads_previous: true,
        refreshes: false,
    },
    Kind {
        name: "a user that refreshes when it is refused",
        ttl_ms: 3_600_000,
        reads_previous: false,
        refreshes: true,
    },
];

/// One user.
#[derive(Clone, Debug)]
struct User {
    kind: Kind,
    key: Option<ApiKeyId>,
    /// When it reads next.
    due: Timestamp,
    /// Since when it is refused.
    refused_since: Option<Timestamp>,
}

/// All users of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Users {
    users: Vec<User>,
    outage_ms: i64,
}

impl Users {
    /// How long users were refused, all together.
    pub(crate) fn outage_ms(&self) -> i64 {
        self.outage_ms
    }

    /// Lets the users live up to a moment, over the world as it has been since the last event.
    pub(crate) fn live_until(&mut self, now: Timestamp, ledger: &Ledger) {
        if self.users.is_empty() {
            let user = |(at, kind): (usize, &Kind)| User {
                kind: *kind,
                key: None,
                // Each at another phase of its cache.
                due: now.plus_millis(i64::try_from(at).unwrap_or(0) * 61_000),
                refused_since: None,
            };
            self.users = KINDS.iter().enumerate().map(user).collect();
        }
        for user in &mut self.users {
            if user.due <= now {
                let passed = now.millis_since(user.due) / user.kind.ttl_ms + 1;
                user.due = user.due.plus_millis(passed * user.kind.ttl_ms);
                user.read(ledger);
            }
        }
    }

    /// Who is refused now through the function's fault.
    pub(crate) fn look(&mut self, moment: &Moment<'_>) -> Vec<String> {
        if !moment.ledger.accepts_api_keys() {
            return Vec::new();
        }
        let mut objections = Vec::new();
        for user in &mut self.users {
            let is_refused = user.is_refused(moment);
            match (is_refused, user.refused_since) {
                (true, None) => {
                    user.refused_since = Some(moment.now);
                    objections.extend(user.objection(moment));
                    if user.kind.refreshes {
                        user.read(moment.ledger);
                    }
                }
                (false, Some(since)) => {
                    self.outage_ms += moment.now.millis_since(since);
                    user.refused_since = None;
                }
                _ => {}
            }
        }
        objections
    }
}

impl User {
    fn read(&mut self, ledger: &Ledger) {
        let label = if self.kind.reads_previous {
            StagingLabel::previous()
        } else {
            StagingLabel::current()
        };
        self.key = ledger.key_labelled(&label).cloned();
    }

    fn is_refused(&self, moment: &Moment<'_>) -> bool {
        let record = self.key.as_ref().and_then(|key| moment.ledger.key(key));
        record.is_some_and(|record| !record.is_accepted)
    }

    fn objection(&self, moment: &Moment<'_>) -> Option<String> {
        let key = self.key.as_ref()?;
        let record = moment.ledger.key(key)?;
        let is_by_function = is_functions_doing(record, moment.ledger, moment.now);
        let (who, name) = (self.kind.name, moment.names.key(key.expose()));
        is_by_function.then(|| format!("{who} is refused with {name}"))
    }
}

/// Is the function to blame that this key is not accepted?
pub(crate) fn is_functions_doing(record: &KeyRecord, ledger: &Ledger, now: Timestamp) -> bool {
    match record.removed {
        _ if ledger.is_overdue(record, now) => false,
        Some((_, by)) => by.is_function(),
        None if record.expires <= now => record.expires_set_by.is_function(),
        None => record.minted_by.is_function(),
    }
}
