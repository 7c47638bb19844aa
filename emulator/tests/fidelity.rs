//! FIDELITY.md, the table of operations and the tests, each against the others: every operation
//! has its file, is told of and is named by a test; every test that is told of exists.

use std::fs;
use std::path::Path;

use keywheel_emulator::ops;
use keywheel_emulator::wire::service::Service;

const FIDELITY: &str = include_str!("../FIDELITY.md");

/// An operation of the table.
#[derive(Clone, Copy)]
struct Operation {
    service: Service,
    name: &'static str,
}

/// A file of this crate, by its path from the crate's folder.
struct File {
    path: String,
    text: String,
}

#[test]
fn every_operation_has_a_file_of_its_own() {
    assert_none(&without_file(&operations(), &files()));
}

#[test]
fn every_operation_is_told_of() {
    assert_none(&untold(&operations(), FIDELITY));
}

#[test]
fn every_operation_is_named_by_a_test() {
    assert_none(&untested(&operations(), &files()));
}

#[test]
fn every_test_that_is_told_of_exists() {
    assert!(told_tests(FIDELITY).len() > 150, "the tables are read");
    assert_none(&missing_tests(FIDELITY, &files()));
}

fn operations() -> Vec<Operation> {
    let operation = |&ops::Row { service, name, .. }: &ops::Row| Operation { service, name };
    ops::rows().map(operation).collect()
}

fn assert_none(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

/// Operations whose file is not where the layout has it.
fn without_file(operations: &[Operation], files: &[File]) -> Vec<String> {
    let place = |operation: &Operation| {
        let service = operation.service.as_str();
        format!("src/ops/{service}/{}.rs", snake_case(operation.name))
    };
    let places = operations.iter().map(place);
    places
        .filter(|place| !files.iter().any(|file| file.path == *place))
        .map(|place| format!("{place}: one operation, one file: this one is not there"))
        .collect()
}

/// Operations that their service's part of the text does not name.
fn untold(operations: &[Operation], text: &str) -> Vec<String> {
    let is_told = |operation: &&Operation| {
        let part = part_of(operation.service);
        let parts = text.split("\n## ").filter(|text| text.starts_with(part));
        parts.into_iter().any(|part| has_word(part, operation.name))
    };
    let untold = operations.iter().filter(|operation| !is_told(operation));
    untold
        .map(|Operation { service, name }| {
            let part = part_of(*service);
            format!("FIDELITY.md: `{name}` has no row in the part `{part}`")
        })
        .collect()
}

fn part_of(service: Service) -> &'static str {
    match service {
        Service::SecretsManager => "Secrets Manager",
        Service::AppSync => "AppSync",
        Service::GraphQl => "The data plane",
        Service::Events => "Events",
        Service::Iam | Service::Sts => "IAM and STS",
        Service::Lambda => "Lambda",
        Service::Logs => "CloudWatch Logs",
    }
}

/// Operations that no test of their service names, as on the wire or as in the SDK.
fn untested(operations: &[Operation], files: &[File]) -> Vec<String> {
    let is_named = |operation: &&Operation| {
        let folders = test_folders(operation.service);
        let is_its = |file: &&File| file.path.split('/').any(|part| folders.contains(&part));
        let snake_case = snake_case(operation.name);
        let names = |text: &str| has_word(text, operation.name) || has_word(text, &snake_case);
        files
            .iter()
            .filter(is_its)
            .any(|file| names(&tests_of(file)))
    };
    let unnamed = operations.iter().filter(|operation| !is_named(operation));
    unnamed
        .map(|Operation { service, name }| {
            let service = service.as_str();
            format!("{service} {name}: no test names it; write one in tests/{service}")
        })
        .collect()
}

/// The folders in whose tests a service's operations are called.
fn test_folders(service: Service) -> &'static [&'static str] {
    match service {
        Service::SecretsManager => &["secretsmanager", "recorded", "http"],
        Service::AppSync => &["appsync", "http"],
        Service::GraphQl => &["graphql"],
        Service::Events => &["realtime", "http"],
        Service::Iam | Service::Sts => &["iam"],
        Service::Lambda => &["lambda"],
        Service::Logs => &["lambda"],
    }
}

