//! Scripts that set a server up once it answers, as LocalStack's ready hooks do.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use tokio::process::Command;

use crate::cli::exit::Failure;

/// What a script is told of the server.
pub(super) struct Ready<'a> {
    /// Where it answers.
    pub(super) url: &'a str,
    /// The Region of requests without a signature.
    pub(super) region: &'a str,
    /// The user's variables, if the server has let go of them.
    pub(super) inherited: Option<&'a [(OsString, OsString)]>,
}

/// The program that runs a script, by the end of its name.
fn runner(script: &Path) -> Result<&'static str, Failure> {
    match script.extension().and_then(|end| end.to_str()) {
        Some("sh") => Ok("sh"),
        Some("py") => Ok("python3"),
        _ => Err(Failure::usage(format!(
            "--init {}: a script's name ends with .sh or .py",
            script.display()
        ))),
    }
}

/// Looks whether the scripts can be run at all, before anything is started.
///
/// # Errors
/// One is not there, or has another name.
pub(super) fn check(scripts: &[PathBuf]) -> Result<(), Failure> {
    for script in scripts {
        runner(script)?;
        if !script.is_file() {
            let shown = script.display();
            return Err(Failure::usage(format!("--init {shown}: no such file")));
        }
    }
    Ok(())
}

/// Runs the scripts one after another; what they print is seen. One that fails ends the server.
///
/// # Errors
/// One cannot be started, or it fails; the error tells which, and how.
pub(super) async fn run(scripts: &[PathBuf], ready: &Ready<'_>) -> Result<(), Failure> {
    for script in scripts {
        let shown = script.display();
        let status = start(script, ready).await;
        let status = status
            .map_err(|error| Failure::usage(format!("--init {shown} cannot be run: {error}")))?;
        if !status.success() {
            return Err(Failure::usage(format!("--init {shown} failed: {status}")));
        }
        tracing::info!("{shown} has run");
    }
    Ok(())
}

async fn start(script: &Path, ready: &Ready<'_>) -> Result<ExitStatus, std::io::Error> {
    let program = runner(script).map_err(|_| std::io::ErrorKind::Unsupported)?;
    let mut command = Command::new(program);
    if let Some(variables) = ready.inherited {
        let all = variables.iter().map(|(name, value)| (name, value));
        command.env_clear().envs(all);
    }
    command
        .arg(script)
        .env("AWS_ENDPOINT_URL", ready.url)
        .env("AWS_REGION", ready.region)
        .env("AWS_DEFAULT_REGION", ready.region)
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env_remove("AWS_SESSION_TOKEN")
        .env_remove("AWS_PROFILE")
        .stdin(std::process::Stdio::null())
        .kill_on_drop(true)
        .status()
        .await
}
