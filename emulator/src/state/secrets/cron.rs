//! The cron expressions of rotation schedules: `cron(0 H DoM Mon DoW *)` in UTC [D].
//!
//! Dates are `jiff`'s; the expression is read here. `croner` is the kept crate that comes nearest (it
//! works on `jiff`, and can count from Sunday as 1), but AWS's grammar is not a part of its: to it a lone
//! `L` among the weekdays is no day at all, and it lets through what AWS refuses (`?` for every field's
//! `*`, names in any field, `1MON`, empty items, `W`), each of which would have to be looked for before.
//! The tests hold this parser to `croner` wherever the two grammars meet; the `cron` crate knows
//! neither `L` nor `#`.

use jiff::civil::Date;

use crate::time::{DAY_MS, HOUR_MS, Timestamp};

use super::schedule::ScheduleError;

/// How far ahead a match is sought: 29 February comes after eight years at the latest.
const HORIZON_DAYS: i64 = 9 * 366;

const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// A set of small numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Set(u64);

impl Set {
    fn has(self, number: i64) -> bool {
        (0..64).contains(&number) && self.0 & (1 << number) != 0
    }
}

/// Which days a cron expression names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Days {
    OfMonth(Set),
    LastOfMonth,
    OfWeek(Set),
    /// `6#3`: the third Friday.
    NthOfWeek {
        weekday: i64,
        nth: i64,
    },
    /// `6L`: the last Friday of the month.
    LastOfWeek {
        weekday: i64,
    },
}

/// A parsed cron expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cron {
    hours: Set,
    days: Days,
    months: Set,
}

impl Cron {
    /// Parses the text between the brackets of `cron(…)`.
    pub fn parse(text: &str) -> Result<Self, ScheduleError> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let ["0", hours, of_month, months, of_week, "*"] = fields[..] else {
            return Err(ScheduleError::Malformed);
        };
        Ok(Self {
            hours: set(hours, &Field::HOURS)?,
            days: days(of_month, of_week)?,
            months: set(months, &Field::MONTHS)?,
        })
    }

    /// The first matching hour after `moment`, if there is one.
    pub fn next_after(&self, moment: Timestamp) -> Option<Timestamp> {
        let first = moment.floor_day();
        (0..HORIZON_DAYS)
            .map(|day| first.plus_days(day))
            .filter(|day| date(*day).is_some_and(|date| self.matches(date)))
            .flat_map(|day| self.starts_on(day))
            .find(|start| *start > moment)
    }

    /// Whether it names more than one hour of a day; such a schedule counts in hours.
    pub fn is_hourly(&self) -> bool {
        self.hours.0.count_ones() > 1
    }

    fn starts_on(&self, day: Timestamp) -> impl Iterator<Item = Timestamp> {
        let hours = self.hours;
        (0..DAY_MS / HOUR_MS)
            .filter(move |hour| hours.has(*hour))
            .map(move |hour| day.plus_millis(hour * HOUR_MS))
    }

    fn matches(&self, date: Date) -> bool {
        let (day, last) = (i64::from(date.day()), i64::from(date.days_in_month()));
        let weekday = i64::from(date.weekday().to_sunday_one_offset());
        let is_day = match self.days {
            Days::OfMonth(set) => set.has(day),
            Days::LastOfMonth => day == last,
            Days::OfWeek(set) => set.has(weekday),
            Days::NthOfWeek {
                weekday: named,
                nth,
            } => weekday == named && (day + 6) / 7 == nth,
            Days::LastOfWeek { weekday: named } => weekday == named && day + 7 > last,
        };
        is_day && self.months.has(i64::from(date.month()))
    }
}

fn date(day: Timestamp) -> Option<Date> {
    let moment = jiff::Timestamp::from_millisecond(day.as_millis()).ok()?;
    Some(jiff::tz::Offset::UTC.to_datetime(moment).date())
}

/// The range and the names of a field's values.
struct Field {
    first: i64,
    last: i64,
    names: &'static [&'static str],
}

impl Field {
    const HOURS: Self = Self {
        first: 0,
        last: 23,
        names: &[],
    };
    const DAYS_OF_MONTH: Self = Self {
        first: 1,
        last: 31,
        names: &[],
    };
    const MONTHS: Self = Self {
        first: 1,
        last: 12,
        names: &MONTHS,
    };
    const DAYS_OF_WEEK: Self = Self {
        first: 1,
        last: 7,
        names: &WEEKDAYS,
    };

