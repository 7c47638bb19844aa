//! What runs a handler, by the runtime that is named or by the files that are there.

use std::path::{Path, PathBuf};

use keywheel_emulator::invoke::{LocalCode, LocalRuntime};

use super::error::{FunctionError, either};
use super::found::{Found, Interpreters, MEMORY_MB};
use super::interpreter;

/// The endings of a module's file, in the order in which Lambda looks for them.
const NODE: [&str; 4] = ["js", "mjs", "cjs", "ts"];

/// Finds a handler below a folder.
pub(super) fn find(
    root: &Path,
    handler: &str,
    interpreters: &Interpreters,
) -> Result<Found, FunctionError> {
    let root = root
        .canonicalize()
        .map_err(|error| FunctionError::of(root, error.to_string()))?;
    let runtime = runtime(&root, handler, interpreters)?;
    Ok(Found::of(LocalCode {
        root,
        handler: handler.to_owned(),
        runtime,
        memory_mb: MEMORY_MB,
    }))
}

fn runtime(
    root: &Path,
    handler: &str,
    interpreters: &Interpreters,
) -> Result<LocalRuntime, FunctionError> {
    let Some((module, function)) = handler.rsplit_once('.') else {
        return own(root, handler);
    };
    if let Some(file) = python_module(root, module) {
        let program = interpreter::python(root, interpreters.python.as_deref())?;
        program.check(root, &file, function)?;
        return Ok(LocalRuntime::Python(program.path));
    }
    // The part before the first dot of the file's name is the module of Node.
    let last = handler.rfind('/').map_or(0, |slash| slash + 1);
    let dot = handler[last..]
        .find('.')
        .map_or(handler.len(), |at| last + at);
    let files = NODE.map(|ending| root.join(format!("{}.{ending}", &handler[..dot])));
    if let Some(file) = files.iter().find(|file| file.is_file()) {
        let program = interpreter::node(file, interpreters.node.as_deref())?;
        let file = None;
        return Ok(LocalRuntime::Node { program, file });
    }
    Err(no_module(root, handler, module))
}

/// The file of a Python module, or of a package.
fn python_module(root: &Path, module: &str) -> Option<PathBuf> {
    let base = root.join(module.replace('.', "/"));
    let files = [base.with_extension("py"), base.join("__init__.py")];
    // A dot in the module's name is a folder, not an ending.
    let file = root.join(format!("{}.py", module.replace('.', "/")));
    std::iter::once(file)
        .chain(files)
        .find(|file| file.is_file())
}

/// A handler without a dot: an executable in the folder.
fn own(root: &Path, name: &str) -> Result<LocalRuntime, FunctionError> {
    let file = [root.join(name), root.join("bootstrap")];
    let file = file.into_iter().find(|file| file.is_file());
    let file = file.ok_or_else(|| {
        let text = format!(
            "there is no executable {name} here; a handler is module.function, and the modules here \
             are {}",
            either(&modules(root))
        );
        FunctionError::of(root, text)
    })?;
    super::executable::check(&file)?;
    Ok(LocalRuntime::Executable(file))
}

fn no_module(root: &Path, handler: &str, module: &str) -> FunctionError {
    let text = format!(
        "there is no module {module} for the handler {handler}; the modules here are {}",
        either(&modules(root))
    );
    FunctionError::of(root, text)
}

/// The modules in the folder itself, for the message of an error.
fn modules(root: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(root).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|entry| {
            let path = entry.path();
            let ending = path.extension()?.to_str()?;
            let is_module = ending == "py" || NODE.contains(&ending);
            is_module.then(|| {
                path.file_stem()
                    .map(|name| name.to_string_lossy().into_owned())
            })?
        })
        .collect();
    names.sort();
    names.dedup();
    names.truncate(12);
    names
}
