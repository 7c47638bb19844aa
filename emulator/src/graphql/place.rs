//! Where in a document something stands: the path of fields that leads there, with their types.

use apollo_compiler::ast::{Argument, Definition, Document, Field, Selection, Value};
use apollo_compiler::{Name, Node, Schema};

/// What surrounds a place in a document.
#[derive(Debug, Default)]
pub(super) struct Place<'a> {
    /// The names of the fields that lead to it, from the operation or fragment on.
    pub(super) path: Vec<&'a str>,
    /// The innermost field.
    pub(super) field: Option<&'a Node<Field>>,
    /// The type of that field, where the schema knows it.
    pub(super) type_name: Option<String>,
    /// The argument of that field.
    pub(super) argument: Option<&'a Node<Argument>>,
    /// The names of the members of input objects that lead on from the argument.
    pub(super) members: Vec<&'a str>,
    /// The innermost value.
    pub(super) value: Option<&'a Value>,
}

impl<'a> Place<'a> {
    /// Finds what surrounds an offset.
    pub(super) fn at(document: &'a Document, schema: &Schema, offset: usize) -> Self {
        let mut place = Self::default();
        for definition in &document.definitions {
            match definition {
                Definition::OperationDefinition(operation) if holds(operation, offset) => {
                    let root = schema.root_operation(operation.operation_type).cloned();
                    place.descend(&operation.selection_set, root, schema, offset);
                }
                Definition::FragmentDefinition(fragment) if holds(fragment, offset) => {
                    place.path.push(fragment.name.as_str());
                    let on = Some(fragment.type_condition.clone());
                    place.descend(&fragment.selection_set, on, schema, offset);
                }
                _ => {}
            }
        }
        place
    }

    fn descend(
        &mut self,
        selections: &'a [Selection],
        parent: Option<Name>,
        schema: &Schema,
        offset: usize,
    ) {
        for selection in selections {
            match selection {
                Selection::Field(field) if holds(field, offset) => {
                    self.path.push(field.name.as_str());
                    let definition = parent.as_ref().and_then(|parent| {
                        let found = schema.type_field(parent, &field.name);
                        found.ok()
                    });
                    self.type_name = definition.map(|definition| definition.ty.to_string());
                    self.field = Some(field);
                    self.look_into_arguments(field, offset);
                    let inner = definition.map(|definition| definition.ty.inner_named_type());
                    return self.descend(&field.selection_set, inner.cloned(), schema, offset);
                }
                Selection::InlineFragment(inline) if holds(inline, offset) => {
                    let on = inline.type_condition.clone().or(parent);
                    return self.descend(&inline.selection_set, on, schema, offset);
                }
                _ => {}
            }
        }
    }

    fn look_into_arguments(&mut self, field: &'a Field, offset: usize) {
        let found = field
            .arguments
            .iter()
            .find(|argument| holds(argument, offset));
        let Some(argument) = found else { return };
        self.argument = Some(argument);
        self.value = Some(&argument.value);
        let mut value = &argument.value;
        while let Value::Object(members) = &**value {
            let inner = members.iter().find(|(_, inner)| holds(inner, offset));
            let Some((name, inner)) = inner else { return };
            self.members.push(name.as_str());
            self.value = Some(inner);
            value = inner;
        }
    }

    /// The argument and the members that lead to the place, with dots between them.
    pub(super) fn argument_path(&self) -> String {
        let argument = self.argument.map(|argument| argument.name.as_str());
        let names: Vec<_> = argument
            .into_iter()
            .chain(self.members.iter().copied())
            .collect();
        names.join(".")
    }
}

fn holds<T>(node: &Node<T>, offset: usize) -> bool {
    node.location()
        .is_some_and(|place| (place.offset()..place.end_offset()).contains(&offset))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_knows_its_path_its_type_and_its_argument() {
        let schema = "type Query { a(b: In): [A!] } type A { c(d: Int): Int! } input In { x: In }";
        let schema = Schema::parse_and_validate(schema, "schema").unwrap();
        let text = "query($v: Int) { k: a(b: {x: {y: 1}}) { ... on A { c(d: 7) } } } \
                    fragment F on A { c }";
        let document = Document::parse(text, "query").unwrap();
        let at = |what: &str| Place::at(&document, &schema, text.rfind(what).unwrap());
        let inner = at("7");
        assert_eq!(inner.path, ["a", "c"]);
        assert_eq!(inner.type_name.as_deref(), Some("Int!"));
        assert_eq!(inner.argument_path(), "d");
        let outer = at("1}");
        assert_eq!(outer.path, ["a"]);
        assert_eq!(outer.type_name.as_deref(), Some("[A!]"));
        assert_eq!(outer.argument_path(), "b.x.y");
        assert_eq!(at("c }").path, ["F", "c"]);
        assert!(at("$v").field.is_none());
    }
}
