//! Is a document valid against the built-in schema? In the words of the library that AWS uses.

use std::collections::BTreeMap;

use super::View;
use super::document::{Document, OperationKind, Selected, Selection};
use super::graphql_error::GraphqlError;

/// How many errors are told at most: the default of the library that AWS uses [INF].
const ERRORS_MAX: usize = 100;

/// Every way in which a document is not valid.
pub(super) fn validate(document: &Document, view: View) -> Vec<GraphqlError> {
    let mut check = Check {
        document,
        view,
        errors: Vec::new(),
    };
    if let Some(fragment) = cycle(document) {
        check.fail(
            document.fragments[fragment].at,
            "FragmentCycles",
            "Fragment cycles not allowed",
        );
    }
    for operation in &document.operations {
        match operation.kind {
            OperationKind::Query => check.selections(&operation.selections),
            OperationKind::Mutation => check.unsupported(operation.at, "mutations"),
            OperationKind::Subscription => check.unsupported(operation.at, "subscriptions"),
        }
    }
    for fragment in document.fragments.values() {
        check.typed(&fragment.on, &fragment.selections, fragment.at);
    }
    check.errors
}

struct Check<'a> {
    document: &'a Document,
    view: View,
    errors: Vec<GraphqlError>,
}

impl Check<'_> {
    fn fail(&mut self, at: usize, kind: &str, text: &str) {
        self.tell(at, format!("Validation error of type {kind}: {text}"));
    }

    fn unsupported(&mut self, at: usize, what: &str) {
        self.tell(at, format!("Schema is not configured for {what}."));
    }

    fn tell(&mut self, at: usize, message: String) {
        if self.errors.len() < ERRORS_MAX {
            let location = self.document.location(at);
            self.errors.push(GraphqlError::invalid(location, message));
        }
    }

    /// Selections on `Query`.
    fn selections(&mut self, selections: &[Selection]) {
        for selection in selections {
            match &selection.what {
                Selected::Field {
                    name, selections, ..
                } => {
                    self.field(name, selections, selection.at);
                }
                Selected::Spread { fragment } => self.spread(fragment, selection.at),
                Selected::Inline {
                    on: None,
                    selections,
                } => self.selections(selections),
                Selected::Inline {
                    on: Some(on),
                    selections,
                } => {
                    self.typed(on, selections, selection.at);
                }
            }
        }
    }

    fn field(&mut self, name: &str, selections: &[Selection], at: usize) {
        let is_introspection = matches!(name, "__schema" | "__type");
        match name {
            "__typename" | "_" if selections.is_empty() => {}
            "__typename" | "_" => self.fail(
                at,
                "SubSelectionNotAllowed",
                &format!("Sub selection not allowed on leaf type 'String' @ '{name}'"),
            ),
            _ if is_introspection && self.view.has_introspection => {
                if selections.is_empty() {
                    let text = format!("Sub selection required for field '{name}' @ '{name}'");
                    self.fail(at, "SubSelectionRequired", &text);
                }
                self.introspected(selections);
            }
            _ => self.fail(
                at,
                "FieldUndefined",
                &format!("Field '{name}' in type 'Query' is undefined @ '{name}'"),
            ),
        }
    }

    fn spread(&mut self, fragment: &str, at: usize) {
        if !self.document.fragments.contains_key(fragment) {
            self.fail(
                at,
                "UndefinedFragment",
                &format!("Undefined fragment '{fragment}'"),
            );
        }
    }

    /// Within introspection only the spreads are checked; fields that it lacks are null.
    fn introspected(&mut self, selections: &[Selection]) {
        for selection in selections {
            match &selection.what {
                Selected::Field { selections, .. } | Selected::Inline { selections, .. } => {
                    self.introspected(selections);
                }
                Selected::Spread { fragment } => self.spread(fragment, selection.at),
            }
        }
    }

    fn typed(&mut self, on: &str, selections: &[Selection], at: usize) {
        match on {
            "Query" => self.selections(selections),
            "__Schema" | "__Type" | "__Field" | "__InputValue" | "__EnumValue" | "__Directive" => {
                self.introspected(selections);
            }
            _ => self.fail(at, "UnknownType", &format!("Unknown type '{on}'")),
        }
    }
}

