//! Confines the process of a created function, before its program begins.
//!
//! What a process may do can only be taken from it by itself, so that a program of our own stands
//! between the server and the function: it gives up what the function must not have and becomes the
//! function. That program is the one that embeds the server, called again ([`Confiner`]):
//!
//! - it has no rights beyond the user's, not even where the user is root, and never gains any again,
//!   by `sudo` or any other program that has some (`no_new_privs`);
//! - where the kernel has Landlock, it writes nowhere but in the folders that are its own, and
//!   neither looks into the processes outside (their memory, their environment) nor sends them
//!   signals.
//!
//! What is left: it reads every file that the user can read, and it reaches the network.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::PathBuf;
use std::process::Command;

use serde::{Deserialize, Serialize};

/// The first argument that calls a program as a confiner.
const ENTRY: &str = "run-confined";

/// A program that confines functions: one whose `main` begins with [`take_over`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confiner(PathBuf);

impl Confiner {
    /// The program that is running; none on systems where a program cannot become another.
    pub fn this_program() -> Option<Self> {
        // The file may have been replaced meanwhile; what runs cannot.
        let program = match std::env::consts::OS {
            "linux" => PathBuf::from("/proc/self/exe"),
            _ => std::env::current_exe().ok()?,
        };
        cfg!(unix).then_some(Self(program))
    }

    /// The program and its first arguments; behind them belong the function's program and its own.
    pub(super) fn call(&self, confinement: &Confinement) -> io::Result<Command> {
        let mut command = Command::new(&self.0);
        command.arg(ENTRY).arg(serde_json::to_string(confinement)?);
        Ok(command)
    }
}

/// What a confined process keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Confinement {
    /// The folders and devices that it may write to.
    pub(super) writable: Vec<PathBuf>,
}

/// Becomes the function, if this process was started to confine one. To be called first in `main`,
/// with the process's arguments, while there is one thread.
///
/// # Errors
/// It was, and it cannot; nothing else is to be done then.
pub fn take_over(arguments: impl IntoIterator<Item = OsString>) -> io::Result<()> {
    let mut arguments = arguments.into_iter().skip(1);
    if arguments.next().as_deref() != Some(OsStr::new(ENTRY)) {
        return Ok(());
    }
    let wrong = |text: &str| io::Error::new(io::ErrorKind::InvalidInput, text);
    let confinement = arguments.next().unwrap_or_default();
    let confinement = confinement.to_str().unwrap_or_default();
    let confinement: Confinement = serde_json::from_str(confinement)?;
    let program = arguments.next().ok_or_else(|| wrong("no program to run"))?;
    system::confine(&confinement)?;
    let mut command = Command::new(program);
    Err(become_it(command.args(arguments)))
}

/// Returns only if that fails.
#[cfg(unix)]
fn become_it(command: &mut Command) -> io::Error {
    std::os::unix::process::CommandExt::exec(command)
}

#[cfg(not(unix))]
fn become_it(_command: &mut Command) -> io::Error {
    io::ErrorKind::Unsupported.into()
}

/// Does the system keep a function from writing elsewhere?
pub fn confines_writes() -> bool {
    system::confines_writes()
}

/// Gives up what only Linux lets a process give up.
#[cfg(not(target_os = "linux"))]
mod system {
    use super::{Confinement, io};

    pub(super) fn confine(_confinement: &Confinement) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn confines_writes() -> bool {
        false
    }
}

#[cfg(target_os = "linux")]
mod system {
    use landlock::{
        ABI, AccessFs, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetCreatedAttr,
        RulesetError, Scope, path_beneath_rules,
    };

    use rustix::thread::{
        CapabilitySet, capabilities, remove_capability_from_bounding_set, set_capabilities,
    };

    use super::{Confinement, io};

    /// The newest that is known here; what an older kernel lacks is left out.
    const NEWEST: ABI = ABI::V6;

    pub(super) fn confine(confinement: &Confinement) -> io::Result<()> {
        rustix::thread::set_no_new_privs(true)?;
        give_up_capabilities()?;
        landlock(confinement).map_err(io::Error::other)
    }

    /// Root without its powers is a user like any other: in containers everything runs as root.
    fn give_up_capabilities() -> io::Result<()> {
        for capability in CapabilitySet::all().iter() {
            // Whoever may not drop one has none, nor has anybody one that the kernel does not know.
            let _ = remove_capability_from_bounding_set(capability);
        }
        let mut sets = capabilities(None)?;
        sets.inheritable = CapabilitySet::empty();
        Ok(set_capabilities(None, sets)?)
    }

    fn landlock(confinement: &Confinement) -> Result<(), RulesetError> {
        let writes = AccessFs::from_write(NEWEST);
        Ruleset::default()
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(writes)?
            .scope(Scope::AbstractUnixSocket | Scope::Signal)?
            .create()?
            .add_rules(path_beneath_rules(&confinement.writable, writes))?
            .restrict_self()?;
        Ok(())
    }

    pub(super) fn confines_writes() -> bool {
        Ruleset::default()
            .set_compatibility(CompatLevel::HardRequirement)
            .handle_access(AccessFs::from_write(ABI::V1))
            .and_then(Ruleset::create)
            .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(texts: &[&str]) -> Vec<OsString> {
        texts.iter().map(OsString::from).collect()
    }

    #[test]
    fn a_program_that_was_not_asked_goes_on() {
        for texts in [&["keywheel"][..], &["keywheel", "serve"], &[]] {
            assert!(take_over(arguments(texts)).is_ok());
        }
    }

    #[test]
    fn a_program_that_was_asked_wrongly_says_so() {
        for texts in [
            &["keywheel", ENTRY][..],
            &["keywheel", ENTRY, "{}", "true"],
            &["keywheel", ENTRY, r#"{"writable":[]}"#],
        ] {
            assert!(take_over(arguments(texts)).is_err(), "{texts:?}");
        }
    }
}
