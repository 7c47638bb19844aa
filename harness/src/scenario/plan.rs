//! A scenario as pure data. Its serde form is the JSON form of the language.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::renamed::Notice;
use super::statement::Statement;
use super::words::Suite;
use super::world::WorldSpec;

/// A scenario: a world and what happens in it, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Its name: the file's path without folder `scenarios/` and extension.
    pub name: String,
    /// The file that it was read from, as whoever asked for it named it.
    #[serde(skip)]
    pub file: Option<PathBuf>,
    /// What it is about: the comment at the top of the file.
    #[serde(default)]
    pub story: String,
    /// The seed of everything random.
    #[serde(default = "first_seed")]
    pub seed: u64,
    /// For which functions it is; none for any that it is run against.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suite: Option<Suite>,
    /// The function that it is about, if not the one under test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// What the emulator cannot do yet and the scenario depends on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs: Option<String>,
    /// What the world is like at the start.
    #[serde(default)]
    pub world: WorldSpec,
    /// What happens, in order.
    pub statements: Vec<Located<Statement>>,
    /// Texts that the statements refer to, and golden traces.
    #[serde(default)]
    pub sections: BTreeMap<String, String>,
    /// Lines that were read in old words.
    #[serde(skip)]
    pub notices: Vec<Notice>,
}

impl Scenario {
    /// The seed of a scenario that names none.
    pub const DEFAULT_SEED: u64 = 1;

    /// An empty scenario.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            file: None,
            story: String::new(),
            seed: Self::DEFAULT_SEED,
            suite: None,
            function: None,
            needs: None,
            world: WorldSpec::default(),
            statements: Vec::new(),
            sections: BTreeMap::new(),
            notices: Vec::new(),
        }
    }
}

const fn first_seed() -> u64 {
    Scenario::DEFAULT_SEED
}

/// A value and where it stands in its file; line 0 if it comes from no file.
///
/// Two are equal if their values are: where a statement stands is not what it says.
#[derive(Clone, Debug, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Located<T> {
    /// The line, from 1.
    #[serde(default)]
    pub line: usize,
    /// The column in characters, from 1.
    #[serde(default)]
    pub column: usize,
    /// The value.
    pub value: T,
}

impl<T> Located<T> {
    /// A value from no file.
    pub const fn nowhere(value: T) -> Self {
        Self {
            line: 0,
            column: 0,
            value,
        }
    }
}

impl<T: PartialEq> PartialEq for Located<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}
