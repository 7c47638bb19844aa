//! Scenarios: a text file, one event a line, and the plan that it means.
//!
//! Reading is strict: an unknown word, option or section is an error that names its line and
//! column and the nearest valid word. `scenarios/README.md` shows the format by example.

mod contradiction;
mod display;
mod error;
mod lexer;
mod numbers;
mod parse;
mod plan;
mod portable;
mod print;
mod refs;
pub(crate) mod renamed;
mod sections;
mod statement;
mod words;
mod world;

pub use error::ScenarioError;
pub(crate) use numbers::{count, millis};
pub(crate) use parse::name_of;
pub use parse::{LONGEST_FILE, from_json, parse, parse_bytes};
pub use plan::{Located, Scenario};
pub use print::print;
pub use refs::{BadReference, Bound, Check, KeyRef, Payload, Point, Shift, VersionRef};
pub use renamed::Notice;
pub use statement::{AdminAction, Companion, Expectation, InvokeOutcome, SentEvent, Statement};
pub use words::{
    ApiKind, Auth, Choice, Config, Holds, KeyState, LostKey, Mark, OPERATIONS, OracleId,
    ReplicaState, Restart, RetryMode, RotateOutcome, SecretForm, Shape, Suite, TargetKind, Twice,
    Vocabulary,
};
pub use world::{ForeignKey, KeyLife, ReplicaSpec, WorldSpec};

#[cfg(test)]
mod tests;
