//! The run that shows a finding.

use crate::record::Run;
use crate::run::run;
use crate::subject::Subject;
use crate::suite::{self, SuiteError};

use super::summary::Finding;

/// Runs the smallest scenario of a finding again.
///
/// # Errors
/// The scenario cannot be read back: our own bug.
pub fn reproduce(finding: &Finding, subject: &dyn Subject) -> Result<Run, SuiteError> {
    let scenario = suite::read_text("minimal", &finding.minimal)?;
    Ok(run(&scenario, subject))
}
