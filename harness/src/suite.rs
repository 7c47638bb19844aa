//! Scenarios: found on disk or inside the binary, read, named.

mod choice;

use std::path::{Path, PathBuf};

use keywheel_emulator::fault::nearest;
use keywheel_emulator::ops;
use keywheel_emulator::realtime::address;

use crate::input;
use crate::invoked::program;
use crate::mutants;
use crate::scenario::{LONGEST_FILE, Scenario, ScenarioError, Vocabulary, from_json, parse_bytes};

pub use choice::{Choice, choose, choose_one, portable, read_chosen};

/// The ending of scenario files.
const ENDING: &str = "scenario";

/// Why a suite cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum SuiteError {
    /// A path that cannot be read.
    #[error("{}: {error}", path.display())]
    Io {
        /// The path.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// A folder without scenarios.
    #[error("{}: no .scenario file here", path.display())]
    Empty {
        /// The folder.
        path: PathBuf,
    },
    /// A word that means no scenario.
    #[error("there is no file or folder {}, and no scenario has it in its name{}", word.display(), name_hint(near.as_deref()))]
    Unknown {
        /// The word.
        word: PathBuf,
        /// The nearest name.
        near: Option<String>,
    },
    /// A word that means several where one is wanted.
    #[error("{} is in the names of {} scenarios: write {} whole", word.display(), names.len(), some(names))]
    Several {
        /// The word.
        word: PathBuf,
        /// The names.
        names: Vec<String>,
    },
    /// A scenario about a function that there is not.
    #[error("{}: there is no function {name}{}", path.display(), hint(name))]
    Function {
        /// The path.
        path: PathBuf,
        /// The function.
        name: String,
    },
    /// A scenario that is not valid.
    #[error("{0}")]
    Scenario(Box<ScenarioError>),
}

/// Reads all scenarios below the paths, in order of their names.
///
/// # Errors
/// The first path that cannot be read, or the first scenario that is not valid.
pub fn read(paths: &[PathBuf]) -> Result<Vec<Scenario>, SuiteError> {
    let files = files(paths)?;
    files.iter().map(|path| read_one(path)).collect()
}

/// All scenario files below the paths, in order of their names.
///
/// # Errors
/// The first path that cannot be read.
pub fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, SuiteError> {
    let mut files = Vec::new();
    for path in paths {
        let before = files.len();
        find(path, &mut files)?;
        if files.len() == before {
            return Err(SuiteError::Empty { path: path.clone() });
        }
    }
    Ok(files)
}

/// Reads one scenario, from its JSON form if the file ends in `.json`. The name of another is the
/// path below the folder `scenarios`, without the ending.
///
/// # Errors
/// The file cannot be read, or is not a valid scenario.
pub fn read_one(path: &Path) -> Result<Scenario, SuiteError> {
    let bytes = read_bounded(path).map_err(|error| io(path, error))?;
    let mut scenario = if path.extension().is_some_and(|ending| ending == "json") {
        read_json(path, &bytes)?
    } else {
        read_bytes(&path.to_string_lossy(), &bytes)?
    };
    scenario.file = Some(path.to_owned());
    Ok(scenario)
}

/// Reads a scenario that is in no file.
///
/// # Errors
/// It is not a valid scenario.
pub fn read_text(name: &str, text: &str) -> Result<Scenario, SuiteError> {
    read_bytes(name, text.as_bytes())
}

/// A file's bytes, which are no more than a scenario may have.
fn read_bounded(path: &Path) -> std::io::Result<Vec<u8>> {
    input::bytes(path, LONGEST_FILE)
}

fn read_json(path: &Path, bytes: &[u8]) -> Result<Scenario, SuiteError> {
    let text = String::from_utf8_lossy(bytes);
    let parsed = with_vocabulary(|vocabulary| from_json(&text, vocabulary));
    let file = path.display().to_string();
    let named =
        |error: ScenarioError| SuiteError::Scenario(Box::new(ScenarioError { file, ..error }));
    known_function(&path.to_string_lossy(), parsed.map_err(named)?)
}

fn read_bytes(name: &str, bytes: &[u8]) -> Result<Scenario, SuiteError> {
    let parsed = with_vocabulary(|vocabulary| parse_bytes(name, bytes, vocabulary));
    let scenario = parsed.map_err(|error| SuiteError::Scenario(Box::new(error)))?;
    known_function(name, scenario)
}

/// Reads with the names that are there.
fn with_vocabulary<T>(read: impl FnOnce(&Vocabulary<'_>) -> T) -> T {
    let operations: Vec<&str> = operations().collect();
    read(&Vocabulary {
        operations: &operations,
    })
}

fn known_function(name: &str, scenario: Scenario) -> Result<Scenario, SuiteError> {
    match &scenario.function {
        Some(function) if function != "builtin" && mutants::named(function).is_none() => {
            Err(SuiteError::Function {
                path: PathBuf::from(name),
                name: function.clone(),
            })
        }
        _ => Ok(scenario),
    }
}

fn hint(name: &str) -> String {
    let names: Vec<String> = mutants::ALL
        .iter()
        .map(|mutant| format!("mutant:{}", mutant.subject.name()))
        .collect();
    let near = nearest(name, names.iter().map(String::as_str));
    near.map_or_else(
        || format!("; `{} list mutants` names those there are", program()),
        |near| format!("; did you mean {near}?"),
    )
}

fn name_hint(near: Option<&str>) -> String {
    near.map_or_else(
        || format!("; `{} list scenarios` names those there are", program()),
        |near| format!("; did you mean {near}?"),
    )
}

/// The first names of a list, as a choice.
fn some(names: &[String]) -> String {
    let more = if names.len() > 3 { " or another" } else { "" };
    format!("{}{more}", names[..names.len().min(3)].join(" or "))
}

/// Every operation that a fault can be aimed at.
pub fn operations() -> impl Iterator<Item = &'static str> {
    let data_planes = ["GraphQL"].into_iter().chain(address::OPERATIONS);
    ops::rows().map(|row| row.name).chain(data_planes)
}

fn find(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), SuiteError> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let entries = std::fs::read_dir(path).map_err(|error| io(path, error))?;
    let mut below = Vec::new();
    for entry in entries {
        below.push(entry.map_err(|error| io(path, error))?.path());
    }
    below.sort();
    for path in below {
        if path.is_dir() || path.extension().is_some_and(|ending| ending == ENDING) {
            find(&path, files)?;
        }
    }
    Ok(())
}

fn io(path: &Path, error: std::io::Error) -> SuiteError {
    SuiteError::Io {
        path: path.to_owned(),
        error,
    }
}
