//! What a condition on dates may compare with [R]: ISO 8601 down to whatever unit, or seconds.

use std::ops::RangeInclusive;
use std::sync::LazyLock;

use regex::Regex;

/// Year, month, day, hour, minute, second, and the hour and minute of the zone.
static ISO: LazyLock<Regex> = LazyLock::new(|| {
    let date = r"(-?\d+)(?:-(\d+)(?:-(\d+))?)?";
    let zone = r"(?:z|[+-](\d{2})(?::(\d{2}))?)?";
    let time = format!(r"(?:(\d+)(?::(\d+)(?::(\d+)(?:\.\d{{1,9}})?{zone})?)?)?");
    Regex::new(&format!("^{date}(?:t{time})?$")).expect("the pattern is a constant, and tested")
});

/// What each unit may be; the years are those of Java's clock.
const RANGES: [RangeInclusive<i64>; 8] = [
    -292_275_054..=292_278_993,
    1..=12,
    1..=31,
    0..=23,
    0..=59,
    0..=59,
    0..=23,
    0..=59,
];

/// Is the text a date, or holds it a variable, whose value nobody knows yet?
pub(super) fn is_date(text: &str) -> bool {
    if text.contains("${") {
        return true;
    }
    let text = text.to_ascii_lowercase();
    if !text.contains(['t', '-']) {
        return text.parse::<i64>().is_ok_and(|seconds| seconds >= 0);
    }
    let Some(found) = ISO.captures(&text) else {
        return false;
    };
    let units = found.iter().skip(1).zip(RANGES);
    units.into_iter().all(|(unit, range)| {
        let number = |unit: regex::Match<'_>| unit.as_str().parse::<i64>();
        unit.is_none_or(|unit| number(unit).is_ok_and(|number| range.contains(&number)))
    })
}
