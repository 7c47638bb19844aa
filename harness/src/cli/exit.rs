//! How a command ends badly.

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use super::watch::INTERRUPTED;

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

    /// What was to be judged fails, and nothing more can be said.
    pub(crate) fn violated(message: impl Into<String>) -> Self {
        Self {
            code: 1,
            message: message.into(),
        }
    }

    /// It was told to end before anything could be said.
    pub(crate) fn interrupted(message: impl Into<String>) -> Self {
        Self {
            code: INTERRUPTED,
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

/// Carries a command out. A panic is a bug of ours, whatever thread it was in: the panic itself has
/// been printed by then.
pub(crate) fn unless_panicked<T>(
    command: impl FnOnce() -> Result<T, Failure>,
) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(command)).unwrap_or_else(|_| {
        let message =
            "that was a bug of keywheel's own; what is printed above belongs in its report";
        Err(Failure::internal(message))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_of_any_thread_is_our_own_bug() {
        let failed = unless_panicked(|| -> Result<(), Failure> {
            std::thread::scope(|scope| {
                scope.spawn(|| std::panic::resume_unwind(Box::new("a bug")));
            });
            Ok(())
        });
        assert_eq!(failed.map_err(|failure| failure.code), Err(70));
        assert!(unless_panicked(|| Ok(())).is_ok());
    }
}
