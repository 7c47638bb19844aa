//! `keywheel.toml`: what a command line would say of a function each time, said once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::error::FunctionError;

/// The file's name, in the folder that a command is given in.
pub const FILE: &str = "keywheel.toml";

/// What the file says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Project {
    /// The function under test.
    #[serde(default)]
    pub function: FunctionTable,
    /// Scenario files and folders, besides those that every function can be held to.
    #[serde(default)]
    pub scenarios: Vec<PathBuf>,
    /// Oracles that are switched off, each with the reason.
    #[serde(default)]
    pub without: BTreeMap<String, String>,
}

/// What it says of the function.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FunctionTable {
    /// The function, in any form that a command line takes.
    pub path: Option<String>,
    /// The Python that runs it.
    pub python: Option<PathBuf>,
    /// The Node.js that runs it.
    pub node: Option<PathBuf>,
    /// A file with variables, one NAME=VALUE a line.
    pub env_file: Option<PathBuf>,
    /// Its variables, which come after those of the file.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
}

impl Project {
    /// Reads the file of a folder, if it has one.
    ///
    /// # Errors
    /// It cannot be read, or says what nobody knows: with the line and the column.
    pub fn read(folder: &Path) -> Result<Option<Self>, FunctionError> {
        let file = folder.join(FILE);
        if !file.exists() {
            return Ok(None);
        }
        let wrong = |text: String| FunctionError::of(&file, text);
        let text = std::fs::read_to_string(&file).map_err(|error| wrong(error.to_string()))?;
        let project = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        Ok(Some(project))
    }

    /// The function's variables, in order.
    ///
    /// # Errors
    /// The file of variables cannot be read, or has a line that is none.
    pub fn variables(&self) -> Result<Vec<(String, String)>, FunctionError> {
        let mut variables = match &self.function.env_file {
            Some(file) => read_variables(file)?,
            None => Vec::new(),
        };
        variables.extend(self.function.env.clone());
        Ok(variables)
    }
}

/// A file of variables: NAME=VALUE, empty lines, and comments from a `#` at the start of a line.
fn read_variables(file: &Path) -> Result<Vec<(String, String)>, FunctionError> {
    let text = std::fs::read_to_string(file);
    let text = text.map_err(|error| FunctionError::of(file, error.to_string()))?;
    let lines = text.lines().enumerate();
    let said = lines.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    said.map(|(at, line)| {
        let line = line.trim().trim_start_matches("export ");
        let pair = line.split_once('=').filter(|(name, _)| !name.is_empty());
        let wrong = || FunctionError::of(file, format!("line {}: write NAME=VALUE", at + 1));
        let (name, value) = pair.ok_or_else(wrong)?;
        let value = value.trim_matches(['"', '\'']);
        Ok((name.trim().to_owned(), value.to_owned()))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[expect(
        clippy::unwrap_in_result,
        reason = "a test that cannot go on should stop"
    )]
    fn read(text: &str) -> Result<Option<Project>, String> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), text).unwrap();
        Project::read(folder.path()).map_err(|error| error.to_string())
    }

    #[test]
    fn everything_can_be_said_once() {
        let text = "scenarios = [\"scenarios\"]\n[function]\npath = \"rotator.py:handler\"\n\
                    env-file = \".env\"\n[function.env]\nSTAGE = \"test\"\n\
                    [without]\nin-time = \"its client has no timeouts yet\"\n";
        let project = read(text).unwrap().unwrap();
        assert_eq!(project.function.path.as_deref(), Some("rotator.py:handler"));
        assert_eq!(project.function.env["STAGE"], "test");
        assert_eq!(project.without.len(), 1);
        assert_eq!(Project::read(Path::new("no-such-folder")), Ok(None));
    }

    #[test]
    fn a_word_that_nobody_knows_is_told_with_its_line() {
        let error = read("[function]\npfad = \"x\"\n").unwrap_err();
        assert!(
            error.contains("line 2") && error.contains("pfad"),
            "{error}"
        );
    }

    #[test]
    fn variables_of_a_file_come_first() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(".env");
        fs::write(&file, "# a comment\n\nexport A=1\nB=\"two words\"\n").unwrap();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let mut project = Project::default();
        project.function.env_file = Some(file.clone());
        project.function.env.insert("A".to_owned(), "2".to_owned());
        let expected = [pair("A", "1"), pair("B", "two words"), pair("A", "2")];
        assert_eq!(project.variables().unwrap(), expected);
        fs::write(&file, "A\n").unwrap();
        assert!(
            project
                .variables()
                .unwrap_err()
                .to_string()
                .contains("line 1")
        );
    }

    /// The schema is what editors know of the file.
    #[test]
    fn the_schema_has_what_the_file_can_say() {
        let schema: serde_json::Value =
            serde_json::from_str(include_str!("../../keywheel.schema.json")).unwrap();
        let names = |table: &serde_json::Value| -> Vec<String> {
            table["properties"]
                .as_object()
                .unwrap()
                .keys()
                .cloned()
                .collect()
        };
        for (place, known) in [
            (&schema, vec!["function", "scenarios", "without"]),
            (
                &schema["properties"]["function"],
                vec!["path", "python", "node", "env-file", "env"],
            ),
        ] {
            assert_eq!(names(place), known);
        }
    }
}
