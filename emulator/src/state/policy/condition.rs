//! Condition operators.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::time::Timestamp;

use super::context::Context;
use super::pattern::Pattern;

/// One condition: an operator, a key of the request, and values of which one must do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// How to compare.
    pub operator: Operator,
    /// The key, such as `aws:SourceArn`.
    pub key: String,
    /// What to compare with.
    pub values: Vec<Pattern>,
}

/// An operator, with what stands before and after its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operator {
    /// `ForAllValues:` or `ForAnyValue:`.
    pub over: Over,
    /// The test.
    pub test: Test,
    /// Is its opposite asked for, as in `StringNotEquals`?
    pub is_negated: bool,
    /// `…IfExists`: true if the request lacks the key.
    pub if_exists: bool,
}

/// How many values of the request must pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// The key has one value.
    Single,
    /// `ForAnyValue:` one of several.
    Any,
    /// `ForAllValues:` each of several, also if there are none.
    All,
}

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Test {
    /// `StringEquals`, and `BinaryEquals`, whose values are base64 on both sides.
    String,
    /// `StringEqualsIgnoreCase`.
    StringIgnoreCase,
    /// `StringLike`.
    StringLike,
    /// `Numeric…`.
    Numeric(Relation),
    /// `Date…`.
    Date(Relation),
    /// `Bool`.
    Bool,
    /// `IpAddress`.
    IpAddress,
    /// `ArnEquals` and `ArnLike`, which are the same [D].
    Arn,
    /// `Null`: is the key absent?
    Null,
}

/// A relation of numbers and dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// `Equals`.
    Equal,
    /// `LessThan`.
    Less,
    /// `LessThanEquals`.
    LessOrEqual,
    /// `GreaterThan`.
    Greater,
    /// `GreaterThanEquals`.
    GreaterOrEqual,
}

impl Operator {
    /// An operator by its name in documents; none if there is no such operator.
    pub fn parse(name: &str) -> Option<Self> {
        let (over, name) = match name.split_once(':') {
            Some(("ForAnyValue", rest)) => (Over::Any, rest),
            Some(("ForAllValues", rest)) => (Over::All, rest),
            Some(_) => return None,
            None => (Over::Single, name),
        };
        let (name, if_exists) = match name.strip_suffix("IfExists") {
            Some(name) => (name, true),
            None => (name, false),
        };
        let (test, is_negated) = test_of(name)?;
        let is_bare_null = over == Over::Single && !if_exists;
        (test != Test::Null || is_bare_null).then_some(Self {
            over,
            test,
            is_negated,
            if_exists,
        })
    }
}

fn test_of(name: &str) -> Option<(Test, bool)> {
    let plain = match name {
        "StringEquals" | "BinaryEquals" => (Test::String, false),
        "StringNotEquals" => (Test::String, true),
        "StringEqualsIgnoreCase" => (Test::StringIgnoreCase, false),
        "StringNotEqualsIgnoreCase" => (Test::StringIgnoreCase, true),
        "StringLike" => (Test::StringLike, false),
        "StringNotLike" => (Test::StringLike, true),
        "Bool" => (Test::Bool, false),
        "IpAddress" => (Test::IpAddress, false),
        "NotIpAddress" => (Test::IpAddress, true),
        "ArnEquals" | "ArnLike" => (Test::Arn, false),
        "ArnNotEquals" | "ArnNotLike" => (Test::Arn, true),
        "Null" => (Test::Null, false),
        _ => return related(name),
    };
    Some(plain)
}

