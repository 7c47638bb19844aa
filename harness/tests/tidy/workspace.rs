//! The source files of the three crates, and how the `mod` lines reach them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The crates, by their folders.
const CRATES: [&str; 3] = ["emulator", "rotator", "harness"];

/// A source file.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// From the workspace's folder.
    pub(crate) path: String,
    pub(crate) text: String,
    /// Is all of it test? A file of tests or benches, or one that only tests declare.
    pub(crate) is_test: bool,
    /// Does a `mod` line lead to it, or is it the root of a crate?
    pub(crate) is_reached: bool,
    /// Is it of a test target with a `main` of its own?
    pub(crate) has_own_main: bool,
}

impl Source {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let is_test = path
            .split('/')
            .any(|part| ["tests", "tests.rs", "benches"].contains(&part));
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            is_test,
            is_reached: false,
            has_own_main: false,
        }
    }

    /// Every line with its number, from 1.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..).zip(self.text.lines())
    }

    /// The lines that are no test: none of a file of tests, and in others all but the modules
    /// under `#[cfg(test)]`.
    pub(crate) fn production(&self) -> Vec<(usize, &str)> {
        if self.is_test {
            return Vec::new();
        }
        let lines: Vec<(usize, &str)> = self.lines().collect();
        let mut kept = Vec::new();
        let mut at = 0;
        while let Some((number, line)) = lines.get(at).copied() {
            if line == "#[cfg(test)]" && lines.get(at + 1).is_some_and(|(_, next)| opens(next)) {
                let length = lines[at..].iter().position(|(_, line)| *line == "}");
                at += length.map_or(lines.len(), |length| length + 1);
            } else {
                kept.push((number, line));
                at += 1;
            }
        }
        kept
    }

    /// The production lines without comments.
    pub(crate) fn code(&self) -> Vec<(usize, &str)> {
        let mut code = self.production();
        for (_, line) in &mut code {
            let is_comment = line.trim_start().starts_with("//");
            *line = if is_comment { "" } else { line };
            *line = line.split(" // ").next().unwrap_or(line);
        }
        code
    }

    /// The path below the crate's `src`, if it is there.
    pub(crate) fn below_src(&self, of: &str) -> Option<&str> {
        self.path.strip_prefix(of)?.strip_prefix("/src/")
    }
}

/// Does the line open a module?
fn opens(line: &str) -> bool {
    line.ends_with('{') && (line.starts_with("mod ") || line.contains(" mod "))
}

/// Every source file of the workspace.
pub(crate) fn read() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut sources = BTreeMap::new();
    for name in CRATES {
        read_folder(&root, name, &mut sources);
    }
    reach(&mut sources);
    sources.into_values().collect()
}

fn read_folder(root: &Path, folder: &str, sources: &mut BTreeMap<String, Source>) {
    for entry in fs::read_dir(root.join(folder)).expect("the folder can be read") {
        let entry = entry.expect("its entries can be read");
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{folder}/{name}");
        if entry.path().is_dir() {
            // Where cargo builds is beside `src`; a module may be called so.
            let is_built = name == "target" && !folder.contains('/');
            if !is_built && !name.starts_with('.') {
                read_folder(root, &path, sources);
            }
        } else if name.ends_with(".rs") {
            let text = fs::read_to_string(entry.path()).expect("the file is UTF-8");
            sources.insert(path.clone(), Source::new(&path, &text));
        }
    }
}

/// Follows the `mod` lines from the roots of the crates, and notes what they lead to.
fn reach(sources: &mut BTreeMap<String, Source>) {
    let roots = sources.values().filter(|source| is_root(&source.path));
    let root = |source: &Source| (source.path.clone(), false, runs_itself(source));
    let mut open: Vec<(String, bool, bool)> = roots.map(root).collect();
    while let Some((path, is_test, has_own_main)) = open.pop() {
        let Some(source) = sources.get_mut(&path) else {
            continue;
        };
        source.is_reached = true;
        source.is_test |= is_test;
        source.has_own_main |= has_own_main;
        let is_test = source.is_test;
        for declared in declarations(source) {
            let is_test = is_test || declared.is_test;
            let places = declared.places.into_iter();
            open.extend(places.map(|place| (place, is_test, has_own_main)));
        }
    }
}

/// Is this where cargo begins to read a crate?
fn is_root(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    match parts[1..] {
        // A crate in another's folder.
        ["clients", "src", "lib.rs"] | ["build.rs"] | ["src", "lib.rs" | "main.rs"] => true,
        ["src", "bin", ..] => parts.len() == 4 || path.ends_with("/main.rs"),
        ["tests" | "benches" | "examples", _] => true,
        ["tests" | "benches" | "examples", _, file] => file == "main.rs",
        _ => false,
    }
}

