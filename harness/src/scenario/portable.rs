//! What every rotation function can be held to: invariants and labels, and that a rotation ends well
//! or badly. Error names, counts of calls and settings are a function's own.

use super::refs::Check;
use super::statement::{Expectation, InvokeOutcome, Statement};

/// May a scenario for all functions say this?
pub(super) fn is_portable(statement: &Statement) -> bool {
    match statement {
        Statement::Expect(expectation) => matches!(expectation, Expectation::Labels(_)),
        Statement::Finally(checks) => checks.iter().all(|check| matches!(check, Check::Oracle(_))),
        Statement::Invoke { expect, .. } => !matches!(expect, InvokeOutcome::Error(_)),
        Statement::Send(event) => !matches!(event.expect, InvokeOutcome::Error(_)),
        Statement::Setting { .. } | Statement::Without { .. } | Statement::TestRotation { .. } => {
            false
        }
        Statement::Fault(_)
        | Statement::Double { .. }
        | Statement::Turns { .. }
        | Statement::Overlap { .. }
        | Statement::Beside(_)
        | Statement::Skip { .. }
        | Statement::Rotate { .. }
        | Statement::Subscribe { .. }
        | Statement::Advance(_)
        | Statement::Admin(_)
        | Statement::At { .. } => true,
    }
}
