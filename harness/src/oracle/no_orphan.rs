//! A key that no version names any more is on its way out after one further rotation [I7].

use keywheel_emulator::time::{HOUR_MS, Timestamp};

use crate::names::Names;

use super::{Entry, Ledger};

pub(super) const ENTRY: Entry = Entry {
    name: "no-orphan",
    demand: "one clean rotation later, a key of ours that no version names expires within 26 h",
    is_safety: false,
};

/// AppSync's shortest life is a day, rounded to the hour; so a retired key has up to 26 hours left.
const ON_ITS_WAY_OUT_MS: i64 = 26 * HOUR_MS;

pub(super) fn judge(ledger: &Ledger, now: Timestamp, names: &Names) -> Vec<String> {
    let mut orphans = Vec::new();
    for (id, record) in ledger.keys() {
        let is_ours = record.minted_by.is_function() && record.removed.is_none();
        let hours_left = record.expires.millis_since(now) / HOUR_MS;
        if is_ours && !ledger.is_named(id) && record.expires.millis_since(now) > ON_ITS_WAY_OUT_MS {
            let name = names.key(id.expose());
            orphans.push(format!(
                "no version names {name}, and it lives on for {hours_left} h"
            ));
        }
    }
    orphans
}
