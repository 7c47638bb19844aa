//! Code of a function that lies in a folder, and the command that runs it there.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use tokio::process::Command;

use super::environment::own_variables;
use super::node_modules::node_path;
use super::own_endpoints;

/// A function's code where it lies, and what runs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalCode {
    /// The folder in which modules are looked for: `LAMBDA_TASK_ROOT`.
    pub root: PathBuf,
    /// `module.function`; for an executable its file.
    pub handler: String,
    /// What runs it.
    pub runtime: LocalRuntime,
    /// The memory that the function is told to have, in MB.
    pub memory_mb: u32,
}

/// What runs a function's code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LocalRuntime {
    /// This Python.
    Python(PathBuf),
    /// This Node.js.
    Node {
        /// The interpreter.
        program: PathBuf,
        /// The file with the handler, where it is known better than by the handler's name.
        file: Option<PathBuf>,
    },
    /// The code itself, which speaks the Runtime API.
    Executable(PathBuf),
}

/// A shell that stays: a function that kills its parent kills that one. How the program ends is how
/// the shell ends.
const GUARD: &str =
    "\"$@\"\nstatus=$?\n[ $status -gt 128 ] && kill -$((status - 128)) $$\nexit $status";

impl LocalCode {
    /// The command that runs it; `runtime_dir` has the bootstraps, and `temporary` is the
    /// process's own folder. No variable of whoever starts it reaches it but those that say where
    /// programs and packages are.
    pub(super) fn command(&self, runtime_dir: &Path, temporary: &Path) -> Command {
        let mut command = Command::new("sh");
        command
            .args(["-c", GUARD, "sh"])
            .args(self.words(runtime_dir))
            .current_dir(&self.root)
            .env_clear()
            .envs(own_variables(&self.root, temporary));
        if let LocalRuntime::Node { program, file } = &self.runtime {
            command.env("NODE_PATH", node_path(program));
            command.envs(file.as_ref().map(|file| ("KEYWHEEL_HANDLER_FILE", file)));
        }
        command
    }

    /// Gives it its owner's variables, and the address of the emulator where it is looked for. A
    /// variable that names an endpoint of AWS names the emulator's: nothing leaves the machine.
    pub(super) fn give(&self, command: &mut Command, own: &[(String, String)], at: SocketAddr) {
        let endpoint = format!("http://{at}");
        command.env(TEMPLATES_ENDPOINT, &endpoint);
        for (name, value) in own {
            let is_of_aws = own_endpoints::aws_host(value).is_some();
            command.env(name, if is_of_aws { &endpoint } else { value });
        }
    }

    fn words(&self, runtime_dir: &Path) -> Vec<OsString> {
        let with = |program: &Path, bootstrap: &str| {
            vec![program.into(), runtime_dir.join(bootstrap).into()]
        };
        match &self.runtime {
            LocalRuntime::Python(program) => with(program, "bootstrap.py"),
            LocalRuntime::Node { program, .. } => with(program, "bootstrap.mjs"),
            LocalRuntime::Executable(program) => vec![program.into()],
        }
    }
}

/// Where the functions that AWS publishes look for Secrets Manager.
const TEMPLATES_ENDPOINT: &str = "SECRETS_MANAGER_ENDPOINT";
