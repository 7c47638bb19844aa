//! Reads a schema definition over AppSync's own scalars and directives.

use std::collections::BTreeMap;
use std::fmt;

use apollo_compiler::ast;
use apollo_compiler::collections::IndexMap;
use apollo_compiler::diagnostic::ToCliReport;
use apollo_compiler::parser::Parser;
use apollo_compiler::schema::{Component, ExtendedType, FieldDefinition};
use apollo_compiler::validation::{DiagnosticList, Valid};
use apollo_compiler::{Name, Schema};

use super::checked::CheckedDocuments;

/// The directives that every AppSync schema has [DOCS].
const DIRECTIVES: &str = include_str!("directives.graphql");

/// The scalars that every AppSync schema may use without defining them [DOCS].
pub const SCALARS: [&str; 9] = [
    "AWSDate",
    "AWSDateTime",
    "AWSEmail",
    "AWSIPAddress",
    "AWSJSON",
    "AWSPhone",
    "AWSTime",
    "AWSTimestamp",
    "AWSURL",
];

/// How deep types and default values may nest.
const NESTING_MAX: usize = 100;

/// A schema without an error in it.
pub struct ReadSchema {
    schema: Valid<Schema>,
    objects: BTreeMap<Name, Vec<Name>>,
    checked: CheckedDocuments,
}

/// Why a text is no schema that AppSync takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemaFault {
    /// It is not in the schema definition language.
    Unparsable,
    /// It has neither a type `Query` nor a `schema` that names another.
    NoRoot,
    /// Its `schema` names no type for queries.
    NoQuery,
    /// A name is defined twice, or is AppSync's own.
    DuplicateName(String),
    /// A type is used that is not there.
    TypeMissing {
        /// What is of that type.
        role: TypeRole,
        /// The type that is missing.
        missing: String,
        /// The type that uses it.
        within: String,
        /// Where that type stands.
        at: Position,
    },
    /// Anything else, in the words of the library that reads schemas.
    Other {
        /// What is wrong.
        told: String,
        /// Where, if it is at one place.
        at: Option<Position>,
    },
}

/// What has a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeRole {
    /// A field or a member of a union.
    Field,
    /// A field of an input type.
    InputValue,
    /// An interface that a type implements.
    Interface,
}

/// Line and column, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
}

impl ReadSchema {
    /// Reads a schema definition.
    ///
    /// # Errors
    /// Everything that is wrong with it, at least one thing.
    pub fn read(text: &str) -> Result<Self, Vec<SchemaFault>> {
        let mut parser = Parser::new().recursion_limit(NESTING_MAX);
        let document = parser.parse_ast(text, "schema");
        let document = document.map_err(|_| vec![SchemaFault::Unparsable])?;
        let mut builder = Schema::builder();
        parser.parse_into_schema_builder(built_in(text), "appsync", &mut builder);
        let built = builder.add_ast(&document).build();
        let schema = built.map_err(|bad| faults(&bad.errors, &bad.partial))?;
        check_roots(&schema, &document)?;
        let schema = schema.validate();
        let schema = schema.map_err(|bad| faults(&bad.errors, &bad.partial))?;
        Ok(Self {
            objects: objects_by_interface(&schema),
            checked: CheckedDocuments::default(),
            schema,
        })
    }

    /// The schema.
    pub fn schema(&self) -> &Valid<Schema> {
        &self.schema
    }

    /// The documents that were found valid before.
    pub fn checked(&self) -> &CheckedDocuments {
        &self.checked
    }

    /// The object types that implement an interface, in the order of the schema.
    pub fn objects_of(&self, interface: &str) -> &[Name] {
        self.objects.get(interface).map_or(&[], Vec::as_slice)
    }

    /// How many things it defines: types, and their fields, arguments, values and members.
    pub fn size(&self) -> usize {
        self.schema.types.values().map(size_of_type).sum()
    }
}

impl fmt::Debug for ReadSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReadSchema({} types)", self.schema.types.len())
    }
}

