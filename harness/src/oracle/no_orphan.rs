//! A key that no version names any more is on its way out after one further rotation [I7].

use keywheel_emulator::ids::ApiKeyId;
use keywheel_emulator::time::{HOUR_MS, Timestamp};

use crate::history::Names;
use crate::scenario::OracleId;

use super::{Complaint, Kind, Ledger, Objection, Oracle, When};

pub(super) const ORACLE: Oracle = Oracle {
    id: OracleId::NoOrphan,
    demand: "one clean rotation later, a key of ours that no version names expires within 26 h",
    when: When::Recovered,
};

/// A key that nobody needs and that lives on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Orphan {
    /// The key.
    pub key: ApiKeyId,
    /// The hours that it has left.
    pub hours: i64,
}

impl Complaint for Orphan {
    fn kind(&self) -> Kind {
        Kind::new("orphan")
    }

    fn describe(&self, names: &Names) -> String {
        let name = names.key(self.key.expose());
        format!(
            "no version names {name}, and it lives on for {} h",
            self.hours
        )
    }
}

/// AppSync's shortest life is a day, rounded to the hour; so a retired key has up to 26 hours left.
const ON_ITS_WAY_OUT_MS: i64 = 26 * HOUR_MS;

pub(super) fn judge(ledger: &Ledger, now: Timestamp) -> Vec<Objection> {
    let mut orphans = Vec::new();
    for (id, record) in ledger.keys() {
        let is_ours = record.minted_by.is_function() && record.removed.is_none();
        let left_ms = record.expires.millis_since(now);
        if is_ours && !ledger.is_named(id) && left_ms > ON_ITS_WAY_OUT_MS {
            let (key, hours) = (id.clone(), left_ms / HOUR_MS);
            orphans.push(Orphan { key, hours }.into());
        }
    }
    orphans
}