/// A fragment that leads back to itself. Fragments are taken away as soon as all that they spread
/// is gone, without recursion, since a chain of fragments may be long.
fn cycle(document: &Document) -> Option<&str> {
    let mut spread_by: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut open: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, fragment) in &document.fragments {
        let mut spreads = Vec::new();
        collect_spreads(&fragment.selections, &mut spreads);
        spreads.retain(|spread| document.fragments.contains_key(*spread));
        open.insert(name, spreads.len());
        for spread in spreads {
            spread_by.entry(spread).or_default().push(name);
        }
    }
    let mut done: Vec<&str> = open
        .iter()
        .filter(|(_, count)| **count == 0)
        .map(|(name, _)| *name)
        .collect();
    while let Some(name) = done.pop() {
        open.remove(name);
        for spreader in spread_by.get(name).into_iter().flatten() {
            if let Some(count) = open.get_mut(spreader) {
                *count -= 1;
                if *count == 0 {
                    done.push(spreader);
                }
            }
        }
    }
    open.keys().next().copied()
}

fn collect_spreads<'a>(selections: &'a [Selection], spreads: &mut Vec<&'a str>) {
    for selection in selections {
        match &selection.what {
            Selected::Field { selections, .. } | Selected::Inline { selections, .. } => {
                collect_spreads(selections, spreads);
            }
            Selected::Spread { fragment } => spreads.push(fragment),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(text: &str, has_introspection: bool) -> Vec<String> {
        let view = View {
            opens_unmarked_fields: true,
            has_introspection,
        };
        validate(&Document::parse(text).unwrap(), view)
            .iter()
            .map(|error| error.message().to_owned())
            .collect()
    }

    #[test]
    fn an_undefined_field_is_told_as_recorded() {
        let view = View {
            opens_unmarked_fields: true,
            has_introspection: true,
        };
        let errors = validate(&Document::parse("{badfield}").unwrap(), view);
        assert_eq!(
            serde_json::to_string(&errors).unwrap(),
            r#"[{"path":null,"locations":[{"line":1,"column":2,"sourceName":null}],"message":"Validation error of type FieldUndefined: Field 'badfield' in type 'Query' is undefined @ 'badfield'"}]"#
        );
    }

    #[test]
    fn without_introspection_only_the_type_name_is_left() {
        assert_eq!(
            messages("{__typename __schema{queryType{name}}}", true),
            Vec::<String>::new()
        );
        assert_eq!(
            messages("{__typename __schema{queryType{name}}}", false),
            [
                "Validation error of type FieldUndefined: Field '__schema' in type 'Query' is \
              undefined @ '__schema'"
            ]
        );
    }

    #[test]
    fn fragments_are_checked() {
        let valid = "{...A ... on Query{_} ...{_}} fragment A on Query{__typename}";
        assert_eq!(messages(valid, true), Vec::<String>::new());
        for (text, kind) in [
            ("{...B}", "UndefinedFragment"),
            (
                "{...A} fragment A on Query{...B} fragment B on Query{...A}",
                "FragmentCycles",
            ),
            ("{...A} fragment A on Query{...A}", "FragmentCycles"),
            ("{... on Person{name}}", "UnknownType"),
            ("{_{a}}", "SubSelectionNotAllowed"),
            ("{__schema}", "SubSelectionRequired"),
        ] {
            let messages = messages(text, true);
            assert_eq!(messages.len(), 1, "{text}: {messages:?}");
            assert!(messages[0].contains(kind), "{text}: {messages:?}");
        }
    }

    #[test]
    fn a_fragment_may_be_spread_twice() {
        let text = "{...A ...A} fragment A on Query{...B ...B} fragment B on Query{_}";
        assert_eq!(messages(text, true), Vec::<String>::new());
    }

    #[test]
    fn there_is_no_mutation_type() {
        assert_eq!(
            messages("mutation{a}", true),
            ["Schema is not configured for mutations."]
        );
    }

    #[test]
    fn a_hundred_errors_are_enough() {
        let fields = (0..200).map(|n| format!("f{n} ")).collect::<String>();
        assert_eq!(messages(&format!("{{{fields}}}"), true).len(), 100);
    }
}
