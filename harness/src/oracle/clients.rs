//! Clients with the caches that real ones have, each with its own timeline.
//!
//! A client reads the secret when its copy has grown old, and calls the API all the time. Between two
//! events of a run nothing changes, so a client's last refresh is known without living through all.

use keywheel_emulator::ids::{ApiKeyId, StagingLabel};
use keywheel_emulator::time::Timestamp;

use crate::oracle::clients_served::Refused;
use crate::oracle::ledger::KeyRecord;
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
            Self::PythonCache => "a client with the Python cache",
            Self::Agent => "a client of the agent",
            Self::ReaderOfPrevious => "a client that reads AWSPREVIOUS",
            Self::Refreshing => "a client that refreshes when it is refused",
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

/// One client.
#[derive(Clone, Debug)]
struct Client {
    kind: ClientKind,
    key: Option<ApiKeyId>,
    /// When it reads next.
    due: Timestamp,
    /// Since when it is refused.
    refused_since: Option<Timestamp>,
}

/// All clients of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Clients {
    clients: Vec<Client>,
    outage_ms: i64,
}

impl Clients {
    /// How long clients were refused, all together.
    pub(crate) fn outage_ms(&self) -> i64 {
        self.outage_ms
    }

    /// Lets the clients live up to a moment, over the world as it has been since the last event.
    pub(crate) fn live_until(&mut self, now: Timestamp, ledger: &Ledger) {
        if self.clients.is_empty() {
            let client = |(at, kind): (usize, &ClientKind)| Client {
                kind: *kind,
                key: None,
                // Each at another phase of its cache.
                due: now.plus_millis(i64::try_from(at).unwrap_or(0) * 61_000),
                refused_since: None,
            };
            self.clients = ClientKind::ALL.iter().enumerate().map(client).collect();
        }
        for client in &mut self.clients {
            if client.due <= now {
                let passed = now.millis_since(client.due) / client.kind.ttl_ms() + 1;
                client.due = client.due.plus_millis(passed * client.kind.ttl_ms());
                client.read(ledger);
            }
        }
    }

    /// Who is refused now through the function's fault.
    pub(crate) fn look(&mut self, moment: &Moment<'_>) -> Vec<Refused> {
        if !moment.ledger.accepts_api_keys() {
            return Vec::new();
        }
        let mut objections = Vec::new();
        for client in &mut self.clients {
            let is_refused = client.is_refused(moment);
            match (is_refused, client.refused_since) {
                (true, None) => {
                    client.refused_since = Some(moment.now);
                    objections.extend(client.objection(moment));
                    if client.kind == ClientKind::Refreshing {
                        client.read(moment.ledger);
                    }
                }
                (false, Some(since)) => {
                    self.outage_ms += moment.now.millis_since(since);
                    client.refused_since = None;
                }
                _ => {}
            }
        }
        objections
    }
}

impl Client {
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
