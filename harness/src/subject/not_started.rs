//! A function that cannot start, told once and with what to try, before anything is judged.

use std::fmt;
use std::path::Path;

use super::FunctionFailure;

/// Why a function cannot run at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotStarted {
    /// The function's name.
    pub function: String,
    /// How its start ended.
    pub failure: FunctionFailure,
    /// The last lines that it printed.
    pub printed: Vec<String>,
    /// What to try; none if nothing is known.
    pub cure: Option<String>,
}

/// So many lines of its output are shown.
const SHOWN: usize = 30;

impl NotStarted {
    /// What is known of a start that failed, and what to try.
    pub(super) fn new(function: &str, failure: FunctionFailure, output: &str) -> Self {
        let lines: Vec<&str> = output.lines().collect();
        let shown = &lines[lines.len().saturating_sub(SHOWN)..];
        let cure = cure(function, &format!("{failure}\n{output}"));
        Self {
            function: function.to_owned(),
            failure,
            printed: shown.iter().map(|line| (*line).to_owned()).collect(),
            cure,
        }
    }
}

impl fmt::Display for NotStarted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} did not start: {}", self.function, self.failure)?;
        for line in &self.printed {
            write!(f, "\n    {line}")?;
        }
        match &self.cure {
            Some(cure) => write!(f, "\ntry: {cure}"),
            None => Ok(()),
        }
    }
}

/// What functions say that lack something, and what they lack. The name that follows the text goes
/// in for NAME, up to a quote.
const CURES: [(&str, &str); 8] = [
    (
        "No module named 'boto3'",
        "install what Lambda brings: python3 -m venv .venv && .venv/bin/pip install boto3, beside \
         the code; or say --python PATH",
    ),
    (
        "No module named '",
        "install NAME beside the code (python3 -m venv .venv && .venv/bin/pip install NAME), put the \
         folder of a layer on PYTHONPATH, or give the folder that has it: folder/#module.handler",
    ),
    (
        "attempted relative import with no known parent package",
        "the file belongs to a package: give the folder above it, as folder/#package.module.handler",
    ),
    (
        "Cannot find package '",
        "install NAME beside the code (npm install NAME), or put the folder that has it on NODE_PATH",
    ),
    (
        "Cannot find module '",
        "install NAME beside the code (npm install NAME), or put the folder that has it on NODE_PATH",
    ),
    (
        "Cannot use import statement outside a module",
        "it is an ES module: call the file .mjs, or write \"type\": \"module\" into its package.json",
    ),
    (
        "KeyError: '",
        "it reads a variable at its start: say --env NAME=VALUE",
    ),
    (
        "You must specify a region",
        "it asks for a Region before AWS_REGION is read: let it take AWS_REGION, which is set",
    ),
];

fn cure(function: &str, said: &str) -> Option<String> {
    let known = CURES.iter().find_map(|(text, cure)| {
        let rest = said.split_once(text)?.1;
        let name = rest.split('\'').next().unwrap_or_default();
        Some(cure.replace("NAME", name))
    });
    known.or_else(|| handler_given_as_command(function))
}

/// A file with a handler, run as if it spoke the Runtime API itself.
fn handler_given_as_command(function: &str) -> Option<String> {
    let command = function.strip_prefix("process:")?;
    let is_source = |word: &&str| {
        let ending = Path::new(word)
            .extension()
            .and_then(|ending| ending.to_str());
        matches!(ending, Some("py" | "js" | "mjs" | "cjs"))
    };
    let mut words = command
        .split(' ')
        .map(|word| word.trim_matches(['\'', '"']));
    let file = words.find(is_source)?;
    let text = std::fs::read_to_string(file).ok()?;
    let handlers = ["lambda_handler", "handler"];
    let handler = handlers.into_iter().find(|name| text.contains(name))?;
    Some(format!(
        "a file with {handler} was given as a command, which must ask for its events itself: did you \
         mean {file}:{handler}?"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(function: &str, said: &str) -> String {
        let failure = FunctionFailure {
            error_type: "Runtime.ExitError".to_owned(),
            message: "exit status 1".to_owned(),
        };
        NotStarted::new(function, failure, said).to_string()
    }

    #[test]
    fn what_is_missing_is_named_with_the_way_out() {
        let boto = told("x.py:f", "ModuleNotFoundError: No module named 'boto3'");
        assert!(boto.contains("pip install boto3"), "{boto}");
        let other = told("x.py:f", "ModuleNotFoundError: No module named 'psycopg'");
        assert!(other.contains("pip install psycopg)"), "{other}");
        let sdk = told(
            "x.mjs:f",
            "Cannot find package '@aws-sdk/client-secrets-manager' imported",
        );
        assert!(
            sdk.contains("npm install @aws-sdk/client-secrets-manager"),
            "{sdk}"
        );
    }

    #[test]
    fn a_handler_that_was_given_as_a_command_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rotator.py");
        std::fs::write(&file, "def lambda_handler(event, context): pass\n").unwrap();
        let told = told(&format!("process:python3 '{}'", file.display()), "");
        let meant = format!("did you mean {}:lambda_handler?", file.display());
        assert!(told.contains(&meant), "{told}");
    }

    #[test]
    fn of_much_output_the_end_is_shown() {
        let lines: Vec<String> = (0..100).map(|number| format!("line {number}")).collect();
        let told = told("process:x", &lines.join("\n"));
        assert!(
            !told.contains("line 69\n") && told.contains("line 99"),
            "{told}"
        );
    }
}
