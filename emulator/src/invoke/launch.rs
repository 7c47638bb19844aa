//! The command that runs a created function, by its runtime.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};

use tokio::process::Command;

use crate::state::lambda::configuration::Configuration;
use crate::state::lambda::runtime::{Family, Runtime};

use super::confine::{Confinement, Confiner};
use super::environment::own_variables;
use super::function_error::FunctionFailure;
use super::node_modules::node_path;

/// Where interpreters are; what is not named is looked for on the PATH.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interpreters {
    /// Python 3.
    pub python: Option<PathBuf>,
    /// Node.js.
    pub node: Option<PathBuf>,
}

/// What is started: a program, and the bootstrap that it reads if it is an interpreter.
pub(super) struct Program {
    program: PathBuf,
    bootstrap: Option<PathBuf>,
}

/// Finds the program for a function whose code lies in `task_root`; `runtime_dir` has the
/// bootstraps. This may ask an interpreter where it is, and so it blocks.
pub(super) fn program(
    runtime: &Runtime,
    interpreters: &Interpreters,
    task_root: &Path,
    runtime_dir: &Path,
) -> Result<Program, FunctionFailure> {
    let (program, bootstrap) = match runtime.family {
        Family::Provided => (own_bootstrap(task_root)?, None),
        Family::Python => {
            // `python3.13` first, then whatever Python 3 there is.
            let names = [runtime.as_str(), "python3"];
            let question = ["-c", "import sys; print(sys.executable)"];
            let python = interpreter(interpreters.python.as_deref(), &names, question)?;
            (python, Some(runtime_dir.join("bootstrap.py")))
        }
        Family::Node => {
            let question = ["-p", "process.execPath"];
            let node = interpreter(interpreters.node.as_deref(), &["node"], question)?;
            (node, Some(runtime_dir.join("bootstrap.mjs")))
        }
    };
    Ok(Program { program, bootstrap })
}

/// The command that starts a program, and first what confines it. `own` are the function's own
/// variables, as it is to see them; `temporary` is the process's own folder.
pub(super) fn command(
    program: &Program,
    configuration: &Configuration,
    own: &BTreeMap<String, String>,
    task_root: &Path,
    temporary: &Path,
    confined: Option<&(&Confiner, Confinement)>,
) -> io::Result<Command> {
    let wrapper = own.get(WRAPPER).map(|wrapper| wrapped(wrapper));
    let words = wrapper.iter().flatten().map(OsStr::new);
    let mut words = words.chain([program.program.as_os_str()]);
    let mut command = match confined {
        Some((confiner, confinement)) => Command::from(confiner.call(confinement)?),
        None => Command::new(words.next().unwrap_or_default()),
    };
    let name = configuration.runtime.as_str();
    command
        .args(words)
        .args(&program.bootstrap)
        .current_dir(task_root)
        .env_clear()
        .envs(own_variables(task_root, temporary))
        .env("NODE_PATH", node_path(&program.program))
        .envs(own)
        .env("AWS_EXECUTION_ENV", format!("AWS_Lambda_{name}"));
    Ok(command)
}

/// The variable that names a program which starts the runtime in its stead [D].
const WRAPPER: &str = "AWS_LAMBDA_EXEC_WRAPPER";

/// What stands before the program: a shell, so that a wrapper that is not there ends with its status
/// [R].
fn wrapped(wrapper: &str) -> [&str; 4] {
    ["/bin/sh", "-c", "exec \"$0\" \"$@\"", wrapper]
}

/// The file that a `provided` runtime runs.
fn own_bootstrap(task_root: &Path) -> Result<PathBuf, FunctionFailure> {
    let file = task_root.join("bootstrap");
    if !file.is_file() {
        let text = "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]";
        return Err(FunctionFailure::new("Runtime.InvalidEntrypoint", text));
    }
    if !is_executable(&file) {
        let text = "fork/exec /var/task/bootstrap: permission denied";
        return Err(FunctionFailure::new("Runtime.InvalidEntrypoint", text));
    }
    Ok(file)
}

/// Where interpreters were found, by the names that were looked for.
static FOUND: Mutex<BTreeMap<String, PathBuf>> = Mutex::new(BTreeMap::new());

/// The first interpreter that works. Version managers put a command on the PATH for every version
/// that they know, installed or not, so that each is asked for the program behind it.
fn interpreter(
    named: Option<&Path>,
    names: &[&str],
    question: [&str; 2],
) -> Result<PathBuf, FunctionFailure> {
    if let Some(path) = named {
        return Ok(path.to_owned());
    }
    let key = names.join(" ");
    let mut found = FOUND.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(path) = found.get(&key) {
        return Ok(path.clone());
    }
    let first = names.iter().find_map(|name| ask(name, question));
    let first = first.ok_or_else(|| {
        let text = format!("none of {} works for the emulator", names.join(", "));
        FunctionFailure::new("Runtime.InvalidEntrypoint", text)
    })?;
    found.insert(key, first.clone());
    Ok(first)
}

/// The program behind a command; none if it does not work.
fn ask(name: &str, question: [&str; 2]) -> Option<PathBuf> {
    let output = std::process::Command::new(name)
        .args(question)
        .stdin(Stdio::null())
        .output();
    let output = output.ok().filter(|output| output.status.success())?;
    let path = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
    path.is_file().then_some(path)
}

#[cfg(unix)]
fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata()
        .is_ok_and(|metadata| metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(_file: &Path) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_bootstrap_is_told_in_lambdas_words() {
        let folder = tempfile::tempdir().unwrap();
        let failure = own_bootstrap(folder.path()).unwrap_err();
        assert_eq!(failure.error_type, "Runtime.InvalidEntrypoint");
        assert!(
            failure
                .message
                .starts_with("Couldn't find valid bootstrap(s)")
        );
        std::fs::write(folder.path().join("bootstrap"), "").unwrap();
        if cfg!(unix) {
            let failure = own_bootstrap(folder.path()).unwrap_err();
            assert!(failure.message.contains("permission denied"));
        }
    }

    #[test]
    fn the_first_interpreter_that_works_is_taken() {
        let question = ["-c", "command -v sh"];
        let found = interpreter(None, &["no-such-interpreter", "sh"], question).unwrap();
        assert!(found.ends_with("sh"));
        assert!(interpreter(None, &["false"], question).is_err());
        let named = Path::new("/opt/python");
        assert_eq!(interpreter(Some(named), &["sh"], question).unwrap(), named);
    }
}
