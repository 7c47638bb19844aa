//! Who may name whom.

use crate::finding::Finding;
use crate::workspace::Source;

/// The emulator's modules; each may name those before its line, and itself.
const EMULATOR: &[&[&str]] = &[
    &["defect"],
    &["time"],
    &["ids"],
    &["entropy"],
    &["fault"],
    &["state"],
    &["settings"],
    &["wire"],
    &["ops", "graphql"],
    &["realtime"],
    &["engine"],
    &["race"],
    &["guard"],
    &["connection"],
    &["invoke"],
    &["http"],
];

/// The rotator's modules, in the same way.
const ROTATOR: &[&[&str]] = &[
    &["marker"],
    &["key"],
    &["redact"],
    &["error"],
    &["event", "clock", "secret_value", "sdk", "socket"],
    &["config"],
    &["expiry", "labels"],
    &["aws", "retire"],
    &["standing"],
    &["known", "tally"],
    &["emf"],
    &["steps"],
    &["handler"],
    &["operator"],
    &["connect"],
];

/// The harness's modules, in the same way. What a run happens in is below what judges it, and what
/// is told of it above.
const HARNESS: &[&[&str]] = &[
    &[
        "clock", "halt", "draw", "event", "link", "logs", "input", "output", "invoked",
    ],
    &["call"],
    &["scenario"],
    &["target"],
    &["history"],
    &["oracle"],
    &["record"],
    &["function"],
    &["subject"],
    &["mutants"],
    &["suite"],
    &["run"],
    &["explore"],
    &["report"],
    &["cli"],
];

/// Parts of the harness that judge, and what of the emulator they must not know.
const JUDGES: [&str; 3] = ["history", "oracle", "record"];
const JUDGED: [&str; 3] = ["state", "wire", "ops"];

/// Crates that the emulator's rules do without.
const IMPURE: [&str; 5] = ["serde_json", "tokio", "axum", "http", "hyper"];

/// A module names only modules of the layers before its own.
pub(crate) fn order(source: &Source) -> Vec<Finding> {
    let layers = [
        ("emulator", EMULATOR),
        ("rotator", ROTATOR),
        ("harness", HARNESS),
    ];
    let of_crate = layers
        .into_iter()
        .find_map(|(name, layers)| Some((layers, source.below_src(name)?)));
    of_crate.map_or_else(Vec::new, |(layers, path)| {
        out_of_order(source, path, layers)
    })
}

fn out_of_order(source: &Source, path: &str, layers: &[&[&str]]) -> Vec<Finding> {
    let own = top_module(path);
    if source.is_test || own == "lib" || own == "main" {
        return Vec::new();
    }
    let Some(layer) = layer_of(own, layers) else {
        let cure = format!("`{own}` has no layer yet: give it one in {}", file!());
        return vec![Finding::new(source, 1, cure)];
    };
    let may_name = |name: &str| name == own || layer_of(name, layers).is_some_and(|l| l < layer);
    let code = source.code();
    let mut named = named_after(&code, "crate::");
    named.extend(named_after(&code, &"super::".repeat(depth(path))));
    let wrong = named.into_iter().filter(|(_, name)| !may_name(name));
    wrong
        .map(|(line, name)| {
            let cure = format!(
                "`{own}` must not name `{name}`, which comes after it (or is no module): \
                 move what is needed down, or hand it in"
            );
            Finding::new(source, line, cure)
        })
        .collect()
}

/// The module of the crate's root that a file belongs to.
fn top_module(path: &str) -> &str {
    let first = path.split('/').next().unwrap_or(path);
    first.trim_end_matches(".rs")
}

/// How many modules deep a file is.
fn depth(path: &str) -> usize {
    path.trim_end_matches("/mod.rs").split('/').count()
}

fn layer_of(module: &str, layers: &[&[&str]]) -> Option<usize> {
    layers.iter().position(|layer| layer.contains(&module))
}

/// The emulator's state names no crate that does IO, speaks JSON or knows a protocol.
pub(crate) fn pure_state(source: &Source) -> Vec<Finding> {
    let path = source.below_src("emulator");
    if path.is_none_or(|path| top_module(path) != "state") {
        return Vec::new();
    }
    let code = source.code();
    let impure = |name: &&str| -> Vec<Finding> {
        let uses = uses_of(&code, name);
        let cure = format!("`state` is rules only: what needs `{name}` belongs in wire or http");
        uses.map(|line| Finding::new(source, line, cure.clone()))
            .collect()
    };
    IMPURE.iter().flat_map(impure).collect()
}

/// What judges knows names, time and snapshots, never the rules that it judges.
pub(crate) fn independent_judges(source: &Source) -> Vec<Finding> {
    let path = source.below_src("harness");
    if path.is_none_or(|path| !JUDGES.contains(&top_module(path))) {
        return Vec::new();
    }
    let named = named_after(&source.code(), "keywheel_emulator::");
    let judged = named
        .into_iter()
        .filter(|(_, name)| JUDGED.contains(&name.as_str()));
    judged
        .map(|(line, name)| {
            let cure = format!(
                "a judge that shares the rules of the judged shares its bugs: \
                 do without `keywheel_emulator::{name}`"
            );
            Finding::new(source, line, cure)
        })
        .collect()
}

