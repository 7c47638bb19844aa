//! What GetSchemaCreationStatus tells of a schema that was not taken in.

use crate::state::appsync::schema::reading::{SchemaFault, TypeRole};

/// The text of `details`.
pub(super) fn of(faults: &[SchemaFault]) -> String {
    if faults.contains(&SchemaFault::Unparsable) {
        // [REC] 2023, in this spelling.
        return "Failed to parse schema document - ensure it's a valid SDL-formatted document."
            .to_owned();
    }
    let is_duplicate = |fault: &&SchemaFault| matches!(fault, SchemaFault::DuplicateName(_));
    if faults.iter().any(|fault| is_duplicate(&fault)) {
        // [REC] 2022, with both full stops.
        return "Schema has the following errors:\n   - Schema contains duplicate type names.."
            .to_owned();
    }
    let problems: Vec<String> = faults.iter().map(problem).collect();
    // [REC] 2021.
    format!(
        "Found {} problem(s) with the schema:\n{}",
        problems.len(),
        problems.join("\n")
    )
}

fn problem(fault: &SchemaFault) -> String {
    match fault {
        // [REC] 2024, both.
        SchemaFault::NoRoot => "There is no top level schema object defined.".to_owned(),
        SchemaFault::NoQuery => "A schema MUST have a 'query' operation defined.".to_owned(),
        SchemaFault::TypeMissing {
            role,
            missing,
            within,
            at,
        } => {
            // [REC] 2022 for input values; the library that AWS uses for the others.
            let role = match role {
                TypeRole::Field => "field",
                TypeRole::InputValue => "input value",
                TypeRole::Interface => "interface",
            };
            let (line, column) = (at.line, at.column);
            format!(
                "The {role} type '{missing}' is not present when resolving type '{within}' \
                 [@{line}:{column}]"
            )
        }
        SchemaFault::Other { told, at: Some(at) } => {
            format!("{told} [@{}:{}]", at.line, at.column)
        }
        SchemaFault::Other { told, at: None } => told.clone(),
        SchemaFault::Unparsable | SchemaFault::DuplicateName(_) => {
            unreachable!("told before, since nothing else is told with them")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::appsync::schema::reading::ReadSchema;

    fn details(text: &str) -> String {
        of(&ReadSchema::read(text).unwrap_err())
    }

    #[test]
    fn details_read_as_recorded() {
        for (text, told) in [
            (
                "type Query {",
                "Failed to parse schema document - ensure it's a valid SDL-formatted document.",
            ),
            (
                "type Mutation { a: Int }",
                "Found 1 problem(s) with the schema:\nThere is no top level schema object defined.",
            ),
            (
                "schema { mutation: M } type M { a: Int }",
                "Found 1 problem(s) with the schema:\nA schema MUST have a 'query' operation \
                 defined.",
            ),
            (
                "type Query { a(b: In): Int }\ninput In { c: Other d: More }",
                "Found 2 problem(s) with the schema:\nThe input value type 'Other' is not present \
                 when resolving type 'In' [@2:1]\nThe input value type 'More' is not present when \
                 resolving type 'In' [@2:1]",
            ),
            (
                "type Query { a: Int } type A { a: Int } type A { a: Int }",
                "Schema has the following errors:\n   - Schema contains duplicate type names..",
            ),
        ] {
            assert_eq!(details(text), told, "{text}");
        }
    }

    #[test]
    fn what_aws_says_of_other_faults_is_not_known() {
        let told = details("type Query { a(b: Query): Int }");
        assert!(
            told.starts_with("Found 1 problem(s) with the schema:\n"),
            "{told}"
        );
        assert!(told.ends_with("[@1:16]"), "{told}");
    }
}
