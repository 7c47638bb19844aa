//! The GraphQL text, read into a small tree.
//!
//! The parser and the walks over the tree are recursive; [`NESTING_MAX`] and [`TOKENS_MAX`] bound
//! them, so that no text overflows the stack.

use std::collections::BTreeMap;

use apollo_parser::Parser;
use apollo_parser::cst::{self, CstNode};

/// How deep selections, lists and types may nest. AWS allows a depth limit of 75 at most [MODEL].
const NESTING_MAX: usize = 100;

/// How many tokens a text may have: the default of the library that AWS uses [INF].
const TOKENS_MAX: usize = 15_000;

/// A place in the text, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Location {
    pub(super) line: usize,
    pub(super) column: usize,
}

/// What kind of operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OperationKind {
    Query,
    Mutation,
    Subscription,
}

/// A variable that must be given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RequiredVariable {
    pub(super) name: String,
    pub(super) type_text: String,
    pub(super) at: usize,
}

/// An operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Operation {
    pub(super) name: Option<String>,
    pub(super) kind: OperationKind,
    pub(super) required_variables: Vec<RequiredVariable>,
    pub(super) selections: Vec<Selection>,
    pub(super) at: usize,
}

/// A fragment that has a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fragment {
    pub(super) on: String,
    pub(super) selections: Vec<Selection>,
    pub(super) at: usize,
}

/// What `@skip` and `@include` are given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Flag {
    Literal(bool),
    Variable(String),
}

/// Whether a selection counts: only if every flag has the value that it should have.
pub(super) type Conditions = Vec<(Flag, bool)>;

/// One selection of a selection set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Selection {
    pub(super) what: Selected,
    pub(super) conditions: Conditions,
    pub(super) at: usize,
}

/// What is selected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Selected {
    Field {
        key: String,
        name: String,
        selections: Vec<Selection>,
    },
    Spread {
        fragment: String,
    },
    Inline {
        on: Option<String>,
        selections: Vec<Selection>,
    },
}

/// An executable document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Document {
    text: String,
    pub(super) operations: Vec<Operation>,
    pub(super) fragments: BTreeMap<String, Fragment>,
}