fn objects_by_interface(schema: &Schema) -> BTreeMap<Name, Vec<Name>> {
    let mut all: BTreeMap<Name, Vec<Name>> = BTreeMap::new();
    let objects = schema.types.values().filter_map(ExtendedType::as_object);
    for object in objects {
        for interface in &object.implements_interfaces {
            let known = all.entry(interface.name.clone()).or_default();
            known.push(object.name.clone());
        }
    }
    all
}

fn size_of_type(of: &ExtendedType) -> usize {
    let of_fields = |fields: &IndexMap<Name, Component<FieldDefinition>>| {
        fields
            .values()
            .map(|field| 1 + field.arguments.len())
            .sum::<usize>()
    };
    1 + match of {
        ExtendedType::Scalar(_) => 0,
        ExtendedType::Object(object) => of_fields(&object.fields),
        ExtendedType::Interface(interface) => of_fields(&interface.fields),
        ExtendedType::Union(union) => union.members.len(),
        ExtendedType::Enum(words) => words.values.len(),
        ExtendedType::InputObject(input) => input.fields.len(),
    }
}

/// The definitions that AppSync adds: all directives, and the scalars that the text mentions, so
/// that clients who ask for the schema see no scalar that nothing uses.
fn built_in(text: &str) -> String {
    let mentioned = |scalar: &&str| {
        let mut words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        words.any(|word| word == *scalar)
    };
    let scalars = SCALARS.into_iter().filter(mentioned);
    scalars.fold(DIRECTIVES.to_owned(), |all, scalar| {
        all + "scalar " + scalar + "\n"
    })
}

/// Whether a directive is one that AppSync adds.
pub fn is_own_directive(name: &str) -> bool {
    let mut lines = DIRECTIVES.lines();
    lines.any(|line| {
        let rest = line
            .strip_prefix("directive @")
            .and_then(|line| line.strip_prefix(name));
        rest.is_some_and(|rest| rest.starts_with(['(', ' ']))
    })
}

/// Whether a scalar is one that AppSync adds.
pub fn is_own_scalar(name: &str) -> bool {
    SCALARS.contains(&name)
}

fn check_roots(schema: &Schema, document: &ast::Document) -> Result<(), Vec<SchemaFault>> {
    if schema.schema_definition.query.is_some() {
        return Ok(());
    }
    let definitions = &document.definitions;
    let is_explicit = definitions
        .iter()
        .any(|definition| definition.as_schema_definition().is_some());
    Err(vec![if is_explicit {
        SchemaFault::NoQuery
    } else {
        SchemaFault::NoRoot
    }])
}

fn faults(errors: &DiagnosticList, schema: &Schema) -> Vec<SchemaFault> {
    let fault = |error: apollo_compiler::diagnostic::Diagnostic<'_, _>| {
        let told: &apollo_compiler::validation::DiagnosticData = error.error;
        let at = error.line_column_range().map(|range| Position {
            line: range.start.line,
            column: range.start.column,
        });
        let message = told.to_string();
        if let Some(name) = duplicate(&message) {
            return SchemaFault::DuplicateName(name);
        }
        let missing = told
            .location()
            .filter(|_| told.unstable_error_name() == Some("UndefinedDefinition"))
            .and_then(|place| type_missing(schema, place.offset(), quoted(&message)?));
        missing.unwrap_or(SchemaFault::Other { told: message, at })
    };
    errors.iter().map(fault).collect()
}

/// The first name that a message of the library quotes.
fn quoted(message: &str) -> Option<&str> {
    Some(message.split('`').nth(1)?.trim_start_matches('@'))
}

fn duplicate(message: &str) -> Option<String> {
    let is_duplicate = message.contains("is defined multiple times in the schema")
        || message == "built-in scalar definitions must be omitted";
    is_duplicate.then(|| quoted(message).unwrap_or_default().to_owned())
}