/// The lines in which a path begins with this crate, or in which it is imported.
fn uses_of<'a>(code: &'a [(usize, &'a str)], name: &str) -> impl Iterator<Item = usize> + 'a {
    let (path, import) = (format!("{name}::"), format!("use {name}"));
    let named = code.iter().filter(move |(_, line)| {
        starts_word(line, &path) || line.trim_end_matches(';').ends_with(&import)
    });
    named.map(|(number, _)| *number)
}

fn starts_word(line: &str, word: &str) -> bool {
    let mut places = line.match_indices(word);
    places.any(|(at, _)| !continues(&line[..at]))
}

/// Does a path or a word go on where this text ends?
fn continues(before: &str) -> bool {
    before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':')
}

/// The names that follow a path's beginning, those of a list in braces too, with their lines.
fn named_after(code: &[(usize, &str)], beginning: &str) -> Vec<(usize, String)> {
    let text: String = code.iter().flat_map(|(_, line)| [*line, "\n"]).collect();
    let starts = text.match_indices(beginning);
    let starts = starts.filter(|(at, _)| !continues(&text[..*at]));
    let named = starts.flat_map(|(at, _)| {
        let line = code[text[..at].matches('\n').count()].0;
        let names = names_at(&text[at + beginning.len()..]);
        names.into_iter().map(move |name| (line, name))
    });
    named.collect()
}

/// The first name of a path, or the first name of each path in a list.
fn names_at(text: &str) -> Vec<String> {
    let Some(list) = text.strip_prefix('{') else {
        return vec![word_at(text)];
    };
    let mut names = vec![word_at(list)];
    let mut depth = 1;
    for (at, letter) in list.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => names.push(word_at(&list[at + 1..])),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

fn word_at(text: &str) -> String {
    let text = text.trim_start();
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_');
    text[..end.unwrap_or(text.len())].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::lines;

    #[test]
    fn an_import_of_a_later_layer_is_found() {
        let engine =
            "use crate::wire::scope;\nuse crate::http::Server;\nlet x = crate::invoke::f;\n";
        assert_eq!(lines(order, "emulator/src/engine/mod.rs", engine), [2, 3]);
        let list = "use crate::{\n    state::World, wire::{a, b},\n    engine,\n};\n";
        assert_eq!(lines(order, "emulator/src/ops/x.rs", list), [1]);
        assert_eq!(lines(order, "emulator/src/http/x.rs", list), [0; 0]);
        assert_eq!(
            lines(order, "rotator/src/marker.rs", "use crate::steps;"),
            [1]
        );
    }

    #[test]
    fn a_way_round_over_super_is_found() {
        let text = "use super::shell;\nuse super::super::http::Server;\n";
        assert_eq!(lines(order, "emulator/src/engine/seam.rs", text), [2]);
        let text = "use super::http;\n";
        assert_eq!(lines(order, "emulator/src/engine/mod.rs", text), [1]);
        assert_eq!(lines(order, "emulator/src/race.rs", text), [1]);
        assert_eq!(lines(order, "emulator/src/http/mod.rs", text), [0; 0]);
    }

    #[test]
    fn peers_do_not_name_each_other_and_a_new_module_needs_a_layer() {
        assert_eq!(
            lines(order, "emulator/src/ops/x.rs", "use crate::graphql;"),
            [1]
        );
        assert_eq!(lines(order, "emulator/src/surprise.rs", "\n"), [1]);
        assert_eq!(
            lines(order, "emulator/src/lib.rs", "use crate::http;"),
            [0; 0]
        );
    }

    #[test]
    fn comments_and_tests_may_name_anything() {
        let text = "//! [`crate::http`]\n#[cfg(test)]\nmod tests {\n    use crate::http;\n}\n";
        assert_eq!(lines(order, "emulator/src/ids.rs", text), [0; 0]);
    }

    #[test]
    fn json_and_io_in_the_state_are_found() {
        let text = "use serde_json::Value;\nuse serde::Serialize;\nfn f() -> http::Uri {}\nuse tokio;\nlet a = crate::http::x;\n";
        assert_eq!(
            lines(pure_state, "emulator/src/state/x.rs", text),
            [1, 4, 3]
        );
        assert_eq!(lines(pure_state, "emulator/src/wire/x.rs", text), [0; 0]);
    }

    #[test]
    fn a_judge_that_knows_the_rules_is_found() {
        let text = "use keywheel_emulator::ids::Step;\nuse keywheel_emulator::state::World;\nuse keywheel_emulator::{time, ops::rows};\n";
        for judge in ["oracle/served.rs", "record/run.rs", "history.rs"] {
            let path = format!("harness/src/{judge}");
            assert_eq!(lines(independent_judges, &path, text), [2, 3]);
        }
        assert_eq!(
            lines(independent_judges, "harness/src/run/world/mod.rs", text),
            [0; 0]
        );
    }
}
