//! Questions about the schema itself: whether they may be asked, and whether they ask too much.

use std::collections::BTreeMap;

use apollo_compiler::ExecutableDocument;
use apollo_compiler::executable::{Field, Operation, Selection, SelectionSet};
use apollo_compiler::introspection::check_max_depth;
use apollo_compiler::validation::Valid;

use super::execute::Conditions;
use super::graphql_error::GraphqlError;

/// How many members an answer may have at most, by an estimate that is never too low: the standard
/// question of tools asks a schema of 10,000 definitions for 2 million.
const MEMBERS_MAX: usize = 10_000_000;

/// Why the question cannot be answered.
pub(super) fn refusals(
    operation: &Operation,
    document: &Valid<ExecutableDocument>,
    conditions: &Conditions,
) -> Vec<GraphqlError> {
    let asked: Vec<&Field> = operation
        .root_fields(document)
        .map(|field| &**field)
        .filter(|field| matches!(field.name.as_str(), "__schema" | "__type"))
        .collect();
    if asked.is_empty() {
        return Vec::new();
    }
    if !conditions.has_introspection {
        let undefined = |field: &&Field| undefined(field, operation, document);
        return asked.iter().map(undefined).collect();
    }
    let mut weights = Weights {
        document,
        of_fragments: BTreeMap::new(),
    };
    let weights = asked.iter().map(|field| weights.of(&field.selection_set));
    let selections = weights.fold(0, usize::saturating_add);
    let members = selections.saturating_mul(conditions.schema.size());
    let is_too_much = members > MEMBERS_MAX || check_max_depth(document, operation).is_err();
    let error = || GraphqlError::invalid(None, "Introspection asks for too much.".to_owned());
    is_too_much.then(error).into_iter().collect()
}

/// Where introspection is disabled its fields are undefined [DOCS].
fn undefined(field: &Field, operation: &Operation, document: &ExecutableDocument) -> GraphqlError {
    let (name, object) = (&field.name, operation.object_type());
    let at = field.name.line_column_range(&document.sources);
    let message = format!(
        "Validation error of type FieldUndefined: Field '{name}' in type '{object}' is undefined \
         @ '{name}'"
    );
    GraphqlError::invalid(at.map(|range| range.start.into()), message)
}

/// How many members selections ask of one thing, with all fragments written out.
struct Weights<'a> {
    document: &'a ExecutableDocument,
    of_fragments: BTreeMap<&'a str, usize>,
}

impl<'a> Weights<'a> {
    fn of(&mut self, set: &'a SelectionSet) -> usize {
        let all = set.selections.iter();
        all.fold(0, |sum, selection| {
            sum.saturating_add(self.of_selection(selection))
        })
    }

    fn of_selection(&mut self, selection: &'a Selection) -> usize {
        match selection {
            Selection::Field(field) => self.of(&field.selection_set).saturating_add(1),
            Selection::InlineFragment(inline) => self.of(&inline.selection_set),
            Selection::FragmentSpread(spread) => {
                let name = spread.fragment_name.as_str();
                if let Some(known) = self.of_fragments.get(name) {
                    return *known;
                }
                let fragment = self.document.fragments.get(name);
                let weight = fragment.map_or(0, |fragment| self.of(&fragment.selection_set));
                self.of_fragments.insert(name, weight);
                weight
            }
        }
    }
}