/// A use of a type that is missing, at this offset of the text.
fn type_missing(schema: &Schema, offset: usize, missing: &str) -> Option<SchemaFault> {
    let (name, user) = schema.types.iter().find(|(_, user)| {
        let place = user.location();
        place.is_some_and(|place| (place.offset()..place.end_offset()).contains(&offset))
            && !user.is_built_in()
            && !is_own_scalar(user.name())
    })?;
    let at = user.location()?.line_column(&schema.sources)?;
    let role = match user {
        ExtendedType::InputObject(_) => TypeRole::InputValue,
        ExtendedType::Object(user) if user.implements_interfaces.contains(missing) => {
            TypeRole::Interface
        }
        _ => TypeRole::Field,
    };
    Some(SchemaFault::TypeMissing {
        role,
        missing: missing.to_owned(),
        within: name.to_string(),
        at: Position {
            line: at.line,
            column: at.column,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults_of(text: &str) -> Vec<SchemaFault> {
        ReadSchema::read(text).err().unwrap_or_default()
    }

    #[test]
    fn scalars_and_directives_of_appsync_need_no_definition() {
        let text = "type Query @aws_api_key @aws_iam { at: AWSDateTime @aws_oidc list: [AWSJSON!] }
            type Mutation { add(at: AWSTimestamp): Int @aws_lambda }
            type Subscription { added: Int @aws_subscribe(mutations: [\"add\"]) \
            mine: Int @aws_cognito_user_pools(cognito_groups: [\"a\"]) }";
        let read = ReadSchema::read(text).unwrap();
        assert!(read.schema().get_scalar("AWSDateTime").is_some());
        assert!(read.schema().get_scalar("AWSEmail").is_none());
    }

    #[test]
    fn what_is_no_schema_language_is_unparsable() {
        let deep = format!("type Query {{ a: {}", "[".repeat(200_000));
        for text in [
            "",
            "# nothing",
            "meow",
            "type Query {",
            "type Query {}",
            &deep,
        ] {
            let told = faults_of(text);
            assert!(
                told == [SchemaFault::Unparsable] || told == [SchemaFault::NoRoot],
                "{told:?}"
            );
        }
    }

    #[test]
    fn a_schema_needs_a_type_for_queries() {
        assert_eq!(faults_of("type Mutation { a: Int }"), [SchemaFault::NoRoot]);
        assert_eq!(
            faults_of("schema { mutation: M } type M { a: Int }"),
            [SchemaFault::NoQuery]
        );
        assert_eq!(faults_of("schema { query: Q } type Q { a: Int }"), []);
    }

    #[test]
    fn a_missing_type_is_told_with_the_type_that_uses_it() {
        let missing = |text: &str, role, missing: &str, within: &str, line, column| {
            let fault = SchemaFault::TypeMissing {
                role,
                missing: missing.to_owned(),
                within: within.to_owned(),
                at: Position { line, column },
            };
            assert_eq!(faults_of(text), [fault]);
        };
        missing(
            "type Query {\n a: Date\n}",
            TypeRole::Field,
            "Date",
            "Query",
            1,
            1,
        );
        missing(
            "type Query { a(b: In): Int }\n  input In { c: [Other!] }",
            TypeRole::InputValue,
            "Other",
            "In",
            2,
            3,
        );
        missing(
            "type Query implements Node { a: Int }",
            TypeRole::Interface,
            "Node",
            "Query",
            1,
            1,
        );
    }

    #[test]
    fn a_name_is_defined_once_and_appsyncs_own_never() {
        for text in [
            "type Query { a: Int } type A { a: Int } type A { b: Int }",
            "type Query { a: AWSDate } scalar AWSDate",
            "directive @aws_iam on OBJECT type Query { a: Int }",
        ] {
            let told = faults_of(text);
            assert!(
                matches!(told[..], [SchemaFault::DuplicateName(_)]),
                "{told:?}"
            );
        }
    }

    #[test]
    fn other_faults_are_told_with_their_place() {
        let told = faults_of("type Query { a: Int\n b(c: Query): Int }");
        assert!(
            matches!(&told[..], [SchemaFault::Other { at: Some(at), .. }] if at.line == 2),
            "{told:?}"
        );
    }
}
