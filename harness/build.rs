//! Lists the scenarios, whose texts then travel inside the library.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = folder()?;
    let mut files = Vec::new();
    find(&root, &mut files)?;
    files.sort();
    let mut list = String::from("&[\n");
    for file in &files {
        let below = file.strip_prefix(&root).unwrap_or(file);
        let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
        let name = parts.join("/");
        let name = name.strip_suffix(".scenario").unwrap_or(&name);
        // Writing to a String never fails.
        let _ = writeln!(list, "    ({name:?}, include_str!({file:?})),");
    }
    list.push_str("]\n");
    let out = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    fs::write(Path::new(&out).join("scenarios.rs"), list)?;
    println!("cargo::rerun-if-changed={}", root.display());
    Ok(())
}

/// `scenarios` in this crate: a link in the repository, a folder in a package. A checkout without
/// links has a file there instead, and the folder beside the crate.
fn folder() -> io::Result<PathBuf> {
    let own = Path::new("scenarios");
    let folder = if own.is_dir() {
        own
    } else {
        Path::new("../scenarios")
    };
    fs::canonicalize(folder)
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            find(&path, files)?;
        } else if path.extension().is_some_and(|ending| ending == "scenario") {
            files.push(path);
        }
    }
    Ok(())
}
