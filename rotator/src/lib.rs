//! The rotation function for AppSync API keys kept in AWS Secrets Manager.
//!
//! Modules in reading order:
//!
//! - `event`, `handler`, `standing`: what an invocation asks for; the entry checks
//! - `steps`: createSecret, setSecret, testSecret, finishSecret, the upkeep of other keys, the sweep
//! - `marker`, `secret_value`, `expiry`, `retire`, `labels`: the rules, without I/O
//! - `aws`: thin clients that turn SDK errors into domain outcomes, once
//! - `config`: the settings of the function and what the secret itself configures
//! - `clock`: the deadline, and waiting
//! - `known`: what a process remembers
//! - `key`, `error`, `redact`: key material, failures, the last filter
//! - `tally`, `emf`: what was done, counted and published
//! - `sdk`, `socket`: what the caller gives the clients it builds, and the websockets it hands in
//! - `operator`: what people ask for: a rotation from a terminal, an examination, a revival
//! - `connect`: the same over real sockets, for `main.rs` and for operators; a feature
//!
//! Deliberately absent from the rest: a client, an HTTP client or a clock of our own (the caller
//! hands them in); state between invocations that could ever be wrong; unless a setting asks for it, hard deletion of a key
//! that still lives and anything that touches a key without this secret's marker.
//!
//! For the same inputs and the same seed of `fastrand` a run repeats itself call by call: nothing
//! iterates a hash map and nothing is spawned.

mod aws;
mod clock;
pub mod config;
#[cfg(feature = "connect")]
pub mod connect;
pub mod emf;
pub mod error;
pub mod event;
mod expiry;
pub mod handler;
pub mod key;
mod known;
mod labels;
pub mod marker;
pub mod operator;
pub mod redact;
mod retire;
#[cfg(test)]
mod scripted;
pub mod sdk;
pub mod secret_value;
pub mod socket;
mod standing;
mod steps;
pub mod tally;

pub use config::Settings;
pub use error::{Class, RotationError};
pub use event::RotationEvent;
pub use handler::{Clients, Rotator};
pub use steps::sweep::{Sweep, SweepAction, Sweeping, SweptKey};
pub use tally::Tally;
