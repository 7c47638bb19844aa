//! The style and the layers, as tests over every source file of the workspace.
//!
//! `workspace` reads the files and follows the `mod` lines; `layers` holds who may name whom;
//! `words` holds what may stand in a line; `texts` holds that
//! no text of our own is read back; `shape` holds what a file as a whole must be. Each rule
//! is a function from a file to findings, with a test beside it that it can fail.

mod finding;
mod layers;
mod shape;
mod texts;
mod words;
mod workspace;

use finding::Finding;
use workspace::Source;

/// Every finding of a rule, or of several, in the workspace.
fn hold(rules: &[fn(&Source) -> Vec<Finding>]) {
    let sources = workspace::read();
    assert!(sources.len() > 200, "the workspace is read");
    let findings = sources
        .iter()
        .flat_map(|source| rules.iter().flat_map(move |rule| rule(source)));
    let told: Vec<String> = findings.map(|finding| finding.to_string()).collect();
    assert!(told.is_empty(), "\n{}", told.join("\n"));
}

#[test]
fn modules_name_only_the_layers_before_them() {
    hold(&[layers::order]);
}

#[test]
fn the_state_is_pure() {
    hold(&[layers::pure_state]);
}

#[test]
fn the_judges_do_not_share_the_rules_of_the_judged() {
    hold(&[layers::independent_judges]);
}

#[test]
fn clocks_and_randomness_have_one_place() {
    hold(&[words::clock, words::randomness]);
}

#[test]
fn error_codes_have_one_place() {
    hold(&[words::error_code]);
}

#[test]
fn nobody_reads_what_our_own_code_wrote() {
    hold(&[texts::own_texts, texts::told_history]);
}

#[test]
fn nothing_is_left_undone_or_waved_through() {
    hold(&[words::unfinished, words::allowed, words::hash_order]);
}

#[test]
fn files_are_short_documented_and_alive() {
    hold(&[
        shape::module_doc,
        shape::length,
        shape::alive,
        shape::listed,
    ]);
}
