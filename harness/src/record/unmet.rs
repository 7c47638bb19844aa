//! Expectations of a scenario that were not met, as data.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use keywheel_emulator::fault::Address;
use keywheel_emulator::ids::{StagingLabel, VersionId};

use crate::history::{AdminRefusal, Away, Names, RotationFailure, Unable};
use crate::link::seam::Trouble;
use crate::oracle::Kind;
use crate::scenario::{
    AdminAction, Bound, InvokeOutcome, KeyRef, KeyState, Mark, OracleId, ReplicaState,
    RotateOutcome,
};
use crate::target::Unavailable;

/// An expectation that was not met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmet {
    /// The statement by its number, from 0; none if it is of the whole scenario.
    pub statement: Option<usize>,
    /// What was expected and what was found.
    pub what: Mismatch,
}

/// What was expected and what was found. Values are masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// There are more or fewer than there have to be.
    Count {
        /// Of what.
        of: Counted,
        /// How many there have to be.
        expected: Bound,
        /// How many there are.
        found: usize,
    },
    /// Labels are elsewhere.
    Labels {
        /// Where they have to be.
        expected: Labels,
        /// Where they are.
        found: Labels,
    },
    /// A key is in another state.
    Key {
        /// Which key.
        key: KeyRef,
        /// What it has to be like.
        expected: KeyState,
        /// What it is like, if it is known at all.
        found: Option<KeyState>,
    },
    /// The current value is another one.
    Value {
        /// What it has to be, masked.
        expected: String,
        /// What it is, masked.
        found: String,
    },
    /// An oracle has not objected.
    NoViolation(OracleId),
    /// A mark has not been met.
    NoMark {
        /// Which.
        mark: Mark,
        /// Those that have.
        met: Vec<Mark>,
    },
    /// A rotation ended otherwise.
    Rotation {
        /// How it has to end.
        expected: RotateOutcome,
        /// How it ended.
        found: RotateOutcome,
        /// Why, if it failed.
        why: Option<RotationFailure>,
    },
    /// Several rotations ended otherwise.
    Rotations {
        /// How they have to end.
        expected: RotateOutcome,
        /// How they ended.
        found: RotateOutcome,
        /// How many succeeded.
        done: usize,
        /// Of how many.
        of: usize,
    },
    /// An invocation ended otherwise.
    Invocation {
        /// How it has to end.
        expected: InvokeOutcome,
        /// The type of the error with which it failed; none if it succeeded.
        found: Option<String>,
    },
    /// The replica is in another state.
    Replica {
        /// What it has to be like.
        expected: ReplicaState,
        /// What it is like; none if there is none.
        found: Option<ReplicaState>,
    },
    /// A client that listens does not hear what it has to.
    Subscriber {
        /// Which.
        name: String,
        /// Why not.
        why: Deaf,
    },
    /// The golden trace is another one.
    Golden(Difference),
    /// Something could not be done at all.
    Problem(Problem),
}

/// What is counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Live keys that the function made.
    Keys,
    /// Keys that it made.
    Creates,
    /// Requests with this address.
    Calls(Address),
    /// Service events of this name.
    Event(String),
    /// Secrets whose AWSCURRENT a rotation made.
    Rotated,
}

/// Staging labels and the versions that they are on.
pub type Labels = BTreeMap<StagingLabel, VersionId>;

/// Why a client that listens does not hear what it has to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deaf {
    /// It is cut off.
    CutOff,
    /// It hears nothing.
    HearsNothing,
    /// It listens with another key.
    OtherKey {
        /// The one that it has to listen with.
        expected: KeyRef,
        /// The name of the one that it listens with; none if it has none.
        found: Option<String>,
    },
    /// It, or what it has to hear of, has failed.
    Away(Away),
}

/// Where a timeline and its golden trace part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// In a line.
    Line {
        /// Its number, from 1.
        line: usize,
        /// What it has to be.
        expected: String,
        /// What it is.
        found: String,
    },
    /// One goes on where the other ends.
    Length {
        /// The lines that there have to be.
        expected: usize,
        /// The lines that there are.
        found: usize,
    },
}

/// Something that could not be done at all: a problem of the scenario, or of where it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The world could not be made.
    World(AdminRefusal),
    /// A person could not do something.
    Admin {
        /// What.
        action: AdminAction,
        /// Why not.
        why: Unable,
    },
    /// A line names what is not there, or its request is refused.
    Unable(Unable),
    /// Two invocations run at once of a function whose callers cannot be told apart.
    Indistinguishable,
    /// The run did not end.
    Endless(Duration),
    /// The target cannot be had.
    Target(Unavailable),
    /// The link to it cannot do its work.
    Link(Trouble),
}

impl From<Unable> for Mismatch {
    fn from(why: Unable) -> Self {
        Self::Problem(Problem::Unable(why))
    }
}

