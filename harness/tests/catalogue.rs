//! The catalogue of what can go wrong, and the files that show it: each id of the catalogue is that
//! of a file, and each file's id is in the catalogue.

use std::collections::BTreeSet;
use std::path::PathBuf;

use keywheel::suite;

/// The groups, each with the number of its scenarios and the folders of its files.
const CATALOGUE: [(char, u32, &[&str]); 17] = [
    ('h', 12, &["happy"]),
    ('d', 9, &["double"]),
    ('p', 14, &["stale"]),
    ('f', 9, &["failed"]),
    ('l', 14, &["lost"]),
    ('c', 10, &["crash"]),
    ('x', 9, &["concurrent"]),
    ('o', 9, &["order"]),
    ('a', 23, &["admin"]),
    ('k', 11, &["clock"]),
    ('t', 7, &["throttle"]),
    ('e', 15, &["permission"]),
    ('m', 10, &["malformed"]),
    ('r', 5, &["replica"]),
    ('v', 12, &["availability"]),
    ('s', 10, &["secrecy"]),
    ('z', 6, &["scale"]),
];

/// Folders of scenarios that have no id: those of Event APIs, those that a mode found, and those of
/// passwords and of targets.
const OTHERS: [&str; 6] = ["events", "found", "issuer", "mysql", "password", "postgres"];

fn ids() -> BTreeSet<String> {
    let ids = |(group, count, _): &(char, u32, &[&str])| {
        let group = *group;
        (1..=*count).map(move |number| format!("{group}{number}"))
    };
    CATALOGUE.iter().flat_map(ids).collect()
}

/// Folder and id of each file, and its name.
fn files() -> Vec<(String, String, String)> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios"));
    let scenarios = suite::read(&[folder]).unwrap_or_else(|error| panic!("{error}"));
    let part = |name: &str| {
        let (folder, file) = name.split_once('/').unwrap_or_default();
        let id = file.split('-').next().unwrap_or_default();
        (folder.to_owned(), id.to_owned(), name.to_owned())
    };
    scenarios
        .iter()
        .map(|scenario| part(&scenario.name))
        .collect()
}

#[test]
fn the_catalogue_has_185_scenarios() {
    assert_eq!(ids().len(), 185);
}

#[test]
fn every_id_of_the_catalogue_has_a_file() {
    let present: BTreeSet<String> = files().into_iter().map(|(_, id, _)| id).collect();
    let missing: Vec<_> = ids().difference(&present).cloned().collect();
    assert!(
        missing.is_empty(),
        "{} without a file: {}",
        missing.len(),
        missing.join(" ")
    );
}

#[test]
fn every_file_has_an_id_and_lies_in_its_folder() {
    let ids = ids();
    for (folder, id, name) in files() {
        if OTHERS.contains(&folder.as_str()) {
            continue;
        }
        assert!(ids.contains(&id), "{name}: {id} is not in the catalogue");
        let group = id.chars().next();
        let (_, _, folders) = CATALOGUE
            .iter()
            .find(|(known, ..)| Some(*known) == group)
            .expect("the id is in the catalogue, so its group is");
        assert!(
            folders.contains(&folder.as_str()),
            "{name} does not lie in {folders:?}"
        );
    }
}

#[test]
fn no_scenario_waits_for_a_capability() {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios"));
    let scenarios = suite::read(&[folder]).unwrap_or_else(|error| panic!("{error}"));
    let waiting: Vec<_> = scenarios
        .iter()
        .filter_map(|scenario| {
            Some(format!(
                "{} needs {}",
                scenario.name,
                scenario.needs.as_ref()?
            ))
        })
        .collect();
    assert!(waiting.is_empty(), "{waiting:?}");
}
