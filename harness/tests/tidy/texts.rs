//! Nobody takes apart what our own code has put together.

use crate::finding::Finding;
use crate::workspace::Source;

/// The modules that work with what a run has left, which is data.
const MODULES: [&str; 7] = [
    "cli", "explore", "history", "oracle", "record", "report", "run",
];

/// How a text is taken apart, or looked into.
const WAYS: [&str; 16] = [
    ".split(",
    ".split_once(",
    ".split_inclusive(",
    ".splitn(",
    ".rsplit('",
    ".rsplit_once(",
    ".split_whitespace(",
    ".strip_prefix(",
    ".strip_suffix(",
    ".starts_with(",
    ".ends_with(",
    ".trim_end_matches(",
    ".trim_start_matches(",
    ".contains('",
    ".contains(\"",
    ".find(\"",
];

/// Files that read texts of others, and whose.
const READERS: [(&str, &str); 19] = [
    ("run/world/meaning.rs", "ARNs are AWS's"),
    ("cli/function.rs", "options are a person's"),
    ("cli/logging.rs", "options are a person's"),
    ("cli/reports.rs", "options are a person's"),
    ("cli/serve/variables.rs", "variables are a person's"),
    ("cli/shell.rs", "completions are another crate's"),
    ("cli/subjects.rs", "options are a person's"),
    ("run/driver/mod.rs", "ARNs are AWS's"),
    (
        "explore/shard.rs",
        "options and schedulers' variables are others'",
    ),
    ("history/describe.rs", "requests are the function's"),
    ("history/exchange.rs", "requests are the function's"),
    ("history/failure.rs", "error messages are AWS's"),
    (
        "history/names.rs",
        "texts with names in them are a scenario's",
    ),
    ("oracle/mod.rs", "descriptions are the function's"),
    (
        "oracle/no_secret_leaked.rs",
        "keys are AppSync's, and texts the function's",
    ),
    ("oracle/value_preserved.rs", "values are the function's"),
    ("report/case.rs", "scenarios are named by a person's files"),
    ("run/world/passwords.rs", "values are a scenario's"),
    ("run/golden.rs", "scenario files are a person's"),
];

/// What a run has left is compared as data, never by its words.
pub(crate) fn own_texts(source: &Source) -> Vec<Finding> {
    let Some(path) = source.below_src("harness") else {
        return Vec::new();
    };
    let module = path.split('/').next().unwrap_or(path);
    let is_reader = READERS.iter().any(|(reader, _)| *reader == path);
    if is_reader || !MODULES.contains(&module.trim_end_matches(".rs")) {
        return Vec::new();
    }
    let code = source.code();
    let apart = code.iter().filter_map(|(number, line)| {
        let way = WAYS.iter().find(|way| line.contains(**way))?;
        let cure = format!(
            "`{way}…)`: no code of ours reads what our own code wrote: give the data a type, \
             or name the file in {} if the text is somebody else's",
            file!()
        );
        Some(Finding::new(source, *number, cure))
    });
    apart.collect()
}

/// The history holds no sentence: a text in it is one that somebody else wrote.
pub(crate) fn told_history(source: &Source) -> Vec<Finding> {
    const OTHERS: [&str; 7] = [
        "step",
        "error_type",
        "message",
        "operation",
        "code",
        "secret",
        "client",
    ];
    let is_history = |path: &&str| ["history/event.rs", "history/failure.rs"].contains(path);
    if source.below_src("harness").filter(is_history).is_none() {
        return Vec::new();
    }
    let code = source.code();
    let told = code.iter().filter(|(_, line)| {
        let name = line
            .trim()
            .trim_start_matches("pub ")
            .split(": String")
            .next();
        line.contains("String") && !name.is_some_and(|name| OTHERS.contains(&name))
    });
    told.map(|(number, _)| {
        let cure = "what happened is data; make its words where they are read, in describe";
        Finding::new(source, *number, cure)
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::lines;

    #[test]
    fn a_text_that_is_taken_apart_is_found() {
        let text =
            "let a = told.split(' ');\nif text.contains(\"AWSCURRENT\") {}\nset.contains(&a);\n";
        for path in ["report/html.rs", "explore/judged.rs", "run/mod.rs"] {
            assert_eq!(
                lines(own_texts, &format!("harness/src/{path}"), text),
                [1, 2]
            );
        }
        for path in ["cli/reports.rs", "scenario/lexer.rs"] {
            assert_eq!(
                lines(own_texts, &format!("harness/src/{path}"), text),
                [0; 0]
            );
        }
    }

    #[test]
    fn every_reader_is_there_and_reads() {
        let sources = crate::workspace::read();
        for (reader, _) in READERS {
            let path = format!("harness/src/{reader}");
            let source = sources.iter().find(|source| source.path == path);
            let source = source.unwrap_or_else(|| panic!("{path} is not there"));
            let mut code = source.code().into_iter();
            let reads = code.any(|(_, line)| WAYS.iter().any(|way| line.contains(way)));
            assert!(reads, "{path} takes no text apart");
        }
    }

    #[test]
    fn a_sentence_in_the_history_is_found() {
        let text = "    Admin(String),\n    step: String,\n    text: String,\n";
        assert_eq!(
            lines(told_history, "harness/src/history/event.rs", text),
            [1, 3]
        );
        assert_eq!(lines(told_history, "harness/src/report/x.rs", text), [0; 0]);
    }
}
