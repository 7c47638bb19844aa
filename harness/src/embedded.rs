//! The scenarios that every rotation function of a password is held to, as they are in
//! `scenarios/password`: they are here for whoever has no copy of them.

use std::path::Path;

use crate::scenario::Scenario;
use crate::suite::{SuiteError, read_text};

/// What the name of one begins with, where a file would be named.
const PREFIX: &str = "portable:";

macro_rules! embedded {
    ($name:literal) => {
        (
            concat!("password/", $name),
            include_str!(concat!("../../scenarios/password/", $name, ".scenario")),
        )
    };
}

/// Their names and texts.
const FILES: [(&str, &str); 12] = [
    embedded!("answer-lost"),
    embedded!("created-twice-at-once"),
    embedded!("denied"),
    embedded!("every-step-twice"),
    embedded!("killed-after-put"),
    embedded!("killed-before-put"),
    embedded!("label-moved-unseen"),
    embedded!("rotates"),
    embedded!("sent-again-later"),
    embedded!("throttled"),
    embedded!("unanswered"),
    embedded!("unknown-step"),
];

/// All of them.
///
/// # Errors
/// Never: a test reads them.
pub fn portable() -> Result<Vec<Scenario>, SuiteError> {
    FILES.iter().map(|(name, text)| read(name, text)).collect()
}

/// The one that a path names, if it names one: `portable:password/rotates`.
pub fn named(path: &Path) -> Option<Result<Scenario, SuiteError>> {
    let name = path.to_str()?.strip_prefix(PREFIX)?;
    let file = FILES.iter().find(|(known, _)| *known == name);
    file.map(|(name, text)| read(name, text))
}

fn read(name: &str, text: &str) -> Result<Scenario, SuiteError> {
    let mut scenario = read_text(name, text)?;
    scenario.file = Some(format!("{PREFIX}{name}").into());
    Ok(scenario)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Suite;

    #[test]
    fn every_scenario_of_a_password_is_here_and_is_portable() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/password");
        let files = std::fs::read_dir(folder).unwrap().count();
        let scenarios = portable().unwrap();
        assert_eq!(scenarios.len(), files);
        for scenario in scenarios {
            assert_eq!(scenario.suite, Some(Suite::Portable), "{}", scenario.name);
            let path = scenario.file.clone().unwrap();
            assert_eq!(named(&path).unwrap().unwrap(), scenario);
        }
    }
}
