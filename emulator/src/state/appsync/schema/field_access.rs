//! Which fields a way in opens: the directives of the field, else those of its type, else the
//! default mode of the API [DOCS][REC].

use apollo_compiler::Schema;
use apollo_compiler::ast::{Directive, Value};
use apollo_compiler::schema::ExtendedType;

use super::super::authentication::AuthenticationType;

/// How a request came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entrance {
    /// The mode whose credential it carries.
    pub mode: AuthenticationType,
    /// Is that the default mode of the API?
    pub is_default: bool,
    /// Does the user pool deny fields that no directive opens?
    pub denies_unmarked: bool,
    /// The groups that the token of a user pool names.
    pub groups: Vec<String>,
}

impl Entrance {
    /// Whether a field of an object type may be read or called.
    pub fn opens(&self, schema: &Schema, object: &str, field: &str) -> bool {
        let Some(ExtendedType::Object(object)) = schema.types.get(object) else {
            return false;
        };
        let of_field = object.fields.get(field).map(|field| &field.directives);
        let mut marks: Vec<&Directive> = of_field
            .into_iter()
            .flat_map(|directives| directives.iter().map(|mark| &**mark))
            .filter(|mark| is_mark(mark))
            .collect();
        if marks.is_empty() {
            let of_type = object.directives.iter().map(|mark| &***mark);
            marks.extend(of_type.filter(|mark| is_mark(mark)));
        }
        if marks.is_empty() {
            return self.is_default && !self.denies_unmarked;
        }
        marks.into_iter().any(|mark| self.is_let_in_by(mark))
    }

    fn is_let_in_by(&self, mark: &Directive) -> bool {
        let mode = mode_of(mark);
        // `@aws_auth` is of the time when an API had one mode; it speaks of user pools only.
        let is_of_old =
            mark.name == "aws_auth" && self.mode != AuthenticationType::AmazonCognitoUserPools;
        if is_of_old {
            return self.is_default;
        }
        mode == Some(self.mode) && self.is_in_a_group_of(mark)
    }

    /// Without a list of groups every user is let in.
    fn is_in_a_group_of(&self, mark: &Directive) -> bool {
        let groups = mark.specified_argument_by_name("cognito_groups");
        let Some(Value::List(groups)) = groups.map(|groups| &**groups) else {
            return true;
        };
        let mut named = groups.iter().filter_map(|group| group.as_str());
        named.any(|group| self.groups.iter().any(|own| own == group))
    }
}

fn is_mark(mark: &Directive) -> bool {
    mode_of(mark).is_some()
}

fn mode_of(mark: &Directive) -> Option<AuthenticationType> {
    Some(match mark.name.as_str() {
        "aws_api_key" => AuthenticationType::ApiKey,
        "aws_iam" => AuthenticationType::AwsIam,
        "aws_lambda" => AuthenticationType::AwsLambda,
        "aws_oidc" => AuthenticationType::OpenidConnect,
        "aws_cognito_user_pools" | "aws_auth" => AuthenticationType::AmazonCognitoUserPools,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::reading::ReadSchema;
    use super::*;

    const SCHEMA: &str = r#"
        type Query {
            unmarked: Int
            key: Int @aws_api_key
            both: Int @aws_api_key @aws_iam
            staff: Int @aws_cognito_user_pools(cognito_groups: ["staff", "boss"])
            old: Int @aws_auth(cognito_groups: ["staff"])
        }
        type Open @aws_api_key @aws_oidc { a: Int b: Int @aws_lambda }
    "#;

    fn opened(entrance: &Entrance) -> Vec<String> {
        let read = ReadSchema::read(SCHEMA).unwrap();
        let all = ["Query", "Open"].into_iter().flat_map(|name| {
            let fields = read.schema().get_object(name).unwrap().fields.keys();
            fields.map(move |field| (name, field.to_string()))
        });
        let open = all.filter(|(name, field)| entrance.opens(read.schema(), name, field));
        open.map(|(_, field)| field).collect()
    }

    fn by(mode: AuthenticationType, is_default: bool, groups: &[&str]) -> Entrance {
        Entrance {
            mode,
            is_default,
            denies_unmarked: false,
            groups: groups.iter().map(|&group| group.to_owned()).collect(),
        }
    }

    #[test]
    fn a_field_is_opened_by_its_own_marks_else_by_those_of_its_type_else_by_the_default() {
        use AuthenticationType::{ApiKey, AwsIam, AwsLambda, OpenidConnect};
        for (mode, is_default, open) in [
            (ApiKey, true, vec!["unmarked", "key", "both", "old", "a"]),
            (ApiKey, false, vec!["key", "both", "a"]),
            (AwsIam, false, vec!["both"]),
            (OpenidConnect, false, vec!["a"]),
            (AwsLambda, false, vec!["b"]),
        ] {
            assert_eq!(opened(&by(mode, is_default, &[])), open, "{mode:?}");
        }
    }

    #[test]
    fn groups_of_a_user_pool_count() {
        let pool = AuthenticationType::AmazonCognitoUserPools;
        assert_eq!(opened(&by(pool, true, &[])), ["unmarked"]);
        assert_eq!(
            opened(&by(pool, true, &["staff"])),
            ["unmarked", "staff", "old"]
        );
        assert_eq!(opened(&by(pool, false, &["boss"])), ["staff"]);
        let denying = Entrance {
            denies_unmarked: true,
            ..by(pool, true, &["staff"])
        };
        assert_eq!(opened(&denying), ["staff", "old"]);
    }
}
