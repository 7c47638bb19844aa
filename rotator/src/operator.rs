//! What people ask for rather than Secrets Manager: a whole rotation from a terminal, an
//! examination, the revival of a key. The sweep is the handler's.
//!
//! The same clients, settings and rules as for the rotation steps: an operator can do nothing that
//! the function could not.

pub mod doctor;
mod drive;
mod revive;

pub use doctor::{Examination, Finding, Health};
pub use drive::{Driven, Stopped};
pub use revive::{Revival, Revived};