/// Is this the root of a test target with a `main` of its own?
fn runs_itself(root: &Source) -> bool {
    root.path.contains("/tests/") && root.text.contains("\nfn main()")
}

/// A `mod` line: the files that it may mean, and whether only tests see it.
struct Declaration {
    places: Vec<String>,
    is_test: bool,
}

fn declarations(source: &Source) -> Vec<Declaration> {
    let lines: Vec<&str> = source.text.lines().collect();
    let declaration = |(at, line): (usize, &&str)| {
        let name = declared(line)?;
        let above = lines[..at].iter().rev();
        let attributes: Vec<&str> = above.take_while(|l| l.starts_with("#[")).copied().collect();
        let is_test = attributes.contains(&"#[cfg(test)]");
        let given = attributes
            .iter()
            .find_map(|line| line.strip_prefix("#[path = \""));
        let given = given.and_then(|rest| rest.strip_suffix("\"]"));
        let places = match given {
            Some(given) => vec![join(folder_of(&source.path), given)],
            None => {
                let folder = module_folder(&source.path);
                vec![
                    format!("{folder}/{name}.rs"),
                    format!("{folder}/{name}/mod.rs"),
                ]
            }
        };
        Some(Declaration { places, is_test })
    };
    lines.iter().enumerate().filter_map(declaration).collect()
}

/// The module that a line declares to be in a file of its own.
fn declared(line: &str) -> Option<&str> {
    let (before, name) = line.strip_suffix(';')?.rsplit_once("mod ")?;
    let is_declaration = before.is_empty() || before.starts_with("pub");
    is_declaration.then_some(name)
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Where the modules lie that a file declares.
fn module_folder(path: &str) -> String {
    let stem = path.trim_end_matches(".rs");
    let is_own = is_root(path) || stem.ends_with("/mod");
    let folder = if is_own { folder_of(path) } else { stem };
    folder.to_owned()
}

/// Joins a path that may begin with `../`.
fn join(folder: &str, path: &str) -> String {
    match path.strip_prefix("../") {
        Some(path) => join(folder_of(folder), path),
        None => format!("{folder}/{path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reached(files: &[(&str, &str)]) -> Vec<(String, bool)> {
        let new = |(path, text): &(&str, &str)| ((*path).to_owned(), Source::new(path, text));
        let mut sources: BTreeMap<String, Source> = files.iter().map(new).collect();
        reach(&mut sources);
        let reached = sources.into_values().filter(|source| source.is_reached);
        reached
            .map(|source| (source.path, source.is_test))
            .collect()
    }

    #[test]
    fn modules_are_followed_to_their_files() {
        let files = [
            (
                "a/src/lib.rs",
                "pub mod x;\nmod y;\n#[cfg(test)]\nmod z;\n// mod dead;\n",
            ),
            ("a/src/dead.rs", ""),
            ("a/src/x/mod.rs", "pub(crate) mod deep;\n"),
            ("a/src/x/deep.rs", ""),
            ("a/src/y.rs", "mod below;\n"),
            ("a/src/y/below.rs", ""),
            ("a/src/y/dead.rs", ""),
            ("a/src/z.rs", ""),
            ("a/tests/t/main.rs", "#[path = \"../u/v.rs\"]\nmod v;\n"),
            ("a/tests/t/dead.rs", ""),
            ("a/tests/u/v.rs", ""),
        ];
        let live = |path: &str, is_test| (path.to_owned(), is_test);
        let expected = [
            live("a/src/lib.rs", false),
            live("a/src/x/deep.rs", false),
            live("a/src/x/mod.rs", false),
            live("a/src/y.rs", false),
            live("a/src/y/below.rs", false),
            live("a/src/z.rs", true),
            live("a/tests/t/main.rs", true),
            live("a/tests/u/v.rs", true),
        ];
        assert_eq!(reached(&files), expected);
    }

    #[test]
    fn tests_and_comments_are_no_code() {
        let text = "a // b\n/// c\n#[cfg(test)]\nmod t {\n    d\n}\n\ne\n#[cfg(test)]\nmod f;\n";
        let source = Source::new("a/src/x.rs", text);
        let code: Vec<_> = source.code();
        let expected = [
            (1, "a"),
            (2, ""),
            (7, ""),
            (8, "e"),
            (9, "#[cfg(test)]"),
            (10, "mod f;"),
        ];
        assert_eq!(code, expected);
        assert_eq!(Source::new("a/src/x/tests.rs", text).code(), []);
        assert_eq!(Source::new("a/tests/x.rs", text).code(), []);
    }
}
