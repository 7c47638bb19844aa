//! Which scenarios are meant: those of the current folder, or those that travel inside the binary.

use std::path::{Path, PathBuf};

use keywheel_emulator::fault::nearest;

use super::{SuiteError, files, read_one, read_text};
use crate::scenario::{Scenario, Suite, name_of};

/// The folder whose scenarios go before those of the binary.
const FOLDER: &str = "scenarios";

/// The scenarios of the binary: their names and their texts, in order of their names.
const EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/scenarios.rs"));

/// A scenario that was chosen and not yet read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// A file.
    File(PathBuf),
    /// One that travels inside the binary, by its name and its text.
    Embedded(&'static str, &'static str),
}

impl Choice {
    /// Reads it.
    ///
    /// # Errors
    /// The file cannot be read, or is not a valid scenario.
    pub fn read(&self) -> Result<Scenario, SuiteError> {
        match self {
            Self::File(path) => read_one(path),
            Self::Embedded(name, text) => read_text(name, text),
        }
    }

    /// Its name: the path below the folder `scenarios`, without the ending.
    fn name(&self) -> String {
        match self {
            Self::File(path) => name_of(&with_slashes(path)).to_owned(),
            Self::Embedded(name, _) => (*name).to_owned(),
        }
    }
}

/// The scenarios that a command line means, in the order in which it names them: each word is a
/// file, a folder, or a part of the names of scenarios. Without a word it means all: those in the
/// folder `scenarios` of the current folder if there is one, and those of the binary otherwise.
///
/// # Errors
/// A word that is none of these, or a folder that cannot be read.
pub fn choose(words: &[PathBuf]) -> Result<Vec<Choice>, SuiteError> {
    if words.is_empty() {
        return of_folder().unwrap_or_else(|| Ok(embedded()));
    }
    let mut chosen = Vec::new();
    for word in words {
        chosen.extend(meant(word)?);
    }
    Ok(chosen)
}

/// The one scenario that a word means.
///
/// # Errors
/// As of [`choose`]; or it means several.
pub fn choose_one(word: &Path) -> Result<Choice, SuiteError> {
    let mut chosen = meant(word)?;
    if chosen.len() == 1 {
        return Ok(chosen.remove(0));
    }
    Err(SuiteError::Several {
        word: word.to_owned(),
        names: chosen.iter().map(Choice::name).collect(),
    })
}

/// Reads what a command line means.
///
/// # Errors
/// As of [`choose`]; or the first scenario that is not valid.
pub fn read_chosen(words: &[PathBuf]) -> Result<Vec<Scenario>, SuiteError> {
    choose(words)?.iter().map(Choice::read).collect()
}

/// The scenarios of the binary that every rotation function is held to.
///
/// # Errors
/// Never: a test reads them all.
pub fn portable() -> Result<Vec<Scenario>, SuiteError> {
    let mut scenarios = Vec::new();
    for choice in embedded() {
        let scenario = choice.read()?;
        if scenario.suite == Some(Suite::Portable) {
            scenarios.push(scenario);
        }
    }
    Ok(scenarios)
}

fn meant(word: &Path) -> Result<Vec<Choice>, SuiteError> {
    if word.exists() {
        let files = files(std::slice::from_ref(&word.to_owned()))?;
        return Ok(files.into_iter().map(Choice::File).collect());
    }
    let text = with_slashes(word);
    let name = name_of(text.trim_start_matches("./"));
    let here = of_folder().unwrap_or_else(|| Ok(Vec::new()))?;
    let sources = [here, embedded()];
    let found = sources.iter().map(|source| named(name, source));
    let found = found.into_iter().find(|found| !found.is_empty());
    found.ok_or_else(|| {
        let names: Vec<String> = sources.iter().flatten().map(Choice::name).collect();
        let near = nearest(name, names.iter().map(String::as_str));
        SuiteError::Unknown {
            word: word.to_owned(),
            near: near.map(str::to_owned),
        }
    })
}

/// The scenario of this name, or all with this text in their names.
fn named(name: &str, among: &[Choice]) -> Vec<Choice> {
    if let Some(whole) = among.iter().find(|choice| choice.name() == name) {
        return vec![whole.clone()];
    }
    let some = among.iter().filter(|choice| choice.name().contains(name));
    some.cloned().collect()
}

/// The scenarios of the current folder, if it has any folder of them.
fn of_folder() -> Option<Result<Vec<Choice>, SuiteError>> {
    let folder = PathBuf::from(FOLDER);
    let found = folder.is_dir().then(|| files(&[folder]))?;
    Some(found.map(|files| files.into_iter().map(Choice::File).collect()))
}

fn embedded() -> Vec<Choice> {
    let all = EMBEDDED.iter();
    all.map(|(name, text)| Choice::Embedded(name, text))
        .collect()
}

fn with_slashes(path: &Path) -> String {
    path.to_string_lossy()
        .replace(std::path::MAIN_SEPARATOR, "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_of_the_repository_travels_inside_the_binary() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER);
        let on_disk = files(&[folder]).unwrap();
        assert!(on_disk.len() > 200);
        let on_disk: Vec<(String, String)> = on_disk
            .into_iter()
            .map(|path| {
                let text = std::fs::read_to_string(&path).unwrap();
                (Choice::File(path).name(), text)
            })
            .collect();
        let inside = EMBEDDED
            .iter()
            .map(|(name, text)| (String::from(*name), String::from(*text)));
        assert_eq!(inside.collect::<Vec<_>>(), on_disk);
    }

    #[test]
    fn every_scenario_of_a_password_and_of_a_target_is_portable() {
        let folders = ["password/", "postgres/", "mysql/", "issuer/"];
        let is_of_one = |name: &str| folders.iter().any(|folder| name.starts_with(folder));
        let portable = portable().unwrap();
        for (name, _) in EMBEDDED.iter().filter(|(name, _)| is_of_one(name)) {
            assert!(portable.iter().any(|it| it.name == *name), "{name}");
        }
    }

    #[test]
    fn a_whole_name_means_one_and_a_part_of_names_means_all() {
        let all = embedded();
        let whole = named("happy/h1-first-rotation", &all);
        assert_eq!(whole.len(), 1);
        let folder = named("happy/", &all);
        assert!(folder.len() > 5 && folder.contains(&whole[0]));
        assert_eq!(named("no such name", &all), []);
    }
}