/// Tests in the tables that do not exist.
fn missing_tests(text: &str, files: &[File]) -> Vec<String> {
    told_tests(text)
        .into_iter()
        .filter(|name| name != "replay" && !is_test(name, files))
        .map(|name| format!("FIDELITY.md: `{name}` is not a test"))
        .collect()
}

/// The names in the last column of every table, braces written out.
fn told_tests(text: &str) -> Vec<String> {
    let rows = text.lines().filter(|line| line.starts_with("| "));
    let last = rows.filter_map(|row| row.trim_end_matches(" |").rsplit(" | ").next());
    let names = last.flat_map(|column| column.split('`').skip(1).step_by(2));
    names
        .filter(|name| name.contains("::") || *name == "replay")
        .flat_map(expand)
        .collect()
}

/// `a_{b, c}_d` is `a_b_d` and `a_c_d`.
fn expand(name: &str) -> Vec<String> {
    let braces = name
        .split_once('{')
        .and_then(|(head, rest)| rest.split_once('}').map(|(list, tail)| (head, list, tail)));
    let Some((head, list, tail)) = braces else {
        return vec![name.to_owned()];
    };
    let one = |middle: &str| format!("{head}{}{tail}", middle.trim());
    list.split(',').map(one).collect()
}

/// Is there a test function of this name in the module or folder that it is said to be in?
fn is_test(name: &str, files: &[File]) -> bool {
    let (module, function) = name.rsplit_once("::").unwrap_or(("", name));
    let module = module.replace("::", "/");
    let is_in = |file: &&File| {
        ["src/", "tests/"].iter().any(|root| {
            let below = file.path.strip_prefix(root);
            let rest = below.and_then(|path| path.strip_prefix(&module));
            rest.is_some_and(|rest| rest.starts_with('/') || rest == ".rs")
        })
    };
    files
        .iter()
        .filter(is_in)
        .any(|file| has_test(&file.text, function))
}

/// Is there a function of this name that is a test by its attributes, or by a list of `tests!`?
fn has_test(text: &str, function: &str) -> bool {
    let starts = [format!("fn {function}("), format!("async fn {function}(")];
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let is_marked = |at: usize| {
        let above = lines[..at].iter().rev();
        let mut attributes = above.take_while(|line| line.starts_with("#["));
        attributes.any(|line| line.starts_with("#[test") || line.starts_with("#[tokio::test"))
    };
    let mut lists = text.split("tests![").skip(1);
    let is_listed = lists.any(|list| {
        let list = list.split("\n    ]").next().unwrap_or(list);
        has_word(list, function)
    });
    let is_test = |at: usize| is_listed || is_marked(at);
    (0..lines.len()).any(|at| starts.iter().any(|s| lines[at].starts_with(s)) && is_test(at))
}

/// What of a file is test: all of it, or what follows `#[cfg(test)]`.
fn tests_of(file: &File) -> String {
    let parts: Vec<&str> = file.path.split('/').collect();
    if parts.contains(&"tests") || parts.ends_with(&["tests.rs"]) {
        return file.text.clone();
    }
    let at = file.text.find("\n#[cfg(test)]");
    at.map_or_else(String::new, |at| file.text[at..].to_owned())
}

/// Is the word in the text, by itself?
fn has_word(text: &str, word: &str) -> bool {
    let is_letter = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + word.len()..]);
        !before.ends_with(is_letter) && !after.starts_with(is_letter)
    })
}

fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

/// All code and all recordings of the crate, but for this file.
fn files() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    read(root, "src", &mut files);
    read(root, "tests", &mut files);
    files.retain(|file| file.path != "tests/fidelity.rs");
    files
}

fn read(root: &Path, folder: &str, files: &mut Vec<File>) {
    for entry in fs::read_dir(root.join(folder)).expect("the folder can be read") {
        let entry = entry.expect("its entries can be read");
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            read(root, &path, files);
        } else if path.ends_with(".rs") || path.ends_with(".json") {
            let text = fs::read_to_string(entry.path()).expect("the file is UTF-8");
            files.push(File { path, text });
        }
    }
}

