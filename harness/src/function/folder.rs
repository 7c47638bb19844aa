//! `folder/#module.handler`.

use std::path::Path;

use super::error::FunctionError;
use super::found::{Found, Interpreters};
use super::runtime;

pub(super) fn find(
    path: &Path,
    handler: &str,
    interpreters: &Interpreters,
) -> Result<Found, FunctionError> {
    if !path.is_dir() {
        let text = "there is no such folder; write folder/#module.handler";
        return Err(FunctionError::of(path, text));
    }
    runtime::find(path, handler, interpreters)
}