    fn value(&self, text: &str) -> Result<i64, ScheduleError> {
        let named = self
            .names
            .iter()
            .zip(self.first..)
            .find(|(name, _)| **name == text);
        let value = match named {
            Some((_, value)) => value,
            None => text.parse().map_err(|_| ScheduleError::Malformed)?,
        };
        if !(self.first..=self.last).contains(&value) {
            return Err(ScheduleError::Malformed);
        }
        Ok(value)
    }
}

fn days(of_month: &str, of_week: &str) -> Result<Days, ScheduleError> {
    match (of_month, of_week) {
        ("?", "?") => Err(ScheduleError::Malformed),
        ("?", "L") => Ok(Days::OfWeek(Set(1 << 7))),
        ("?", _) => weekdays(of_week),
        ("L", "?") => Ok(Days::LastOfMonth),
        (_, "?") => Ok(Days::OfMonth(set(of_month, &Field::DAYS_OF_MONTH)?)),
        _ => Err(ScheduleError::Malformed),
    }
}

fn weekdays(text: &str) -> Result<Days, ScheduleError> {
    let field = Field::DAYS_OF_WEEK;
    if let Some((weekday, nth)) = text.split_once('#') {
        let nth: i64 = nth.parse().map_err(|_| ScheduleError::Malformed)?;
        if !(1..=5).contains(&nth) {
            return Err(ScheduleError::Malformed);
        }
        return Ok(Days::NthOfWeek {
            weekday: field.value(weekday)?,
            nth,
        });
    }
    match text.strip_suffix('L') {
        Some(weekday) => Ok(Days::LastOfWeek {
            weekday: field.value(weekday)?,
        }),
        None => Ok(Days::OfWeek(set(text, &field)?)),
    }
}

fn set(text: &str, field: &Field) -> Result<Set, ScheduleError> {
    let mut bits = 0;
    for item in text.split(',') {
        let (from, to, step) = range(item, field)?;
        for value in (from..=to).step_by(step) {
            bits |= 1 << value;
        }
    }
    Ok(Set(bits))
}

/// First, last and step of `*`, `3`, `3-9`, `/8`, `3/8`, `*/8` or `3-9/2`.
fn range(item: &str, field: &Field) -> Result<(i64, i64, usize), ScheduleError> {
    let (span, step) = match item.split_once('/') {
        Some((span, step)) => (
            span,
            Some(step.parse().map_err(|_| ScheduleError::Malformed)?),
        ),
        None => (item, None),
    };
    let (from, to) = match (span, span.split_once('-')) {
        ("*", _) => (field.first, field.last),
        ("", _) if step.is_some() => (field.first, field.last),
        (_, Some((from, to))) => (field.value(from)?, field.value(to)?),
        (one, None) => {
            let from = field.value(one)?;
            (from, if step.is_some() { field.last } else { from })
        }
    };
    let step = step.unwrap_or(1);
    if from > to || step < 1 {
        return Err(ScheduleError::Malformed);
    }
    Ok((from, to, step))
}

#[cfg(test)]
mod tests {
    use croner::parser::{CronParser, Seconds};
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::test_runner::{Config, TestRunner};

    use super::*;

    fn next(expression: &str, after: &str) -> String {
        let cron = Cron::parse(expression).unwrap();
        let start = cron.next_after(Timestamp::parse(after).unwrap()).unwrap();
        start.to_string()[..16].to_owned()
    }

    /// 2026-11-22 is a Sunday.
    #[test]
    fn the_next_match_is_found() {
        let now = "2026-11-22T10:30:00Z";
        for (expression, start) in [
            ("0 16 1,15 * ? *", "2026-12-01T16:00"),
            ("0 /8 * * ? *", "2026-11-22T16:00"),
            ("0 2/8 * * ? *", "2026-11-22T18:00"),
            ("0 0 L * ? *", "2026-11-30T00:00"),
            ("0 8 ? * SUN *", "2026-11-29T08:00"),
            ("0 8 ? * 2-6 *", "2026-11-23T08:00"),
            ("0 8 ? * MON-FRI *", "2026-11-23T08:00"),
            ("0 8 ? * 6#3 *", "2026-12-18T08:00"),
            ("0 8 ? JAN FRIL *", "2027-01-29T08:00"),
            ("0 8 ? * L *", "2026-11-28T08:00"),
            ("0 0 29 2 ? *", "2028-02-29T00:00"),
            ("0 10 * * ? *", "2026-11-23T10:00"),
        ] {
            assert_eq!(next(expression, now), start, "{expression}");
        }
    }

    #[test]
    fn a_match_lies_after_the_moment_asked_for() {
        assert_eq!(
            next("0 8 * * ? *", "2026-11-22T08:00:00Z"),
            "2026-11-23T08:00"
        );
        assert_eq!(
            next("0 8 * * ? *", "2026-11-22T07:59:59Z"),
            "2026-11-22T08:00"
        );
    }

