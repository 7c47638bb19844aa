//! The GraphQL text as a tree, and the operation that is to run.
//!
//! Parser, validation and execution are recursive; [`NESTING_MAX`] and [`TOKENS_MAX`] bound them,
//! so that no text overflows the stack.

use std::sync::Arc;

use apollo_compiler::Node;
use apollo_compiler::ast::{self, Definition, OperationDefinition};
use apollo_compiler::parser::Parser;
use apollo_compiler::validation::DiagnosticList;

use crate::state::appsync::schema::checked::Checked;
use crate::state::appsync::schema::reading::ReadSchema;
use crate::wire::error_code::data_plane::DataPlaneError;

/// How deep a text may nest, counted as the parser does: twice for each selection set. AWS allows
/// a depth limit of 75 at most [MODEL].
const NESTING_MAX: usize = 200;

/// How many tokens a text may have: the default of the library that AWS uses [INF].
const TOKENS_MAX: usize = 15_000;

/// A text that was read, now or before.
pub(super) enum Reading {
    /// It may yet be invalid.
    New(ast::Document),
    /// It was found valid before.
    Known(Arc<Checked>),
}

impl Reading {
    /// Reads a text, unless the schema knows it.
    ///
    /// # Errors
    /// As of [`parse`].
    pub(super) fn of(text: &str, schema: Option<&ReadSchema>) -> Result<Self, DataPlaneError> {
        match schema.and_then(|schema| schema.checked().get(text)) {
            Some(known) => Ok(Self::Known(known)),
            None => parse(text).map(Self::New),
        }
    }

    /// The text as a tree.
    pub(super) fn document(&self) -> &ast::Document {
        match self {
            Self::New(document) => document,
            Self::Known(checked) => &checked.document,
        }
    }

    /// The text, if it is valid by the schema, which then knows it.
    ///
    /// # Errors
    /// What is wrong with it, and the document.
    pub(super) fn checked(
        self,
        text: &str,
        schema: &ReadSchema,
    ) -> Result<Arc<Checked>, (DiagnosticList, ast::Document)> {
        let document = match self {
            Self::Known(checked) => return Ok(checked),
            Self::New(document) => document,
        };
        let executable = match document.to_executable_validate(schema.schema()) {
            Ok(executable) => executable,
            Err(bad) => return Err((bad.errors, document)),
        };
        let checked = Arc::new(Checked {
            document,
            executable,
        });
        schema.checked().keep(text, &checked);
        Ok(checked)
    }
}

/// Reads a text.
///
/// # Errors
/// It is not an executable document with an operation in it.
pub(super) fn parse(text: &str) -> Result<ast::Document, DataPlaneError> {
    let mut parser = Parser::new()
        .recursion_limit(NESTING_MAX)
        .token_limit(TOKENS_MAX);
    let document = parser.parse_ast(text, "query");
    let document = document.map_err(|_| DataPlaneError::QueryUnparsable)?;
    let is_executable = document
        .definitions
        .iter()
        .all(Definition::is_executable_definition);
    if is_executable && operations(&document).next().is_some() {
        Ok(document)
    } else {
        Err(DataPlaneError::QueryUnparsable)
    }
}

/// The operation of a name, or the only one.
///
/// # Errors
/// There are several and no name was given [EMU], or none has the name [?].
pub(super) fn choose<'a>(
    document: &'a ast::Document,
    name: Option<&str>,
) -> Result<&'a Node<OperationDefinition>, DataPlaneError> {
    let mut operations = operations(document);
    match name {
        Some(name) => operations
            .find(|operation| operation.name.as_deref() == Some(name))
            .ok_or_else(|| DataPlaneError::OperationUnknown(name.to_owned())),
        None => match (operations.next(), operations.next()) {
            (Some(only), None) => Ok(only),
            _ => Err(DataPlaneError::OperationNameMissing),
        },
    }
}

fn operations(document: &ast::Document) -> impl Iterator<Item = &Node<OperationDefinition>> {
    document
        .definitions
        .iter()
        .filter_map(Definition::as_operation_definition)
}

#[cfg(test)]
mod tests {
    use super::*;

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
            "{ ü }",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert!(parse("query A { a } query B { b }").is_ok());
    }

    #[test]
    fn one_of_several_operations_is_chosen_by_name() {
        let document = parse("query A{a} query B{b}").unwrap();
        let chosen = |name| choose(&document, name).map(|chosen| chosen.name.clone().unwrap());
        assert_eq!(chosen(None), Err(DataPlaneError::OperationNameMissing));
        assert_eq!(
            chosen(Some("C")),
            Err(DataPlaneError::OperationUnknown("C".to_owned()))
        );
        assert_eq!(chosen(Some("B")).unwrap().as_str(), "B");
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
                assert!(parse(&text).is_err(), "{}", &text[..20]);
            }
        }
    }

    #[test]
    fn the_depth_that_aws_allows_is_read() {
        let text = format!("{}{}", "{a".repeat(75), "}".repeat(75));
        assert!(parse(&text).is_ok());
    }
}
