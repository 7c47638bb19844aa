//! Where a machine has the programs of a database server.

use std::path::{Path, PathBuf};

use super::Unavailable;

/// The folder that holds all of these programs: one of PATH, or the last of `elsewhere`, in which a
/// `*` stands for any one folder.
pub(super) fn folder(programs: &[&str], elsewhere: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let has_all = |folder: &PathBuf| programs.iter().all(|name| folder.join(name).is_file());
    // Folders of versions are behind PATH, the newest first. A link in PATH leads to its folder.
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    folders.extend(expanded(elsewhere));
    folders.into_iter().find(has_all)
}

/// The same, or what to do about it.
pub(super) fn find(what: &str, programs: &[&str], elsewhere: &str) -> Result<PathBuf, Unavailable> {
    folder(programs, elsewhere).ok_or_else(|| {
        let programs = programs.join(" and ");
        Unavailable::new(format!(
            "{what} is not installed: {programs} are neither on PATH nor in {elsewhere}"
        ))
    })
}

fn expanded(pattern: &str) -> Vec<PathBuf> {
    let Some((before, after)) = pattern.split_once('*') else {
        return vec![PathBuf::from(pattern)];
    };
    let entries = std::fs::read_dir(before).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    found.sort_by_key(|path| std::cmp::Reverse(version(path)));
    found
        .iter()
        .map(|path| path.join(after.trim_start_matches('/')))
        .collect()
}

/// Versions are numbers: 9 comes before 15.
fn version(path: &Path) -> (u32, PathBuf) {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    (name.parse().unwrap_or(0), path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_is_found_and_a_missing_one_is_told() {
        let root = tempfile::tempdir().unwrap();
        for version in ["9", "15"] {
            let bin = root.path().join(version).join("bin");
            std::fs::create_dir_all(&bin).unwrap();
            std::fs::write(bin.join("keywheel-no-such"), "").unwrap();
        }
        let pattern = root.path().join("*/bin");
        let pattern = pattern.to_str().unwrap();
        assert_eq!(
            folder(&["keywheel-no-such"], pattern),
            Some(root.path().join("15/bin"))
        );
        let missing = find("X", &["keywheel-none"], pattern)
            .unwrap_err()
            .to_string();
        assert!(
            missing.starts_with("X is not installed: keywheel-none"),
            "{missing}"
        );
    }
}
