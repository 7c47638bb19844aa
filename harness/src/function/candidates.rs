//! The functions that a folder seems to have.

use std::path::Path;

use super::{template, yaml};

/// What a file with a handler says, by its ending, and how the handler is called then.
const HANDLERS: [(&str, &str, &str); 6] = [
    ("py", "def lambda_handler(", "lambda_handler"),
    ("py", "def handler(", "handler"),
    ("mjs", "export const handler", "handler"),
    ("mjs", "export async function handler", "handler"),
    ("js", "exports.handler", "handler"),
    ("cjs", "exports.handler", "handler"),
];

/// The functions of a folder, as a command line names them: those of its templates, or else of its
/// files, in order.
pub fn candidates(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries.map(|entry| entry.path()).collect();
    files.sort();
    let of_templates: Vec<String> = files.iter().flat_map(|file| in_template(file)).collect();
    if !of_templates.is_empty() {
        return of_templates;
    }
    files.iter().filter_map(|file| in_source(file)).collect()
}

fn in_template(file: &Path) -> Vec<String> {
    let ending = file.extension().and_then(|ending| ending.to_str());
    if !matches!(ending, Some("yaml" | "yml" | "template")) {
        return Vec::new();
    }
    let functions = yaml::read(file).map(|read| template::functions(&read));
    let names = functions.unwrap_or_default().into_iter();
    names
        .map(|name| format!("{}#{name}", shown(file)))
        .collect()
}

fn in_source(file: &Path) -> Option<String> {
    let ending = file.extension()?.to_str()?;
    let mut known = HANDLERS
        .iter()
        .filter(|(known, ..)| *known == ending)
        .peekable();
    known.peek()?;
    let text = std::fs::read_to_string(file).ok()?;
    let (.., handler) = known.find(|(_, sign, _)| text.contains(sign))?;
    Some(format!("{}:{handler}", shown(file)))
}

fn shown(file: &Path) -> String {
    let file = file.strip_prefix(".").unwrap_or(file);
    file.display().to_string()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_is_there_is_seen_and_a_template_says_it_better() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write(
            "rotator.py",
            "def lambda_handler(event, context):\n    pass\n",
        );
        write("other.py", "x = 1\n");
        let found = candidates(folder.path());
        assert_eq!(found.len(), 1);
        assert!(found[0].ends_with("rotator.py:lambda_handler"), "{found:?}");
        write(
            "template.yaml",
            "Resources:\n  R: { Type: AWS::Serverless::Function }\n",
        );
        let found = candidates(folder.path());
        assert!(found[0].ends_with("template.yaml#R"), "{found:?}");
    }
}
