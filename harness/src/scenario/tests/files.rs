//! The files in `scenarios/`.

use std::path::{Path, PathBuf};

use super::super::*;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios")
}

/// Every scenario file below the folder, in the order of their paths.
fn files() -> Vec<PathBuf> {
    let mut folders = vec![folder()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "scenario")
            {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

#[test]
fn every_file_is_valid_and_tells_its_story() {
    let files = files();
    assert!(files.len() >= 30, "only {} scenarios", files.len());
    for path in files {
        let bytes = std::fs::read(&path).unwrap();
        let name = path.strip_prefix(folder()).unwrap().to_str().unwrap();
        let scenario = parse_bytes(&format!("scenarios/{name}"), &bytes, &Vocabulary::default())
            .unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(
            format!("{}.scenario", scenario.name),
            name.replace('\\', "/")
        );
        assert!(!scenario.story.is_empty(), "{name} has no story");
        assert!(scenario.statements.len() > 1, "{name} says nothing");
        let again = parse(&scenario.name, &print(&scenario), &Vocabulary::default());
        assert_eq!(again.map_err(|error| error.to_string()), Ok(scenario));
    }
}

#[test]
fn the_examples_in_the_readme_are_valid() {
    let readme = std::fs::read_to_string(folder().join("README.md")).unwrap();
    let examples: Vec<_> = readme.split("```text\n").skip(1).collect();
    assert!(!examples.is_empty());
    let mut words = std::collections::BTreeSet::new();
    for example in examples {
        let example = example.split("```").next().unwrap();
        let scenario = parse("README.md", example, &Vocabulary::default());
        scenario.unwrap_or_else(|error| panic!("{error}"));
        words.extend(example.lines().filter_map(|line| line.split(' ').next()));
    }
    for word in super::super::parse::STATEMENTS {
        assert!(words.contains(word), "the README shows no {word}");
    }
}