impl Mismatch {
    /// In which way it is wrong, whichever counts and names it is about.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Count { of, .. } => Kind::about("count", of.to_string()),
            Self::Labels { .. } => Kind::new("labels"),
            Self::Key { expected, .. } => Kind::about("key", expected.as_str()),
            Self::Value { .. } => Kind::new("value"),
            Self::NoViolation(oracle) => Kind::about("no-violation", oracle.as_str()),
            Self::NoMark { mark, .. } => Kind::about("not-covered", mark.as_str()),
            Self::Rotation { found, why, .. } => {
                let why = why.as_ref().map_or(found.as_str(), RotationFailure::kind);
                Kind::about("rotation", why)
            }
            Self::Rotations { found, .. } => Kind::about("rotations", found.as_str()),
            Self::Invocation { found, .. } => {
                Kind::about("invocation", found.as_deref().unwrap_or("ok"))
            }
            Self::Replica { expected, .. } => Kind::about("replica", expected.as_str()),
            Self::Subscriber { .. } => Kind::new("subscriber"),
            Self::Golden(_) => Kind::new("golden"),
            Self::Problem(problem) => problem.kind(),
        }
    }

    /// What was expected and what was found, by aliases.
    pub fn describe(&self, names: &Names) -> String {
        match self {
            Self::Count {
                of,
                expected,
                found,
            } => format!("{of}: expected {expected}, found {found}"),
            Self::Labels { expected, found } => {
                let told = |labels: &Labels| {
                    let told = labels.iter();
                    let told = told.map(|(label, id)| format!("{label}={}", names.version(id)));
                    told.collect::<Vec<_>>().join(" ")
                };
                let (expected, found) = (told(expected), told(found));
                format!("labels: expected {expected}, found {found}")
            }
            Self::Key {
                key,
                expected,
                found,
            } => {
                let found = found.map_or("unknown", KeyState::as_str);
                format!("key {key}: expected {expected}, found {found}")
            }
            Self::Value { expected, found } => {
                format!("value: expected {expected:?}, found {found:?}")
            }
            Self::NoViolation(oracle) => {
                format!("{oracle} was expected to object, and did not")
            }
            Self::NoMark { mark, met } => {
                let met: Vec<&str> = met.iter().map(|mark| mark.as_str()).collect();
                let met = match met.is_empty() {
                    true => "none".to_owned(),
                    false => met.join(", "),
                };
                format!("{mark} was not covered; covered so far: {met}")
            }
            other => other.ending(),
        }
    }

    /// How something ended, which has no names.
    fn ending(&self) -> String {
        match self {
            Self::Rotation {
                expected,
                found,
                why,
            } => {
                let why = why.as_ref().map(ToString::to_string).unwrap_or_default();
                format!("rotate: expected {expected}, found {found}{why}")
            }
            Self::Rotations {
                expected,
                found,
                done,
                of,
            } => format!("rotate: expected {expected}, found {found} ({done} of {of})"),
            Self::Invocation { expected, found } => {
                let found = found.as_deref().unwrap_or("ok");
                format!("invoke: expected {expected}, found {found}")
            }
            Self::Replica { expected, found } => {
                let found = found.map_or("none", ReplicaState::as_str);
                format!("replica: expected {expected}, found {found}")
            }
            Self::Subscriber { name, why } => format!("subscriber {name}: {why}"),
            Self::Golden(difference) => difference.to_string(),
            Self::Problem(problem) => problem.to_string(),
            _ => String::new(),
        }
    }
}

impl Problem {
    fn kind(&self) -> Kind {
        match self {
            Self::World(refusal) => Kind::about("world", &refusal.code),
            Self::Admin { action, .. } => Kind::about("admin", action.word()),
            Self::Unable(_) => Kind::new("unable"),
            Self::Indistinguishable => Kind::new("indistinguishable"),
            Self::Endless(_) => Kind::new("endless"),
            Self::Target(_) => Kind::new("target"),
            Self::Link(_) => Kind::new("link"),
        }
    }
}

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keys => f.write_str("keys"),
            Self::Creates => f.write_str("creates"),
            Self::Calls(address) => write!(f, "calls {address}"),
            Self::Event(name) => write!(f, "event {name}"),
            Self::Rotated => f.write_str("rotated"),
        }
    }
}

impl fmt::Display for Deaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CutOff => f.write_str("it is cut off"),
            Self::HearsNothing => f.write_str("it hears nothing"),
            Self::OtherKey { expected, found } => {
                let found = found.as_deref().unwrap_or("no key");
                write!(f, "expected {expected}, found {found}")
            }
            Self::Away(away) => away.fmt(f),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("trace.golden: ")?;
        match self {
            Self::Line {
                line,
                expected,
                found,
            } => write!(f, "line {line}: expected {expected:?}, found {found:?}")?,
            Self::Length { expected, found } => {
                write!(f, "expected {expected} lines, found {found}")?;
            }
        }
        f.write_str(" (keywheel test --accept writes it anew)")
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::World(refusal) => write!(f, "world: {refusal}"),
            Self::Admin { action, why } => write!(f, "admin {action}: {why}"),
            Self::Unable(why) => why.fmt(f),
            Self::Indistinguishable => f.write_str(
                "two invocations at once cannot be told apart: run the function with process:",
            ),
            Self::Target(why) => write!(f, "the target cannot be had: {why}"),
            Self::Link(trouble) => trouble.fmt(f),
            Self::Endless(limit) => {
                let seconds = limit.as_secs();
                write!(f, "the run had not ended after {seconds} seconds")
            }
        }
    }
}
