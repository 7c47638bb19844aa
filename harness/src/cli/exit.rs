//! How a command ends badly.

use std::io::Write;
use std::process::ExitCode;

/// Why a command ends, and with which exit code.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    message: String,
}

impl Failure {
    /// The command cannot do what it was asked for as it was asked.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self {
            code: 2,
            message: message.into(),
        }
    }

    /// Something broke that should not.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self {
            code: 70,
            message: message.into(),
        }
    }

    /// Prints the message and gives the code.
    pub(crate) fn report(self) -> ExitCode {
        // Nobody reads what cannot be written; the code still tells.
        let _ = writeln!(anstream::stderr(), "keywheel: {}", self.message);
        ExitCode::from(self.code)
    }
}
