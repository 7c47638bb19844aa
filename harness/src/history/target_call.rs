//! One call of the function to its target, and what became of it.

use keywheel_emulator::fault::Verdict;
use keywheel_emulator::ids::{InvocationNumber, Step};

use crate::link::call::{Call, End};

/// A call on the link to the target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetCall {
    /// Its number in the run, among all calls.
    pub number: u64,
    /// The invocation that made it.
    pub caller: Option<(InvocationNumber, Step)>,
    /// What was called.
    pub call: Call,
    /// How it ended.
    pub end: End,
    /// The fault that struck.
    pub fault: Option<Verdict>,
}
