//! The variables that the server keeps of its user's.
//!
//! Whatever runs as the same user can read the variables that a process was started with (on Linux
//! in `/proc/PID/environ`), and clients give the server code to run. So the server starts itself
//! anew without those that it has no use for: keys, tokens and the addresses of databases are not
//! there to be read. A command of `--function` and a script of `--init` are the user's own and have
//! all of them; for their sake they are handed on, by way of the standard input, which the server has
//! no other use for.

use std::ffi::{OsStr, OsString};
use std::io::{self, Read, Seek, Write};
use std::process::{Command, Stdio};

use super::super::exit::Failure;

/// Names and values.
pub(super) type Variables = Vec<(OsString, OsString)>;

/// Says that this has been done, and where the user's variables are: on the standard input or
/// nowhere.
const DONE: &str = "KEYWHEEL_VARIABLES";
const ON_STDIN: &str = "stdin";
const NOWHERE: &str = "none";

/// What the server, its interpreters and what finds them need.
const KEPT: [&str; 29] = [
    "AWS_REGION",
    "ASDF_DATA_DIR",
    "ASDF_DIR",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "COLORTERM",
    "CONDA_PREFIX",
    "HOME",
    "LANG",
    "LD_LIBRARY_PATH",
    "LLVM_PROFILE_FILE",
    "LOGNAME",
    "MISE_DATA_DIR",
    "NODE_PATH",
    "NO_COLOR",
    "NVM_DIR",
    "PATH",
    "PYENV_ROOT",
    "PYENV_VERSION",
    "PYTHONPATH",
    "RUST_BACKTRACE",
    "RUST_LIB_BACKTRACE",
    "SHELL",
    "TERM",
    "TMPDIR",
    "TZ",
    "USER",
    "VIRTUAL_ENV",
    "VOLTA_HOME",
];

fn is_kept(name: &OsStr) -> bool {
    let Some(name) = name.to_str() else {
        return false;
    };
    KEPT.contains(&name) || name.starts_with("KEYWHEEL_") || name.starts_with("LC_")
}

/// Starts this program anew without the user's variables, unless that has been done; then gives
/// them back if they were to be handed on.
///
/// # Errors
/// The program cannot be started, or what was handed on cannot be read.
pub(super) fn let_go(hand_on: bool) -> Result<Option<Variables>, Failure> {
    let failed =
        |error: io::Error| Failure::internal(format!("cannot let go of the environment: {error}"));
    match std::env::var_os(DONE) {
        Some(done) if done == ON_STDIN => handed_on().map(Some).map_err(failed),
        Some(_) => Ok(None),
        None => start_anew(hand_on).map_err(failed),
    }
}

/// Does not return where a process can become another program.
#[cfg(unix)]
fn start_anew(hand_on: bool) -> io::Result<Option<Variables>> {
    use std::os::unix::process::CommandExt;

    let mut arguments = std::env::args_os();
    let name = arguments.next().unwrap_or_default();
    let kept = std::env::vars_os().filter(|(name, _)| is_kept(name));
    let mut command = Command::new(std::env::current_exe()?);
    command.arg0(name).args(arguments).env_clear().envs(kept);
    if hand_on {
        command.env(DONE, ON_STDIN).stdin(written()?);
    } else {
        command.env(DONE, NOWHERE).stdin(Stdio::null());
    }
    Err(command.exec())
}

#[cfg(not(unix))]
fn start_anew(hand_on: bool) -> io::Result<Option<Variables>> {
    Ok(hand_on.then(|| std::env::vars_os().collect()))
}

/// The user's variables in a file that has no name.
#[cfg(unix)]
fn written() -> io::Result<Stdio> {
    let variables: Variables = std::env::vars_os().collect();
    let mut file = tempfile::tempfile()?;
    file.write_all(&serde_json::to_vec(&variables)?)?;
    file.rewind()?;
    Ok(Stdio::from(file))
}

fn handed_on() -> io::Result<Variables> {
    let mut text = Vec::new();
    io::stdin().lock().read_to_end(&mut text)?;
    Ok(serde_json::from_slice(&text)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_has_no_use_for_is_not_kept() {
        for name in ["PATH", "AWS_REGION", "KEYWHEEL_LOG", "LC_ALL"] {
            assert!(is_kept(OsStr::new(name)), "{name}");
        }
        for name in [
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SESSION_TOKEN",
            "AWS_PROFILE",
            "DATABASE_URL",
            "GITHUB_TOKEN",
            "SSH_AUTH_SOCK",
            "PGPASSWORD",
            "HOMEBREW_GITHUB_API_TOKEN",
        ] {
            assert!(!is_kept(OsStr::new(name)), "{name}");
        }
    }
}
