//! A rotation changes the credential in the value and nothing else [I9].
//!
//! Of a key of AppSync that is one member, to the letter. A credential that a function chooses may be
//! several members, such as a user's name and password, in any order and layout; what says where it
//! is good stays.

use serde_json::Value;

use crate::history::Names;
use crate::scenario::OracleId;

use super::ledger::CurrentMove;
use super::{Complaint, Kind, Moment, Objection, Oracle, When};

pub(super) const ORACLE: Oracle = Oracle {
    id: OracleId::ValuePreserved,
    demand: "a rotation changes the credential in the value and nothing else",
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
        "the new value differs from the old one in more than the credential".to_owned()
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
    let is_key = ledger.key_of(from).or(ledger.key_of(to)).is_some();
    if !is_key {
        return keeps_its_place(old, new);
    }
    let blank = |text: &str, version| match ledger.key_of(version) {
        Some(key) => text.replace(key.expose(), "<key>"),
        None => text.to_owned(),
    };
    is_same_but_one(&blank(old, from), &blank(new, to))
}

/// Members that say where a credential is good and how it is used, by the names that AWS and its
/// users give them [D]. No rotation changes them.
const PLACES: [&str; 11] = [
    "engine",
    "host",
    "port",
    "dbname",
    "database",
    "dbInstanceIdentifier",
    "dbClusterIdentifier",
    "masterarn",
    "ssl",
    "region",
    "issuer",
];

/// No member is lost, and none is changed that is no text or says where the credential is good.
fn keeps_its_place(old: &str, new: &str) -> bool {
    let parsed = |text: &str| serde_json::from_str(text.trim_start_matches('\u{feff}')).ok();
    let (Some(Value::Object(old)), new) = (parsed(old), parsed(new)) else {
        return true;
    };
    let Some(Value::Object(new)) = new else {
        return false;
    };
    old.iter().all(|(name, value)| {
        let may_change = value.is_string() && !PLACES.contains(&name.as_str());
        new.get(name)
            .is_some_and(|now| now == value || (may_change && now.is_string()))
    })
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
    use super::{is_same_but_one, keeps_its_place};

    #[test]
    fn several_members_may_be_the_credential_in_any_order() {
        let old =
            r#"{"engine":"postgres","host":"db","username":"app","password":"x","port":5432}"#;
        let other_user = r#"{"engine":"postgres","host":"db","username":"app_clone","password":"y","port":5432}"#;
        let sorted =
            r#"{"engine":"postgres","host":"db","password":"y","port":5432,"username":"app"}"#;
        for right in [old, other_user, sorted] {
            assert!(keeps_its_place(old, right), "{right}");
        }
        let keys = r#"{"AccessKeyId":"AKIA1","SecretAccessKey":"x"}"#;
        assert!(keeps_its_place(
            keys,
            r#"{"AccessKeyId":"AKIA2","SecretAccessKey":"y"}"#
        ));
        assert!(keeps_its_place("plain", "other"));
    }

    #[test]
    fn a_credential_for_another_place_is_seen() {
        let old = r#"{"host":"db","username":"app","password":"x","port":5432}"#;
        for wrong in [
            r#"{"username":"app","password":"y","port":5432}"#,
            r#"{"host":"other","username":"app","password":"y","port":5432}"#,
            r#"{"host":"db","username":"app","password":"y","port":5433}"#,
            r#"{"host":"db","username":"app","password":null,"port":5432}"#,
            "y",
        ] {
            assert!(!keeps_its_place(old, wrong), "{wrong}");
        }
    }

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
