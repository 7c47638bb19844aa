//! Who decides what becomes of a call on a link: the world of a run.

use std::fmt;
use std::net::SocketAddr;

use keywheel_emulator::fault::Verdict;
use keywheel_emulator::invoke::BoxFuture;

use super::call::{Call, End};
use super::garbage::Garbage;

/// The world as a link sees it.
pub trait Seam: Send + Sync {
    /// A call stands before its effect. When this is ready its turn has come, and its fate is known.
    fn meet<'a>(&'a self, client: SocketAddr, call: &'a Call) -> BoxFuture<'a, Met>;

    /// How a call ended. One that ended with its caller's death kills it.
    fn ended(&self, number: u64, end: End);

    /// The link cannot do its work.
    fn trouble(&self, trouble: Trouble);
}

/// A call that was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Met {
    /// Its number in the run.
    pub number: u64,
    /// The fault that strikes it.
    pub verdict: Option<Verdict>,
}

/// Why a link cannot do its work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// An end does not speak the protocol.
    Garbage(Garbage),
    /// The target cannot be reached.
    Unreachable {
        /// Where it should be.
        server: String,
        /// What the system says.
        error: String,
    },
    /// A fault that cannot happen on this link struck a call; it passed.
    Meaningless(Verdict, Call),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Garbage(garbage) => garbage.fmt(f),
            Self::Unreachable { server, error } => {
                write!(f, "the target at {server} cannot be reached: {error}")
            }
            Self::Meaningless(verdict, call) => {
                write!(f, "{verdict} cannot happen to {call}; it passed")
            }
        }
    }
}
