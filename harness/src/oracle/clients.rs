//! The users of keys: clients with the caches that real ones have, each with its own timeline.
//!
//! A user reads the secret when its copy has grown old, and calls the API all the time. Between two
//! events of a run nothing changes, so a user's last refresh is known without living through all.

use keywheel_emulator::ids::{ApiKeyId, StagingLabel};
use keywheel_emulator::time::Timestamp;

use crate::oracle::ledger::KeyRecord;
use crate::oracle::users_served::Refused;
use crate::oracle::{Ledger, Moment};

/// A kind of client with a cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientKind {
    /// One with the Python cache.
    PythonCache,
    /// One of the agent.
    Agent,
    /// One that reads AWSPREVIOUS.
    ReaderOfPrevious,
    /// One that reads the secret anew when it is refused.
    Refreshing,
}

impl ClientKind {
    /// The clients that live beside every run.
    const ALL: [Self; 4] = [
        Self::PythonCache,
        Self::Agent,
        Self::ReaderOfPrevious,
        Self::Refreshing,
    ];

    /// What reports call it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PythonCache => "a user with the Python cache",
            Self::Agent => "a user of the agent",
            Self::ReaderOfPrevious => "a reader of AWSPREVIOUS",
            Self::Refreshing => "a user that refreshes when it is refused",
        }
    }

    /// How long it keeps a value in milliseconds: the caches' defaults.
    const fn ttl_ms(self) -> i64 {
        match self {
            Self::Agent => 300_000,
            Self::PythonCache | Self::ReaderOfPrevious | Self::Refreshing => 3_600_000,
        }
    }

    /// The label that it reads.
    fn label(self) -> StagingLabel {
        match self {
            Self::ReaderOfPrevious => StagingLabel::previous(),
            Self::PythonCache | Self::Agent | Self::Refreshing => StagingLabel::current(),
        }
    }
}

/// One user.
#[derive(Clone, Debug)]
struct User {
    kind: ClientKind,
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
            let user = |(at, kind): (usize, &ClientKind)| User {
                kind: *kind,
                key: None,
                // Each at another phase of its cache.
                due: now.plus_millis(i64::try_from(at).unwrap_or(0) * 61_000),
                refused_since: None,
            };
            self.users = ClientKind::ALL.iter().enumerate().map(user).collect();
        }
        for user in &mut self.users {
            if user.due <= now {
                let passed = now.millis_since(user.due) / user.kind.ttl_ms() + 1;
                user.due = user.due.plus_millis(passed * user.kind.ttl_ms());
                user.read(ledger);
            }
        }
    }

    /// Who is refused now through the function's fault.
    pub(crate) fn look(&mut self, moment: &Moment<'_>) -> Vec<Refused> {
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
                    if user.kind == ClientKind::Refreshing {
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
        self.key = ledger.key_labelled(&self.kind.label()).cloned();
    }

    fn is_refused(&self, moment: &Moment<'_>) -> bool {
        let record = self.key.as_ref().and_then(|key| moment.ledger.key(key));
        record.is_some_and(|record| !record.is_accepted)
    }

    fn objection(&self, moment: &Moment<'_>) -> Option<Refused> {
        let key = self.key.as_ref()?;
        let record = moment.ledger.key(key)?;
        let is_by_function = is_functions_doing(record, moment.ledger, moment.now);
        is_by_function.then(|| Refused::Cached {
            client: self.kind,
            key: key.clone(),
        })
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
