//! In which way a run failed: what must stay the same while its scenario is made smaller.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::oracle::{self, Kind, Violation};
use crate::scenario::{Choice as _, OracleId};

use super::{Run, Unmet, Verdict};

/// Who objects, and in which way: part of a finding's identity, with the operation and the shape of
/// the plan.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Class {
    /// Who objects.
    #[serde(rename = "oracle")]
    pub objector: Objector,
    /// In which way it is wrong.
    #[serde(flatten)]
    pub kind: Kind,
}

/// Who objects to a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Objector {
    /// An oracle.
    Oracle(OracleId),
    /// The scenario: it expects something that is not so.
    Expectation,
}

/// The word for a scenario that objects.
const EXPECTATION: &str = "expectation";

impl Objector {
    /// What stands in its place in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Oracle(oracle) => oracle.as_str(),
            Self::Expectation => EXPECTATION,
        }
    }
}

impl fmt::Display for Objector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl From<Objector> for String {
    fn from(objector: Objector) -> Self {
        objector.as_str().to_owned()
    }
}

impl TryFrom<String> for Objector {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match OracleId::from_word(&text) {
            Some(oracle) => Ok(Self::Oracle(oracle)),
            None if text == EXPECTATION => Ok(Self::Expectation),
            None => Err(format!("there is no oracle {text}")),
        }
    }
}

impl Class {
    /// The class of a violation.
    pub fn of(violation: &Violation) -> Self {
        Self {
            objector: Objector::Oracle(violation.oracle()),
            kind: violation.objection.kind(),
        }
    }

    /// The class of an expectation that was not met.
    pub fn unmet(unmet: &Unmet) -> Self {
        Self {
            objector: Objector::Expectation,
            kind: unmet.what.kind(),
        }
    }

    /// Everything that is objected to in a run, expectations included, each with its class and in
    /// words.
    pub fn all_in(run: &Run) -> impl Iterator<Item = (Self, String)> {
        let violations = run.violations();
        let violations = violations.map(|violation| (Self::of(violation), run.describe(violation)));
        let unmet = run.unmet.iter().map(|unmet| {
            let what = unmet.what.describe(&run.names);
            (Self::unmet(unmet), format!("{EXPECTATION}: {what}"))
        });
        violations.chain(unmet)
    }

    /// The verdict on a run that fails so.
    pub fn verdict(&self) -> Verdict {
        match self.objector {
            Objector::Expectation => Verdict::Failed,
            Objector::Oracle(id) if oracle::of(id).is_safety() => Verdict::Violated,
            Objector::Oracle(_) => Verdict::DidNotRecover,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keywheel_emulator::ids::{ApiKeyId, Step, VersionId};
    use keywheel_emulator::time::Timestamp;

    use crate::oracle::bounded_keys::TooManyKeys;
    use crate::oracle::foreign_untouched::{Deed, Trespass};

    fn class(objection: impl Into<oracle::Objection>) -> Class {
        Class::of(&Violation {
            at: Timestamp::EPOCH,
            objection: objection.into(),
        })
    }

    #[test]
    fn versions_keys_and_counts_of_one_run_are_left_out() {
        let many = |token: &str, made| TooManyKeys {
            token: VersionId::new(token),
            made,
            allowed: 1,
        };
        assert_eq!(class(many("one", 2)), class(many("other", 3)));
        let trespass = |step, key: &str| Trespass {
            step: Some(step),
            deed: Deed::Deleted,
            key: ApiKeyId::new(key),
        };
        let one = class(trespass(Step::SetSecret, "k1"));
        assert_eq!(one, class(trespass(Step::SetSecret, "k2")));
        assert_ne!(one, class(trespass(Step::FinishSecret, "k1")));
    }

    #[test]
    fn a_class_is_read_back_from_json() {
        for objector in ["served", "expectation"] {
            let json = format!(r#"{{"oracle":"{objector}","kind":"deleted","about":"setSecret"}}"#);
            let class: Class = serde_json::from_str(&json).unwrap();
            assert_eq!(serde_json::to_string(&class).unwrap(), json);
        }
        assert!(serde_json::from_str::<Class>(r#"{"oracle":"x","kind":"y"}"#).is_err());
    }
}
