//! What the library finds wrong with a document, in the words of the one that AWS uses.

use apollo_compiler::Schema;
use apollo_compiler::ast::{Document, Value};
use apollo_compiler::diagnostic::{Diagnostic, ToCliReport};
use apollo_compiler::validation::{DiagnosticData, DiagnosticList};

use super::graphql_error::{GraphqlError, Location};
use super::place::Place;

/// How many errors are told at most: the default of the library that AWS uses [INF].
const ERRORS_MAX: usize = 100;

/// A kind of error: the library's name for it, AWS's name, and AWS's text. In the text `{0}` to
/// `{3}` are the names that the library's text quotes; `{field}`, `{type}`, `{argument}` and
/// `{value}` are taken from the place.
struct Wording(&'static str, &'static str, &'static str);

/// [REC] where a test of this file says so, else as in the library that AWS uses [INF].
const WORDINGS: &[Wording] = &[
    Wording(
        "UndefinedField",
        "FieldUndefined",
        "Field '{1}' in type '{0}' is undefined",
    ),
    Wording(
        "SubselectionOnScalarType",
        "SubSelectionNotAllowed",
        "Sub selection not allowed on leaf type {type} of field {field}",
    ),
    Wording(
        "SubselectionOnEnumType",
        "SubSelectionNotAllowed",
        "Sub selection not allowed on leaf type {type} of field {field}",
    ),
    Wording(
        "MissingSubselection",
        "SubSelectionRequired",
        "Sub selection required for type {type} of field {field}",
    ),
    Wording(
        "UndefinedArgument",
        "UnknownArgument",
        "Unknown field argument {0}",
    ),
    Wording(
        "RequiredArgument",
        "MissingFieldArgument",
        "Missing field argument {0}",
    ),
    Wording(
        "RequiredField",
        "WrongType",
        "argument '{argument}' with value '{value}' is missing required fields '[{0}]'",
    ),
    Wording(
        "UndefinedInputValue",
        "WrongType",
        "argument '{argument}' with value '{value}' contains a field not in '{1}': '{0}'",
    ),
    Wording(
        "UndefinedEnumValue",
        "WrongType",
        "argument '{argument}' with value '{value}' is not a valid '{1}'",
    ),
    Wording(
        "UnsupportedValueType",
        "WrongType",
        "argument '{argument}' with value '{value}' is not a valid '{expected}'",
    ),
    Wording(
        "IntCoercionError",
        "WrongType",
        "argument '{argument}' with value '{value}' is not a valid 'Int'",
    ),
    Wording(
        "FloatCoercionError",
        "WrongType",
        "argument '{argument}' with value '{value}' is not a valid 'Float'",
    ),
    Wording(
        "DisallowedVariableUsage",
        "VariableTypeMismatch",
        "Variable type '{1}' doesn't match expected type '{3}'",
    ),
    Wording(
        "UndefinedVariable",
        "UndefinedVariable",
        "Undefined variable {0}",
    ),
    Wording("UnusedVariable", "UnusedVariable", "Unused variable {0}"),
    Wording(
        "UniqueVariable",
        "DuplicateVariableName",
        "There can be only one variable named '{0}'",
    ),
    Wording(
        "UniqueArgument",
        "DuplicateArgumentNames",
        "There can be only one argument named '{0}'",
    ),
    Wording(
        "UndefinedFragment",
        "UndefinedFragment",
        "Undefined fragment {0}",
    ),
    Wording("UnusedFragment", "UnusedFragment", "Unused fragment {0}"),
    Wording(
        "RecursiveFragmentDefinition",
        "FragmentCycles",
        "Fragment cycles not allowed",
    ),
    Wording(
        "FragmentNameCollision",
        "DuplicateFragmentName",
        "There can be only one fragment named '{0}'",
    ),
    Wording(
        "OperationNameCollision",
        "DuplicateOperationName",
        "There can be only one operation named '{0}'",
    ),
    Wording(
        "AmbiguousAnonymousOperation",
        "LoneAnonymousOperationViolation",
        "Anonymous operation with other operations.",
    ),
    Wording(
        "UndefinedTypeInNamedFragmentTypeCondition",
        "UnknownType",
        "Unknown type {0}",
    ),
    Wording(
        "UndefinedTypeInInlineFragmentTypeCondition",
        "UnknownType",
        "Unknown type {0}",
    ),
    Wording("UndefinedDefinition", "UnknownType", "Unknown type {0}"),
    Wording(
        "InvalidFragmentSpread",
        "InvalidFragmentType",
        "Fragment cannot be spread here",
    ),
    Wording(
        "UndefinedDirective",
        "UnknownDirective",
        "Unknown directive {0}",
    ),
    Wording(
        "ConflictingFieldName",
        "FieldsConflict",
        "{0}: they are different fields",
    ),
    Wording(
        "ConflictingFieldArgument",
        "FieldsConflict",
        "{0}: they have differing arguments",
    ),
    Wording(
        "ConflictingFieldType",
        "FieldsConflict",
        "{0}: they return differing types",
    ),
];

/// The errors of a document, as AWS tells them.
pub(super) fn told(
    errors: &DiagnosticList,
    document: &Document,
    schema: &Schema,
) -> Vec<GraphqlError> {
    let tell = |error| tell(&error, document, schema);
    errors.iter().filter_map(tell).take(ERRORS_MAX).collect()
}

fn tell(
    error: &Diagnostic<'_, DiagnosticData>,
    document: &Document,
    schema: &Schema,
) -> Option<GraphqlError> {
    let offset = error.error.location().map(|place| place.offset());
    let place = offset.map(|offset| Place::at(document, schema, offset));
    let place = place.unwrap_or_default();
    // The library does not count undefined fields among the selected ones.
    let selects = place
        .field
        .is_some_and(|field| !field.selection_set.is_empty());
    if selects && error.error.unstable_error_name() == Some("MissingSubselection") {
        return None;
    }
    let around = place
        .argument
        .and_then(|argument| argument.line_column_range(&document.sources))
        .or_else(|| place.field?.line_column_range(&document.sources));
    let at = around.or_else(|| error.line_column_range());
    let message = text(error.error, &place);
    let at = at.map(|range| Location::from(range.start));
    Some(GraphqlError::invalid(at, message))
}

/// A literal that is no value of its scalar [REC].
pub(super) fn wrong_literal(place: &Place<'_>, scalar: &str, document: &Document) -> GraphqlError {
    let at = place
        .argument
        .and_then(|argument| argument.line_column_range(&document.sources));
    let (argument, path) = (place.argument_path(), place.path.join("/"));
    let value = place.value.map(shown).unwrap_or_default();
    let message = format!(
        "Validation error of type WrongType: argument '{argument}' with value '{value}' is not a \
         valid '{scalar}' @ '{path}'"
    );
    GraphqlError::invalid(at.map(|range| range.start.into()), message)
}

fn text(error: &DiagnosticData, place: &Place<'_>) -> String {
    let told = error.to_string();
    let name = error.unstable_error_name().unwrap_or("InvalidSyntax");
    if name == "UndefinedRootOperation" {
        // [REC] for all three.
        return match told.split('`').nth(1) {
            Some("mutation") => "Schema is not configured for mutations.".to_owned(),
            Some("subscription") => "Schema is not configured for subscriptions.".to_owned(),
            _ => "Schema is not configured for root query.".to_owned(),
        };
    }
    let known = WORDINGS.iter().find(|wording| wording.0 == name);
    let (kind, text) = match known {
        Some(Wording(_, kind, text)) => (*kind, filled(text, &told, place)),
        None => (name, told),
    };
    let path = match place.path.join("/") {
        path if path.is_empty() => String::new(),
        path => format!(" @ '{path}'"),
    };
    format!("Validation error of type {kind}: {text}{path}")
}

fn filled(text: &str, told: &str, place: &Place<'_>) -> String {
    let mut filled = text.to_owned();
    for (number, quoted) in told.split('`').skip(1).step_by(2).enumerate() {
        filled = filled.replace(&format!("{{{number}}}"), bare(quoted));
    }
    let field = place.path.last().copied().unwrap_or_default();
    let expected = told
        .split("type ")
        .nth(1)
        .and_then(|rest| rest.split(',').next());
    filled
        .replace("{field}", field)
        .replace("{type}", place.type_name.as_deref().unwrap_or_default())
        .replace("{expected}", expected.unwrap_or_default())
        .replace("{argument}", &place.argument_path())
        .replace("{value}", &place.value.map(shown).unwrap_or_default())
}

/// The bare name of a variable, a directive, an argument `Type.field(name:)` or a member
/// `Type.member`.
fn bare(quoted: &str) -> &str {
    let name = quoted.trim_start_matches(['$', '@']);
    let name = name.rsplit('(').next().unwrap_or(name);
    let name = name.trim_end_matches(":)");
    match name.rsplit_once('.') {
        Some((_, member)) => member,
        None => name,
    }
}

/// A value as the library of AWS prints it [REC].
fn shown(value: &Value) -> String {
    let all = |values: Vec<String>| format!("[{}]", values.join(", "));
    match value {
        Value::Null => "NullValue{}".to_owned(),
        Value::Enum(name) => format!("EnumValue{{name='{name}'}}"),
        Value::Variable(name) => format!("VariableReference{{name='{name}'}}"),
        Value::String(text) => format!("StringValue{{value='{text}'}}"),
        Value::Float(number) => format!("FloatValue{{value={number}}}"),
        Value::Int(number) => format!("IntValue{{value={number}}}"),
        Value::Boolean(is_true) => format!("BooleanValue{{value={is_true}}}"),
        Value::List(items) => {
            let items = all(items.iter().map(|item| shown(item)).collect());
            format!("ArrayValue{{values={items}}}")
        }
        Value::Object(members) => {
            let member = |(name, value): &(_, apollo_compiler::Node<Value>)| {
                format!("ObjectField{{name='{name}', value={}}}", shown(value))
            };
            let members = all(members.iter().map(member).collect());
            format!("ObjectValue{{objectFields={members}}}")
        }
    }
}

#[cfg(test)]
mod tests {
    use apollo_compiler::Schema;

    use super::super::document::parse;
    use super::*;

    const SCHEMA: &str = r#"
        type Query { text: String leaf: Kind node(id: ID!): Node list(by: Filter, n: Int): [Node!] }
        type Node { id: ID! node: Node text: String deep: String }
        type Other { id: ID! }
        input Filter { name: String! kind: Kind inner: Filter }
        enum Kind { A B }
    "#;

    fn errors(text: &str) -> Vec<GraphqlError> {
        let schema = Schema::parse_and_validate(SCHEMA, "schema").unwrap();
        let document = parse(text).unwrap();
        let bad = document.to_executable_validate(&schema).err();
        bad.map(|bad| told(&bad.errors, &document, &schema))
            .unwrap_or_default()
    }

    #[track_caller]
    fn assert_told(text: &str, message: &str) {
        let errors = errors(text);
        let messages: Vec<_> = errors.iter().map(GraphqlError::message).collect();
        assert_eq!(messages, [message], "{text}");
    }

    #[test]
    fn an_undefined_field_reads_as_recorded() {
        assert_eq!(
            serde_json::to_string(&errors("{badfield}")).unwrap(),
            r#"[{"path":null,"locations":[{"line":1,"column":2,"sourceName":null}],"message":"Validation error of type FieldUndefined: Field 'badfield' in type 'Query' is undefined @ 'badfield'"}]"#
        );
        assert_told(
            "{ list { node { x } } }",
            "Validation error of type FieldUndefined: Field 'x' in type 'Node' is undefined \
             @ 'list/node/x'",
        );
    }

    /// [REC]: users' reports to Amplify and AppSync of 2019 to 2024.
    #[test]
    fn errors_that_users_reported_read_as_recorded() {
        for (text, message) in [
            (
                "{ text { a } }",
                "SubSelectionNotAllowed: Sub selection not allowed on leaf type String of field \
                 text @ 'text'",
            ),
            (
                "{ list { node } }",
                "SubSelectionRequired: Sub selection required for type Node of field node \
                 @ 'list/node'",
            ),
            (
                "{ node { id } }",
                "MissingFieldArgument: Missing field argument id @ 'node'",
            ),
            (
                "query($v: String!) { node(id: $v) { id } }",
                "VariableTypeMismatch: Variable type 'String!' doesn't match expected type 'ID!' \
                 @ 'node'",
            ),
            (
                "{ list(by: {name: \"a\", inner: {kind: A}}) { id } }",
                "WrongType: argument 'by.inner' with value 'ObjectValue{objectFields=[ObjectField{\
                 name='kind', value=EnumValue{name='A'}}]}' is missing required fields '[name]' \
                 @ 'list'",
            ),
            (
                "{ list(n: \"2019\") { id } }",
                "WrongType: argument 'n' with value 'StringValue{value='2019'}' is not a valid \
                 'Int' @ 'list'",
            ),
        ] {
            assert_told(text, &format!("Validation error of type {message}"));
        }
    }

    #[test]
    fn every_other_kind_has_its_wording() {
        for (text, message) in [
            (
                "{ leaf { a } }",
                "SubSelectionNotAllowed: Sub selection not allowed on leaf type Kind of field leaf @ 'leaf'",
            ),
            (
                "{ text(a: 1) }",
                "UnknownArgument: Unknown field argument a @ 'text'",
            ),
            (
                "{ list(by: {name: \"a\", x: 1}) { id } }",
                "WrongType: argument 'by.x' with value 'IntValue{value=1}' contains a field not in 'Filter': 'x' @ 'list'",
            ),
            (
                "{ list(by: {name: \"a\", kind: C}) { id } }",
                "WrongType: argument 'by.kind' with value 'EnumValue{name='C'}' is not a valid 'Kind' @ 'list'",
            ),
            (
                "{ list(n: 9999999999) { id } }",
                "WrongType: argument 'n' with value 'IntValue{value=9999999999}' is not a valid 'Int' @ 'list'",
            ),
            (
                "{ node(id: $v) { id } }",
                "UndefinedVariable: Undefined variable v @ 'node'",
            ),
            (
                "query($v: Int) { text }",
                "UnusedVariable: Unused variable v",
            ),
            ("{ ...F }", "UndefinedFragment: Undefined fragment F"),
            (
                "{ text } fragment F on Query { text }",
                "UnusedFragment: Unused fragment F @ 'F'",
            ),
            (
                "{ ... on Person { a } }",
                "UnknownType: Unknown type Person",
            ),
            (
                "{ text @nope }",
                "UnknownDirective: Unknown directive nope @ 'text'",
            ),
            (
                "{ list { a: text a: deep } }",
                "FieldsConflict: a: they are different fields @ 'list/deep'",
            ),
        ] {
            assert_told(text, &format!("Validation error of type {message}"));
        }
        let unknown = &errors("query($v: Person) { list(n: $v) { id } }")[0];
        assert_eq!(
            unknown.message(),
            "Validation error of type UnknownType: Unknown type Person"
        );
        assert_told("mutation { a }", "Schema is not configured for mutations.");
        assert_told(
            "subscription { a }",
            "Schema is not configured for subscriptions.",
        );
    }

    #[test]
    fn cycles_of_fragments_are_told() {
        for text in [
            "{...A} fragment A on Query{...A}",
            "{...A} fragment A on Query{...B} fragment B on Query{...A}",
        ] {
            let errors = errors(text);
            let mut messages = errors.iter().map(GraphqlError::message);
            assert!(
                messages.any(|message| message.contains("FragmentCycles")),
                "{text}"
            );
        }
    }

    #[test]
    fn a_hundred_errors_are_enough() {
        let fields = (0..200).map(|n| format!("f{n} ")).collect::<String>();
        assert_eq!(errors(&format!("{{{fields}}}")).len(), 100);
    }

    #[test]
    fn values_are_printed_as_by_the_library_of_aws() {
        let list = Value::List(vec![Value::Boolean(true).into(), Value::Null.into()]);
        assert_eq!(
            shown(&list),
            "ArrayValue{values=[BooleanValue{value=true}, NullValue{}]}"
        );
    }
}
