//! The target: the system that owns the credential which a secret holds.
//!
//! A target answers five questions, and whoever judges knows nothing else of it: who chooses the
//! credential; how a run gets a fresh account; what the secret holds at first; whether a credential
//! is accepted; and by which link the function gets there. One file each.
//!
//! What a target is asked is answered before the asking thread goes on, since oracles judge between
//! two calls; the answers are had by a runtime of its own (`background`), in real time.

mod background;
mod binaries;
pub mod issuer;
mod leftovers;
pub mod mysql;
pub mod postgres;
mod private;
mod shared;
mod value;

use std::fmt;
use std::net::SocketAddr;

use crate::link::{Protocol, Server};

pub use shared::{missing, shared};

/// Who chooses the credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chooser {
    /// The function makes one up and tells the target.
    Function,
    /// The target makes one and tells the function.
    Target,
}

/// A system that owns credentials.
pub trait Target: Send + Sync {
    /// Its name in scenarios and reports.
    fn name(&self) -> &'static str;

    /// Who chooses the credential.
    fn chooser(&self) -> Chooser;

    /// A fresh account for a run, as if nobody had ever used the target.
    ///
    /// # Errors
    /// The target cannot be had, and why.
    fn fresh(&self) -> Result<Box<dyn Account>, Unavailable>;
}

/// What one run has of a target. Dropping it gives it back.
pub trait Account: Send {
    /// How the function gets to it.
    fn way(&self) -> Way;

    /// The first value of the secret, for clients that find the target at `link`.
    fn first_value(&mut self, link: SocketAddr) -> String;

    /// Does the target let in whoever shows what this value of the secret holds?
    fn accepts(&mut self, value: &str) -> Accepts;

    /// What others have of the target, by their names, in a form that changes when it is changed.
    ///
    /// # Errors
    /// The target cannot say.
    fn others(&mut self) -> Result<Vec<(String, String)>, Unavailable>;

    /// The credential in a value, which nobody may show; none if there is none.
    fn credential(&self, value: &str) -> Option<String>;
}

/// How to get to a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// What is spoken there.
    pub protocol: Protocol,
    /// Where.
    pub server: Server,
}

/// Whether a credential is accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Accepts {
    /// It is.
    Yes,
    /// It is not, and what the target says.
    No(String),
    /// The target cannot be asked now, and why.
    CannotSay(String),
}

/// Why a target cannot be had, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unavailable(String);

impl Unavailable {
    /// A function in this process lives in virtual time, and no real system does.
    pub(crate) fn in_process() -> Self {
        let why = "a real target needs a function that runs elsewhere: process:COMMAND or http:URL";
        Self(why.to_owned())
    }

    pub(crate) fn new(why: impl fmt::Display) -> Self {
        Self(why.to_string())
    }
}
