//! `build.zip#module.handler`: what would be deployed.

use std::path::Path;
use std::sync::Arc;

use keywheel_emulator::invoke::unpack_into;

use super::error::FunctionError;
use super::found::{Found, Interpreters};
use super::runtime;

pub(super) fn find(
    path: &Path,
    handler: &str,
    interpreters: &Interpreters,
) -> Result<Found, FunctionError> {
    let failed = |error: std::io::Error| FunctionError::of(path, error.to_string());
    let bytes = std::fs::read(path).map_err(failed)?;
    let folder = tempfile::Builder::new()
        .prefix("keywheel-archive-")
        .tempdir();
    let folder = folder.map_err(failed)?;
    unpack_into(&bytes, folder.path()).map_err(failed)?;
    // Errors are about the archive: nobody knows the folder that it lies in here.
    let found = runtime::find(folder.path(), handler, interpreters);
    let found = found.map_err(|error| error.about(path))?;
    Ok(Found {
        _unpacked: Some(Arc::new(folder)),
        ..found
    })
}
