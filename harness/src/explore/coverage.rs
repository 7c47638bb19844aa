//! What a campaign has to come into, by its mode, or it has shown nothing.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::scenario::{Choice as _, Mark};

/// How a campaign searches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Scenario files, one by one.
    Test,
    /// Every call × every fault kind.
    Sweep,
    /// Every order of calls.
    Interleave,
    /// Random scenarios.
    Fuzz,
    /// Long lives of a world.
    Soak,
}

impl Mode {
    /// What its command is called.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Sweep => "sweep",
            Self::Interleave => "interleave",
            Self::Fuzz => "fuzz",
            Self::Soak => "soak",
        }
    }

    /// Are its scenarios drawn at random?
    pub const fn is_random(self) -> bool {
        matches!(self, Self::Fuzz | Self::Soak)
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The marks that a campaign of a mode must see. Some depend on how the function works: they are
/// demanded of the builtin one only.
pub fn demanded(mode: Mode, is_builtin: bool) -> impl Iterator<Item = Mark> {
    let marks = Mark::VALUES.iter().copied();
    marks.filter(move |mark| is_demanded(*mark, mode, is_builtin))
}

fn is_demanded(mark: Mark, mode: Mode, is_builtin: bool) -> bool {
    let is_faulty = mode == Mode::Sweep || mode.is_random();
    match mark {
        Mark::RetryAbsorbed | Mark::RetriesSpent | Mark::Killed | Mark::StartedOver => is_faulty,
        Mark::OutOfTime => mode == Mode::Sweep,
        Mark::Overlapped => mode == Mode::Interleave,
        Mark::OrphanAdopted | Mark::AlreadyCurrent => is_builtin && mode == Mode::Sweep,
        Mark::PutMetAValue => is_builtin && mode == Mode::Interleave,
    }
}
