//! An executable that speaks the Runtime API: Lambda's `bootstrap` of the `provided` runtimes.

use std::path::Path;

use keywheel_emulator::invoke::{LocalCode, LocalRuntime};

use super::error::FunctionError;
use super::found::{Found, MEMORY_MB};

pub(super) fn find(path: &Path) -> Result<Found, FunctionError> {
    let path = path
        .canonicalize()
        .map_err(|error| FunctionError::of(path, error.to_string()))?;
    check(&path)?;
    let root = path.parent().unwrap_or(&path).to_owned();
    Ok(Found::of(LocalCode {
        root,
        handler: "bootstrap".to_owned(),
        runtime: LocalRuntime::Executable(path),
        memory_mb: MEMORY_MB,
    }))
}

/// Can it be run?
#[cfg(unix)]
pub(super) fn check(file: &Path) -> Result<(), FunctionError> {
    use std::os::unix::fs::PermissionsExt;
    let metadata = file.metadata();
    let metadata = metadata.map_err(|error| FunctionError::of(file, error.to_string()))?;
    if metadata.permissions().mode() & 0o111 != 0 {
        return Ok(());
    }
    let text = "this is no scenario, and not executable: a function is given as FILE.py:HANDLER, \
                FILE.mjs:HANDLER, build.zip#module.handler, folder/#module.handler, \
                template.yaml#LogicalId or an executable bootstrap (chmod +x)";
    Err(FunctionError::of(file, text))
}

#[cfg(not(unix))]
pub(super) fn check(_file: &Path) -> Result<(), FunctionError> {
    Ok(())
}
