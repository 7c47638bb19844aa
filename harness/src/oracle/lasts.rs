//! After a rotation its keys live for two more intervals, or as long as AppSync lets them [I16].

use keywheel_emulator::fault::Span;
use keywheel_emulator::ids::StagingLabel;
use keywheel_emulator::time::DAY_MS;

use super::conduct::Invoked;
use super::{Ending, Entry};

pub(super) const ENTRY: Entry = Entry {
    name: "lasts",
    demand: "after a rotation the keys of AWSCURRENT and AWSPREVIOUS live for two more intervals",
    is_safety: true,
};

/// A key lives for 365 days at most; a day is left for rounding and for clocks that differ.
const LIFE_MAX_MS: i64 = 363 * DAY_MS;

/// How long keys live after a rotation with this interval, in milliseconds.
pub(super) fn promised_ms(interval: Span) -> i64 {
    let interval_ms = i64::try_from(interval.as_millis()).unwrap_or(i64::MAX);
    interval_ms.saturating_mul(2).min(LIFE_MAX_MS) - DAY_MS
}

pub(super) fn judge(invoked: &Invoked, ending: &Ending<'_>) -> Option<String> {
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
            let (name, days) = (ending.names.key(key.expose()), left_ms / DAY_MS);
            (is_ours && left_ms < wanted_ms)
                .then(|| format!("the key {name} of {label} has {days} days left after a rotation"))
        })
}
