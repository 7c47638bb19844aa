//! A function's code, and how it is to be run.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use keywheel_emulator::invoke::LocalCode;
use tempfile::TempDir;

/// Interpreters that somebody named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interpreters {
    /// The Python of `--python`.
    pub python: Option<PathBuf>,
    /// The Node.js of `--node`.
    pub node: Option<PathBuf>,
}

/// A function that was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its code.
    pub code: LocalCode,
    /// Its variables, in order.
    pub environment: Vec<(String, String)>,
    /// How long an invocation may take, where its owner has said so.
    pub timeout: Option<Duration>,
    /// Variables whose values cannot be made out here.
    pub unset: Vec<Unset>,
    /// Where it was unpacked; removed with the last that has it.
    pub(super) _unpacked: Option<Arc<TempDir>>,
}

impl Found {
    /// Code of which nothing more is known.
    pub(super) fn of(code: LocalCode) -> Self {
        Self {
            code,
            environment: Vec::new(),
            timeout: None,
            unset: Vec::new(),
            _unpacked: None,
        }
    }
}

/// A variable that is left away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unset {
    /// Its name.
    pub name: String,
    /// What its value needs, as it is written.
    pub needs: String,
}

impl fmt::Display for Unset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, needs } = self;
        write!(
            f,
            "the variable {name} is not set: it needs {needs}; say --env {name}=VALUE"
        )
    }
}

/// The memory of a function of which nobody says it, in MB, as on Lambda [D].
pub(super) const MEMORY_MB: u32 = 128;

/// How long a function may take of which nobody says it, as on Lambda [D].
pub(super) const TIMEOUT: Duration = Duration::from_secs(3);