    #[test]
    fn what_aws_does_not_accept_is_refused() {
        for expression in [
            "",
            "5 8 * * ? *",
            "0 8 * * ? 2027",
            "0 8 * * * *",
            "0 8 ? * ? *",
            "0 24 * * ? *",
            "0 8 32 * ? *",
            "0 8 * 13 ? *",
            "0 8 ? * 8 *",
            "0 8 ? * 2#6 *",
            "0 8-2 * * ? *",
            "0 */0 * * ? *",
            "0 */-1 * * ? *",
            "0 1/99999999999999999999 * * ? *",
            "0 8 15W * ? *",
        ] {
            assert_eq!(
                Cron::parse(expression),
                Err(ScheduleError::Malformed),
                "{expression}"
            );
        }
    }

    #[test]
    fn a_step_beyond_the_field_is_one_step() {
        for step in [24, i64::MAX - 1, i64::MAX] {
            let long = Cron::parse(&format!("0 5/{step} * * ? *")).unwrap();
            assert_eq!(long, Cron::parse("0 5 * * ? *").unwrap(), "{step}");
        }
    }

    #[test]
    fn a_day_that_never_comes_has_no_match() {
        let cron = Cron::parse("0 0 30 2 ? *").unwrap();
        assert_eq!(cron.next_after(Timestamp::EPOCH), None);
    }

    /// A list of numbers, ranges and steps between two bounds.
    fn items(first: u32, last: u32) -> impl Strategy<Value = String> {
        let number = first..=last;
        let item = prop_oneof![
            4 => number.clone().prop_map(|number| number.to_string()),
            2 => (number.clone(), number.clone())
                .prop_map(|(a, b)| format!("{}-{}", a.min(b), a.max(b))),
            1 => (number, 1_u32..12).prop_map(|(from, step)| format!("{from}/{step}")),
            1 => (1_u32..12).prop_map(|step| format!("*/{step}")),
            1 => (1_u32..12).prop_map(|step| format!("/{step}")),
        ];
        prop_oneof![
            1 => Just("*".to_owned()),
            4 => vec(item, 1..4).prop_map(|items| items.join(",")),
        ]
    }

    fn any_days() -> impl Strategy<Value = (String, String)> {
        let unknown = || Just("?".to_owned());
        let names = prop_oneof![
            Just("SUN".to_owned()),
            Just("MON-FRI".to_owned()),
            Just("TUE,THU".to_owned()),
        ];
        prop_oneof![
            4 => (items(1, 31), unknown()),
            1 => (Just("L".to_owned()), unknown()),
            2 => (unknown(), "[1-7](-7)?(,[1-7]){0,2}"),
            1 => (unknown(), names),
            1 => (unknown(), "[1-7]#[1-5]"),
            1 => (unknown(), "([1-7]|WED|SAT)L"),
        ]
    }

    /// croner knows neither lone `L` among the weekdays nor moments before the year 1; both are
    /// left out. Beyond the horizon it goes on looking.
    #[test]
    fn where_the_grammars_meet_croner_finds_the_same_moments() {
        let months = prop_oneof![
            items(1, 12),
            Just("JAN".to_owned()),
            Just("APR-JUN".to_owned())
        ];
        let expression = (items(0, 23), any_days(), months);
        let moment = 1_700_000_000_i64..2_000_000_000;
        let parser = CronParser::builder()
            .seconds(Seconds::Disallowed)
            .alternative_weekdays(true)
            .sloppy_ranges(true)
            .build();
        let mut runner = TestRunner::new(Config {
            failure_persistence: None,
            ..Config::default()
        });
        let ran = runner.run(&(expression, moment), |((hours, days, months), moment)| {
            let (of_month, of_week) = days;
            let five = format!("0 {hours} {of_month} {months} {of_week}");
            let ours = Cron::parse(&format!("{five} *"));
            let theirs = parser.parse(&five);
            prop_assert_eq!(ours.is_ok(), theirs.is_ok(), "{}", five);
            let (Ok(ours), Ok(theirs)) = (ours, theirs) else {
                return Ok(());
            };
            let start = jiff::Timestamp::from_second(moment).unwrap();
            let start = jiff::tz::Offset::UTC.to_datetime(start);
            let next = ours.next_after(Timestamp::from_seconds(moment));
            if let Some(next) = next {
                let found = theirs.find_next_occurrence(&start, false).unwrap();
                prop_assert_eq!(
                    next.to_string()[..16].to_owned(),
                    found.to_string()[..16].to_owned(),
                    "{}",
                    five
                );
            }
            Ok(())
        });
        ran.unwrap_or_else(|difference| panic!("{difference}"));
    }
}