fn related(name: &str) -> Option<(Test, bool)> {
    let numeric = name.strip_prefix("Numeric");
    let relation = numeric.or_else(|| name.strip_prefix("Date"))?;
    let (relation, is_negated) = match relation {
        "Equals" => (Relation::Equal, false),
        "NotEquals" => (Relation::Equal, true),
        "LessThan" => (Relation::Less, false),
        "LessThanEquals" => (Relation::LessOrEqual, false),
        "GreaterThan" => (Relation::Greater, false),
        "GreaterThanEquals" => (Relation::GreaterOrEqual, false),
        _ => return None,
    };
    let test = match numeric {
        Some(_) => Test::Numeric(relation),
        None => Test::Date(relation),
    };
    Some((test, is_negated))
}

impl Condition {
    /// Does it hold for a request?
    ///
    /// Without the key a condition fails, unless it is negated, ends in `IfExists` or is about
    /// all values [D].
    pub fn holds(&self, context: &Context) -> bool {
        let Operator {
            over,
            test,
            is_negated,
            if_exists,
        } = self.operator;
        let found = context.values(&self.key).filter(|found| !found.is_empty());
        if test == Test::Null {
            let is_absent = if found.is_none() { "true" } else { "false" };
            return self.is_one(|value| value.is_like(is_absent, context));
        }
        let Some(found) = found else {
            return if_exists || over == Over::All || (over == Over::Single && is_negated);
        };
        let passes =
            |text: &String| self.is_one(|value| compare(test, text, value, context)) != is_negated;
        match over {
            Over::All => found.iter().all(passes),
            // A plain negated operator must not be passed by the mere presence of another value.
            Over::Single if is_negated => found.iter().all(passes),
            Over::Single | Over::Any => found.iter().any(passes),
        }
    }

    fn is_one(&self, test: impl FnMut(&Pattern) -> bool) -> bool {
        self.values.iter().any(test)
    }
}

fn compare(test: Test, found: &str, value: &Pattern, context: &Context) -> bool {
    match test {
        Test::StringLike => value.is_like(found, context),
        Test::Arn => value.is_like_arn(found, context),
        _ => value
            .literal(context)
            .is_some_and(|value| compare_literal(test, found, &value)),
    }
}

fn compare_literal(test: Test, found: &str, value: &str) -> bool {
    match test {
        Test::String => found == value,
        Test::StringIgnoreCase => found.to_lowercase() == value.to_lowercase(),
        Test::Bool => found.eq_ignore_ascii_case(value),
        Test::Numeric(relation) => related_by(relation, number(found), number(value)),
        Test::Date(relation) => related_by(relation, date(found), date(value)),
        Test::IpAddress => is_within(found, value),
        Test::StringLike | Test::Arn | Test::Null => false,
    }
}

fn related_by<T: PartialOrd>(relation: Relation, found: Option<T>, value: Option<T>) -> bool {
    let (Some(found), Some(value)) = (found, value) else {
        return false;
    };
    match relation {
        Relation::Equal => found == value,
        Relation::Less => found < value,
        Relation::LessOrEqual => found <= value,
        Relation::Greater => found > value,
        Relation::GreaterOrEqual => found >= value,
    }
}

fn number(text: &str) -> Option<f64> {
    text.trim()
        .parse()
        .ok()
        .filter(|number: &f64| !number.is_nan())
}

/// ISO 8601, also without a time or without seconds, or seconds since 1970 [D].
fn date(text: &str) -> Option<Timestamp> {
    let seconds = || Some(Timestamp::from_seconds(text.parse().ok()?));
    let completed = || match text.len() {
        10 => Timestamp::parse(&format!("{text}T00:00:00Z")),
        17 => Timestamp::parse(&text.replace('Z', ":00Z")),
        _ => None,
    };
    Timestamp::parse(text).or_else(completed).or_else(seconds)
}

/// Is the address the one given, or in the given range?
fn is_within(found: &str, value: &str) -> bool {
    let Ok(found) = found.parse::<IpAddr>() else {
        return false;
    };
    let range = value.parse::<IpNet>().ok();
    let range = range.or_else(|| value.parse::<IpAddr>().ok().map(IpNet::from));
    range.is_some_and(|range| range.contains(&found))
}
