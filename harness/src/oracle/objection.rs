//! What oracles object to: one type for each oracle, and one that is any of them.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::history::Names;
use crate::scenario::OracleId;

use super::*;

/// In which way something is wrong, whichever keys, versions and counts it is about in a run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Kind {
    /// The way, of those that the oracle knows.
    pub kind: Cow<'static, str>,
    /// What it is about: a step, an operation, a label, an error type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<Cow<'static, str>>,
}

impl Kind {
    /// A way to be wrong.
    pub const fn new(kind: &'static str) -> Self {
        Self {
            kind: Cow::Borrowed(kind),
            about: None,
        }
    }

    /// A way to be wrong in something.
    pub fn about(kind: &'static str, about: impl Into<String>) -> Self {
        Self {
            kind: Cow::Borrowed(kind),
            about: Some(Cow::Owned(about.into())),
        }
    }
}

/// What one oracle objects to.
pub(super) trait Complaint {
    /// In which way it is wrong.
    fn kind(&self) -> Kind;

    /// What is wrong, by aliases.
    fn describe(&self, names: &Names) -> String;
}

macro_rules! objections {
    ($($oracle:ident($module:ident::$complaint:ident),)+) => {
        /// What an oracle objects to.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Objection {
            $(
                #[doc = concat!("Of [`", stringify!($module), "`].")]
                $oracle($module::$complaint),
            )+
        }

        $(
            impl From<$module::$complaint> for Objection {
                fn from(complaint: $module::$complaint) -> Self {
                    Self::$oracle(complaint)
                }
            }
        )+

        impl Objection {
            /// Whose it is.
            pub const fn oracle(&self) -> OracleId {
                match self {
                    $(Self::$oracle(_) => OracleId::$oracle,)+
                }
            }

            /// In which way something is wrong.
            pub fn kind(&self) -> Kind {
                match self {
                    $(Self::$oracle(complaint) => complaint.kind(),)+
                }
            }

            /// What is wrong, by aliases.
            pub fn describe(&self, names: &Names) -> String {
                match self {
                    $(Self::$oracle(complaint) => complaint.describe(names),)+
                }
            }
        }

        /// Every oracle, in the order of reports.
        pub static ALL: [Oracle; OracleId::VALUES.len()] = [$($module::ORACLE,)+];
    };
}

objections! {
    Served(served::Locked),
    ClientsServed(clients_served::Refused),
    OneCurrent(one_current::Misplaced),
    TestedFirst(tested_first::Untried),
    OwnLabels(own_labels::Moved),
    NoReturn(no_return::Return),
    ValuePreserved(value_preserved::Damaged),
    ValueFixed(value_fixed::Rewritten),
    ForeignUntouched(foreign_untouched::Trespass),
    OwnSecretOnly(own_secret_only::Touched),
    BoundedKeys(bounded_keys::TooManyKeys),
    FewKeys(few_keys::Crowd),
    Lasts(lasts::TooShort),
    NoSecretLeaked(no_secret_leaked::Leak),
    WithinPolicy(within_policy::Forbidden),
    InTime(in_time::Late),
    BoundedCalls(bounded_calls::TooManyCalls),
    RepeatHarmless(repeat_harmless::Harm),
    CleanFailure(clean_failure::Untidy),
    NoOrphan(no_orphan::Orphan),
    CredentialKnown(credential_known::Lost),
    CurrentWorks(current_works::Useless),
    PreviousWorks(previous_works::Broken),
    OldDies(old_dies::Undead),
    OthersUntouched(others_untouched::Disturbed),
    Recovers(recovers::NotRecovered),
}