mod checks {
    //! Every check can fail.

    use super::*;

    const TAG: Operation = Operation {
        service: Service::AppSync,
        name: "TagResource",
    };

    fn file(path: &str, text: &str) -> File {
        let (path, text) = (path.to_owned(), text.to_owned());
        File { path, text }
    }

    #[test]
    fn a_missing_file_is_found() {
        let here = [file("src/ops/appsync/tag_resource.rs", "")];
        let elsewhere = [file("src/ops/secretsmanager/tag_resource.rs", "")];
        assert_eq!(without_file(&[TAG], &here).len(), 0);
        assert_eq!(without_file(&[TAG], &elsewhere).len(), 1);
    }

    #[test]
    fn another_services_part_does_not_tell_of_an_operation() {
        let told = "# F\n\n## AppSync\n\n### Tags\n\n| TagResource | x |\n";
        assert_eq!(untold(&[TAG], told), [""; 0]);
        for not_told in [
            "# F\n\n## Secrets Manager\n\n| TagResource | x |\n\n## AppSync\n\n| a | b |\n",
            "# F\n\n## AppSync\n\n| UntagResource | TagResources |\n",
            "",
        ] {
            assert_eq!(untold(&[TAG], not_told).len(), 1, "{not_told}");
        }
    }

    #[test]
    fn only_a_test_of_its_service_names_an_operation() {
        for named in [
            file("tests/appsync/sdk.rs", "client.tag_resource()"),
            file("tests/http/sdk.rs", "\"TagResource\""),
            file("src/ops/appsync/x.rs", "code\n#[cfg(test)]\n// TagResource"),
        ] {
            assert_eq!(untested(&[TAG], &[named]), [""; 0]);
        }
        for unnamed in [
            file("tests/secretsmanager/sdk.rs", "client.tag_resource()"),
            file("tests/appsync/sdk.rs", "client.untag_resource()"),
            file("src/ops/appsync/x.rs", "TagResource\n#[cfg(test)]\n"),
        ] {
            let path = unnamed.path.clone();
            assert_eq!(untested(&[TAG], &[unnamed]).len(), 1, "{path}");
        }
    }

    #[test]
    fn a_test_is_looked_for_where_it_is_said_to_be() {
        let test = "    #[tokio::test]\n    #[expect(x)]\n    async fn it_holds() {\n";
        let row = |name: &str| format!("| it holds | ? | `replay`, `{name}` |");
        let missing = |name: &str, file: File| missing_tests(&row(name), &[file]).len();
        let in_state = || file("src/state/secrets/tests.rs", test);
        let in_tests = || file("tests/appsync/keys.rs", test);
        assert_eq!(missing("state::secrets::it_holds", in_state()), 0);
        assert_eq!(missing("appsync::keys::it_holds", in_tests()), 0);
        assert_eq!(missing("appsync::it_holds", in_tests()), 0);
        assert_eq!(missing("appsync::key::it_holds", in_tests()), 1);
        assert_eq!(missing("appsync::keys::it_held", in_tests()), 1);
        assert_eq!(missing("appsync::keys::it_hold", in_tests()), 1);
        assert_eq!(missing("appsync::keys::{it_holds, it_held}", in_tests()), 1);
        let listed = "tests![\n        [] async it_holds,\n    ]\n}\nasync fn it_holds() {";
        let listed = || file("tests/lambda/hard.rs", listed);
        assert_eq!(missing("lambda::hard::it_holds", listed()), 0);
        assert_eq!(missing("lambda::hard::it_hold", listed()), 1);
        let no_test = file("tests/appsync/keys.rs", "#[must_use]\nfn it_holds() {");
        assert_eq!(missing("appsync::keys::it_holds", no_test), 1);
    }

    #[test]
    fn braces_stand_for_several_names() {
        assert_eq!(expand("a::{b, c}"), ["a::b", "a::c"]);
        assert_eq!(expand("a::on_{b,c}_are"), ["a::on_b_are", "a::on_c_are"]);
        assert_eq!(expand("a::b"), ["a::b"]);
    }
}
