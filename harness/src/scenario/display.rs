//! Single statements in their text form, for reports.

use std::fmt;

use super::print::{admin, beside, invoke_outcome, line};
use super::{AdminAction, Companion, InvokeOutcome, Statement};

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&line(self))
    }
}

impl fmt::Display for AdminAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&admin(self))
    }
}

impl fmt::Display for Companion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&beside(self))
    }
}

impl fmt::Display for InvokeOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ok => f.write_str("ok"),
            _ => f.write_str(invoke_outcome(self).trim_start_matches(" expect=")),
        }
    }
}
