//! The interpreter of a function: `--python` or `--node`, `.venv` beside the code, `VIRTUAL_ENV`,
//! then whatever is on the PATH. What it cannot run is told before anything is run.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

use super::error::{FunctionError, either};

/// The oldest versions whose interpreters run the bootstraps.
const PYTHON_MIN: (u32, u32) = (3, 9);
const NODE_MIN: (u32, u32) = (18, 0);

/// The first versions of Node.js that run TypeScript without being asked to.
const TYPESCRIPT_MIN: (u32, u32) = (22, 18);

/// What tells of a file what it has.
const LOOK: &str = include_str!("look.py");

/// A Python that is new enough.
pub(super) struct Python {
    pub(super) path: PathBuf,
}

/// What a Python file has.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Looked {
    Broken { error: String },
    Read(Seen),
}

/// The names of a file that can be read.
#[derive(Debug, Deserialize)]
pub(super) struct Seen {
    names: Vec<String>,
    functions: Vec<String>,
    /// Does it import names that only running it would tell?
    open: bool,
    missing: Vec<String>,
}

/// Finds the Python for code in a folder.
pub(super) fn python(root: &Path, asked: Option<&Path>) -> Result<Python, FunctionError> {
    let question = "import sys; print(sys.executable); print(*sys.version_info[:2])";
    let near = above(root).map(|folder| folder.join(".venv/bin/python"));
    let active = std::env::var_os("VIRTUAL_ENV");
    let active = active.map(|folder| Path::new(&folder).join("bin/python"));
    let candidates = candidates(asked, near.chain(active), &["python3", "python"]);
    let found = candidates
        .into_iter()
        .find_map(|path| answer(&path, &["-c", question]));
    let cure = "install Python 3.9 or newer, or say --python PATH";
    let found = found.ok_or_else(|| FunctionError::new("python3", format!("not found; {cure}")))?;
    let mut lines = found.lines();
    let path = PathBuf::from(lines.next().unwrap_or_default());
    let version = version(lines.next().unwrap_or_default(), ' ');
    if version < PYTHON_MIN {
        let (major, minor) = version;
        let text = format!("this is Python {major}.{minor}; {cure}");
        return Err(FunctionError::of(&path, text));
    }
    Ok(Python { path })
}

/// Finds the Node.js for a source file.
pub(super) fn node(file: &Path, asked: Option<&Path>) -> Result<PathBuf, FunctionError> {
    let question = ["-p", "process.execPath + '\\n' + process.versions.node"];
    let candidates = candidates(asked, std::iter::empty(), &["node"]);
    let found = candidates
        .into_iter()
        .find_map(|path| answer(&path, &question));
    let cure = "install Node.js 18 or newer, or say --node PATH";
    let found = found.ok_or_else(|| FunctionError::new("node", format!("not found; {cure}")))?;
    let mut lines = found.lines();
    let path = PathBuf::from(lines.next().unwrap_or_default());
    let told = lines.next().unwrap_or_default();
    let version = version(told, '.');
    if version < NODE_MIN {
        return Err(FunctionError::of(
            &path,
            format!("this is Node.js {told}; {cure}"),
        ));
    }
    if file.extension() == Some(OsStr::new("ts")) && version < TYPESCRIPT_MIN {
        let (major, minor) = TYPESCRIPT_MIN;
        let text = format!(
            "Node.js {told} does not run TypeScript, {major}.{minor} and newer do: say --node PATH, \
             or compile it and give the .mjs or .js file"
        );
        return Err(FunctionError::of(file, text));
    }
    Ok(path)
}

/// The programs that are tried, in order. One that somebody named is the only one.
fn candidates(
    asked: Option<&Path>,
    near: impl Iterator<Item = PathBuf>,
    names: &[&str],
) -> Vec<PathBuf> {
    if let Some(asked) = asked {
        return vec![asked.to_owned()];
    }
    let named = names.iter().map(PathBuf::from);
    near.filter(|path| path.is_file()).chain(named).collect()
}

/// A folder and those above it, up to the top of a repository.
fn above(root: &Path) -> impl Iterator<Item = PathBuf> {
    let mut is_inside = true;
    let folders = root.ancestors().take_while(move |folder| {
        let was_inside = is_inside;
        is_inside = !folder.join(".git").exists();
        was_inside
    });
    folders.map(Path::to_owned)
}

fn answer(program: &Path, question: &[&str]) -> Option<String> {
    let output = Command::new(program)
        .args(question)
        .stdin(Stdio::null())
        .output();
    let output = output.ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}

fn version(text: &str, between: char) -> (u32, u32) {
    let mut parts = text.split(between).map(|part| part.parse().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
}

impl Python {
    /// Tells what a file has, without running it.
    pub(super) fn look_into(&self, root: &Path, file: &Path) -> Result<Seen, FunctionError> {
        let output = Command::new(&self.path)
            .args(["-c", LOOK])
            .args([root, file])
            .stdin(Stdio::null())
            .output();
        let output = output.map_err(|error| FunctionError::of(&self.path, error.to_string()))?;
        let looked = serde_json::from_slice(&output.stdout).map_err(|_| {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            FunctionError::of(file, format!("cannot be read: {said}"))
        })?;
        match looked {
            Looked::Read(seen) => Ok(seen),
            Looked::Broken { error } => Err(FunctionError::of(file, error)),
        }
    }

    /// Has the file this handler, and the interpreter what it imports?
    pub(super) fn check(
        &self,
        root: &Path,
        file: &Path,
        handler: &str,
    ) -> Result<(), FunctionError> {
        let seen = self.look_into(root, file)?;
        let is_there = seen.names.iter().any(|name| name == handler);
        if !is_there && !seen.open {
            return Err(seen.no_handler(file, Some(handler)));
        }
        match seen.missing.first() {
            None => Ok(()),
            Some(module) => Err(self.not_installed(file, module)),
        }
    }

    fn not_installed(&self, file: &Path, module: &str) -> FunctionError {
        let is_of_lambda = ["boto3", "botocore"].contains(&module);
        let why = if is_of_lambda {
            "; Lambda brings it, this Python does not have it"
        } else {
            ", which this Python does not have"
        };
        let folder = file.parent().unwrap_or(file).display();
        let text = format!(
            "it imports {module}{why} ({}): run python3 -m venv {folder}/.venv && \
             {folder}/.venv/bin/pip install {module}, or say --python PATH",
            self.path.display()
        );
        FunctionError::of(file, text)
    }
}

impl Seen {
    /// The one of these names that is there, if one is.
    pub(super) fn only(&self, names: &[&str]) -> Option<String> {
        let mut there = names
            .iter()
            .filter(|name| self.names.iter().any(|known| known == *name));
        let (first, second) = (there.next(), there.next());
        first
            .filter(|_| second.is_none())
            .map(|name| (*name).to_owned())
    }

    pub(super) fn no_handler(&self, file: &Path, handler: Option<&str>) -> FunctionError {
        let there = either(&self.functions);
        let text = match handler {
            Some(handler) => format!("there is no {handler} in it; it has {there}"),
            None => format!("say which of its functions is the handler: {there}"),
        };
        FunctionError::of(file, text)
    }
}
