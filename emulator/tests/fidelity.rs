//! FIDELITY.md against the code: it tells of every operation, and its tests exist.

use std::fs;
use std::path::Path;

use keywheel_emulator::ops;
use keywheel_emulator::wire::service::Service;

const FIDELITY: &str = include_str!("../FIDELITY.md");

#[test]
fn every_operation_is_told_of() {
    for row in ops::rows().filter(|row| row.service == Service::SecretsManager) {
        assert!(
            FIDELITY.contains(row.name),
            "{} is not in FIDELITY.md",
            row.name
        );
    }
}

#[test]
fn every_test_that_is_named_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let code = [sources(&root.join("src")), sources(&root.join("tests"))].concat();
    for row in FIDELITY.lines().filter(|line| line.starts_with("| ")) {
        let tests = row
            .trim_end_matches(" |")
            .rsplit(" | ")
            .next()
            .unwrap_or_default();
        for name in tests
            .split('`')
            .skip(1)
            .step_by(2)
            .filter(|name| *name != "replay")
        {
            let function = name.rsplit("::").next().unwrap_or(name);
            assert!(
                code.contains(&format!("fn {function}(")),
                "{name} is not a test:\n{row}"
            );
        }
    }
}

/// All Rust code below a folder.
fn sources(folder: &Path) -> String {
    let entries = fs::read_dir(folder).expect("the folder can be read");
    let paths = entries.map(|entry| entry.expect("its entries can be read").path());
    paths
        .map(|path| match path.extension() {
            None => sources(&path),
            Some(extension) if extension == "rs" => fs::read_to_string(&path).expect("UTF-8"),
            Some(_) => String::new(),
        })
        .collect()
}
