//! `rotator.py:lambda_handler`, `index.mjs:handler`: a source file and the function in it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use keywheel_emulator::invoke::{LocalCode, LocalRuntime};

use super::error::FunctionError;
use super::found::{Found, Interpreters, MEMORY_MB};
use super::interpreter;

/// What a handler is mostly called, in Python.
const USUAL: [&str; 2] = ["lambda_handler", "handler"];

/// What a handler of Node is called of which nobody says it.
const USUAL_OF_NODE: &str = "handler";

pub(super) fn find(
    path: &Path,
    handler: Option<&str>,
    interpreters: &Interpreters,
) -> Result<Found, FunctionError> {
    let file = path.canonicalize().map_err(|error| {
        let text = format!("{error}; a file and its handler are given as FILE.py:HANDLER");
        FunctionError::of(path, text)
    })?;
    let is_python = file.extension() == Some(OsStr::new("py"));
    if is_python {
        python(&file, handler, interpreters)
    } else {
        node(&file, handler, interpreters)
    }
}

fn python(
    file: &Path,
    handler: Option<&str>,
    interpreters: &Interpreters,
) -> Result<Found, FunctionError> {
    let (root, module) = module_of(file);
    let python = interpreter::python(&root, interpreters.python.as_deref())?;
    let seen = python.look_into(&root, file)?;
    let handler = match handler {
        Some(handler) => handler.to_owned(),
        None => seen
            .only(&USUAL)
            .ok_or_else(|| seen.no_handler(file, None))?,
    };
    python.check(&root, file, &handler)?;
    Ok(Found::of(LocalCode {
        root,
        handler: format!("{module}.{handler}"),
        runtime: LocalRuntime::Python(python.path),
        memory_mb: MEMORY_MB,
    }))
}

/// The folder from which a file is imported, and as what: a module of a package by its whole name.
fn module_of(file: &Path) -> (PathBuf, String) {
    let mut name = stem(file);
    let mut root = file.parent().unwrap_or(file);
    while root.join("__init__.py").is_file() {
        let Some((package, above)) = root.file_name().zip(root.parent()) else {
            break;
        };
        name = format!("{}.{name}", package.to_string_lossy());
        root = above;
    }
    (root.to_owned(), name)
}

fn node(
    file: &Path,
    handler: Option<&str>,
    interpreters: &Interpreters,
) -> Result<Found, FunctionError> {
    let program = interpreter::node(file, interpreters.node.as_deref())?;
    let root = file.parent().unwrap_or(file).to_owned();
    let handler = handler.unwrap_or(USUAL_OF_NODE);
    Ok(Found::of(LocalCode {
        root,
        handler: format!("{}.{handler}", stem(file)),
        runtime: LocalRuntime::Node {
            program,
            file: Some(file.to_owned()),
        },
        memory_mb: MEMORY_MB,
    }))
}

fn stem(file: &Path) -> String {
    let stem = file.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}