impl Document {
    /// Reads a text; none if it is not an executable document with an operation.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let parser = Parser::new(text)
            .recursion_limit(NESTING_MAX)
            .token_limit(TOKENS_MAX);
        let tree = parser.parse();
        if tree.errors().next().is_some() {
            return None;
        }
        let mut document = Self {
            text: text.to_owned(),
            operations: Vec::new(),
            fragments: BTreeMap::new(),
        };
        for definition in tree.document().definitions() {
            match definition {
                cst::Definition::OperationDefinition(node) => {
                    document.operations.push(operation(&node)?);
                }
                cst::Definition::FragmentDefinition(node) => {
                    let (name, fragment) = fragment(&node)?;
                    document.fragments.insert(name, fragment);
                }
                // Type definitions are not executable.
                _ => return None,
            }
        }
        (!document.operations.is_empty()).then_some(document)
    }

    /// Line and column of an offset. Only errors need them, and they are few.
    pub(super) fn location(&self, at: usize) -> Location {
        let before = self.text.get(..at).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Location {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

fn operation(node: &cst::OperationDefinition) -> Option<Operation> {
    let kind = match node.operation_type() {
        Some(kind) if kind.mutation_token().is_some() => OperationKind::Mutation,
        Some(kind) if kind.subscription_token().is_some() => OperationKind::Subscription,
        _ => OperationKind::Query,
    };
    let variables = node.variable_definitions();
    let variables = variables
        .iter()
        .flat_map(cst::VariableDefinitions::variable_definitions);
    Some(Operation {
        name: node.name().map(|name| name.text().to_string()),
        kind,
        required_variables: variables.filter_map(|node| required(&node)).collect(),
        selections: selections(node.selection_set())?,
        at: start(node),
    })
}

/// A variable without a default whose type ends in `!`.
fn required(node: &cst::VariableDefinition) -> Option<RequiredVariable> {
    let cst::Type::NonNullType(kind) = node.ty()? else {
        return None;
    };
    let name = node.variable()?.name()?.text().to_string();
    let type_text = kind.syntax().text().to_string().trim().to_owned();
    let required = RequiredVariable {
        name,
        type_text,
        at: start(node),
    };
    node.default_value().is_none().then_some(required)
}

fn fragment(node: &cst::FragmentDefinition) -> Option<(String, Fragment)> {
    let name = node.fragment_name()?.name()?.text().to_string();
    let fragment = Fragment {
        on: condition(node.type_condition())?,
        selections: selections(node.selection_set())?,
        at: start(node),
    };
    Some((name, fragment))
}

fn selections(set: Option<cst::SelectionSet>) -> Option<Vec<Selection>> {
    set.iter()
        .flat_map(cst::SelectionSet::selections)
        .map(|node| selection(&node))
        .collect()
}

fn selection(node: &cst::Selection) -> Option<Selection> {
    let (what, directives) = match node {
        cst::Selection::Field(node) => (field(node)?, node.directives()),
        cst::Selection::FragmentSpread(spread) => {
            let fragment = spread.fragment_name()?.name()?.text().to_string();
            (Selected::Spread { fragment }, spread.directives())
        }
        cst::Selection::InlineFragment(inline) => {
            let on = condition(inline.type_condition());
            let selections = selections(inline.selection_set())?;
            (Selected::Inline { on, selections }, inline.directives())
        }
    };
    Some(Selection {
        what,
        conditions: conditions(directives),
        at: start(node),
    })
}

fn field(node: &cst::Field) -> Option<Selected> {
    let name = node.name()?.text().to_string();
    let alias = node.alias().and_then(|alias| alias.name());
    let key = alias.map_or_else(|| name.clone(), |alias| alias.text().to_string());
    Some(Selected::Field {
        key,
        name,
        selections: selections(node.selection_set())?,
    })
}

fn start(node: &impl CstNode) -> usize {
    usize::from(node.syntax().text_range().start())
}

fn condition(node: Option<cst::TypeCondition>) -> Option<String> {
    Some(node?.named_type()?.name()?.text().to_string())
}

fn conditions(directives: Option<cst::Directives>) -> Conditions {
    let all = directives.iter().flat_map(cst::Directives::directives);
    all.filter_map(|directive| {
        let wanted = match directive.name()?.text().as_str() {
            "include" => true,
            "skip" => false,
            _ => return None,
        };
        let argument = directive.arguments()?.arguments().next()?;
        let flag = match argument.value()? {
            cst::Value::BooleanValue(value) => Flag::Literal(value.true_token().is_some()),
            cst::Value::Variable(variable) => Flag::Variable(variable.name()?.text().to_string()),
            _ => return None,
        };
        Some((flag, wanted))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_count_lines_and_characters_from_one() {
        let document = Document::parse("{\n  ü: a # ü\n  b }");
        assert_eq!(document, None, "names are ASCII");
        let document = Document::parse("# ü\n{ a\n  b }").unwrap();
        let at: Vec<_> = document.operations[0]
            .selections
            .iter()
            .map(|selection| document.location(selection.at))
            .map(|location| (location.line, location.column))
            .collect();
        assert_eq!(at, [(2, 3), (3, 3)]);
    }

    #[test]
    fn only_executable_documents_are_read() {
        for text in [
            "",
            "   ",
            "type Query { a: Int }",
            "{",
            "{}",
            "query",
            "fragment F on Query { a }",
        ] {
            assert_eq!(Document::parse(text), None, "{text}");
        }
        assert!(Document::parse("query A { a } query B { b }").is_some());
    }

    #[test]
    fn depth_is_bounded_in_every_recursive_rule() {
        for depth in [NESTING_MAX * 2, 7_000, 200_000] {
            for text in [
                "{a".repeat(depth),
                format!("{}{}", "{a".repeat(depth), "}".repeat(depth)),
                format!("{{a(b:{}", "[".repeat(depth)),
                format!("{{a(b:{}", "{b:".repeat(depth)),
                format!("query($a:{}", "[".repeat(depth)),
                "...{".repeat(depth),
                format!("{}{}", "{...".repeat(depth), "}".repeat(depth)),
                "(".repeat(depth),
                format!("{{a{}}}", "@a(b:[".repeat(depth)),
            ] {
                assert_eq!(Document::parse(&text), None, "{}", &text[..20]);
            }
        }
    }

    #[test]
    fn what_the_limits_allow_is_read() {
        let depth = NESTING_MAX / 2 - 1;
        let text = format!("{}{}", "{a".repeat(depth), "}".repeat(depth));
        assert!(Document::parse(&text).is_some());
    }
}
