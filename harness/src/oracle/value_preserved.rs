//! A rotation changes the key in the value and nothing else [I9].

use serde_json::Value;

use crate::history::Names;
use crate::scenario::OracleId;

use super::ledger::CurrentMove;
use super::{Complaint, Kind, Moment, Objection, Oracle, When};

pub(super) const ORACLE: Oracle = Oracle {
    id: OracleId::ValuePreserved,
    demand: "a rotation changes the key in the value and nothing else",
    when: When::EveryMoment(judge),
};

/// A value in which more than the key is new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damaged;

impl Complaint for Damaged {
    fn kind(&self) -> Kind {
        Kind::new("damaged")
    }

    fn describe(&self, _: &Names) -> String {
        "the new value differs from the old one in more than the key".to_owned()
    }
}

pub(super) fn judge(moment: &Moment<'_>) -> Vec<Objection> {
    let change = moment.change.filter(|change| change.actor.is_function());
    let moves = change.into_iter().flat_map(|change| &change.moves);
    let changed = moves.filter(|current| !is_preserved(moment, current));
    changed.map(|_| Damaged.into()).collect()
}

fn is_preserved(moment: &Moment<'_>, current: &CurrentMove) -> bool {
    let (Some(from), Some(to)) = (&current.from, &current.to) else {
        return true;
    };
    let ledger = moment.ledger;
    let (Some(old), Some(new)) = (ledger.value_of(from), ledger.value_of(to)) else {
        return true;
    };
    let blank = |text: &str, version| match ledger.key_of(version) {
        Some(key) => text.replace(key.expose(), "<key>"),
        None => text.to_owned(),
    };
    is_same_but_one(&blank(old, from), &blank(new, to))
}

/// The same text, or JSON objects that differ in one member at most, which is where a placeholder
/// became a key. What is no object has nothing but the key.
fn is_same_but_one(old: &str, new: &str) -> bool {
    if old.trim() == new.trim() {
        return true;
    }
    let parsed = |text: &str| serde_json::from_str(text.trim_start_matches('\u{feff}')).ok();
    let (Some(Value::Object(old)), Some(new)) = (parsed(old), parsed(new)) else {
        return true;
    };
    let Value::Object(new) = new else {
        return false;
    };
    let is_same_order = old.keys().eq(new.keys());
    let different = old
        .iter()
        .filter(|(name, value)| new.get(*name) != Some(value));
    is_same_order && different.count() <= 1
}

#[cfg(test)]
mod tests {
    use super::is_same_but_one;

    #[test]
    fn a_member_that_is_lost_or_changed_is_seen() {
        let old = r#"{"a":1.10,"key":"CHANGE_ME","b":[null]}"#;
        assert!(is_same_but_one(old, old));
        assert!(is_same_but_one(
            old,
            r#"{"a":1.10,"key":"<key>","b":[null]}"#
        ));
        assert!(is_same_but_one("CHANGE_ME", "<key>"));
        assert!(!is_same_but_one(old, r#"{"key":"<key>"}"#));
        assert!(!is_same_but_one(
            old,
            r#"{"a":1.10,"b":[null],"key":"<key>"}"#
        ));
        assert!(!is_same_but_one(old, r#"{"a":2,"key":"<key>","b":[null]}"#));
        assert!(!is_same_but_one(old, "\"<key>\""));
    }
}
