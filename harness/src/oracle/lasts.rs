//! After a rotation its keys live for two more intervals, or as long as AppSync lets them [I16].

use keywheel_emulator::fault::Span;
use keywheel_emulator::ids::{ApiKeyId, StagingLabel};
use keywheel_emulator::time::DAY_MS;

use crate::history::Names;
use crate::scenario::OracleId;

use super::conduct::Invoked;
use super::{Complaint, Ending, Kind, Objection, Oracle, When};

pub(super) const ORACLE: Oracle = Oracle {
    id: OracleId::Lasts,
    demand: "after a rotation the keys of AWSCURRENT and AWSPREVIOUS live for two more intervals",
    when: When::EveryEnd(judge),
};

/// A key that ends too early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TooShort {
    /// The key.
    pub key: ApiKeyId,
    /// Of which label it is.
    pub label: StagingLabel,
    /// The days that it has left.
    pub days: i64,
}

impl Complaint for TooShort {
    fn kind(&self) -> Kind {
        Kind::about("ends-too-early", self.label.as_str())
    }

    fn describe(&self, names: &Names) -> String {
        let Self { key, label, days } = self;
        let name = names.key(key.expose());
        format!("the key {name} of {label} has {days} days left after a rotation")
    }
}

/// A key lives for 365 days at most; a day is left for rounding and for clocks that differ.
const LIFE_MAX_MS: i64 = 363 * DAY_MS;

/// How long keys live after a rotation with this interval, in milliseconds.
pub(super) fn promised_ms(interval: Span) -> i64 {
    let interval_ms = i64::try_from(interval.as_millis()).unwrap_or(i64::MAX);
    interval_ms.saturating_mul(2).min(LIFE_MAX_MS) - DAY_MS
}

pub(super) fn judge(invoked: &Invoked, ending: &Ending<'_>) -> Option<Objection> {
    if !invoked.has_rotated(ending.end) || invoked.faults > 0 || invoked.was_disturbed {
        return None;
    }
    let wanted_ms = promised_ms(ending.interval);
    [StagingLabel::current(), StagingLabel::previous()]
        .iter()
        .find_map(|label| {
            let key = ending.ledger.key_labelled(label)?;
            let record = ending.ledger.key(key)?;
            let left_ms = record.expires.millis_since(ending.now);
            let is_ours = record.minted_by.is_function() && record.removed.is_none();
            let short = || TooShort {
                key: key.clone(),
                label: label.clone(),
                days: left_ms / DAY_MS,
            };
            (is_ours && left_ms < wanted_ms).then(|| short().into())
        })
}
