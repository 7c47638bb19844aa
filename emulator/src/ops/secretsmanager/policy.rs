//! What the operations on resource policies share.

use std::sync::Arc;

use crate::ops::iam::policy;
use crate::state::World;
use crate::state::policy::{Effect, PolicyText, PrincipalPattern, Selection, Statement};
use crate::state::secrets::error::SecretsError;
use crate::wire::policy_document::Form;

/// The name of a secret's one policy [D].
pub(super) const DEFAULT_NAME: &str = "default";

/// Refuses any name but `default` [D].
pub(super) fn refuse_other_names(name: Option<&str>) -> Result<(), SecretsError> {
    match name {
        None | Some(DEFAULT_NAME) => Ok(()),
        Some(_) => Err(SecretsError::UnknownPolicyName),
    }
}

/// Reads the text of a policy. Secrets Manager tells what is wrong in two ways only [U].
pub(super) fn read(text: String, world: &World) -> Result<Arc<PolicyText>, SecretsError> {
    let policy = policy::read_of_resource(text, Form::Resource, world);
    policy.map(Arc::new).map_err(|why| {
        if why.is_about_a_principal() {
            SecretsError::UnsupportedPrincipal
        } else {
            SecretsError::MalformedPolicy
        }
    })
}

/// Whether a policy lets everyone in without a condition; AWS's analysis knows more [?].
pub(super) fn is_public(policy: &PolicyText) -> bool {
    let is_for_everyone = |statement: &Statement| match &statement.principals {
        Some(Selection::Only(list)) => list.contains(&PrincipalPattern::Everyone),
        Some(Selection::AllBut(_)) => true,
        None => false,
    };
    policy.document.statements.iter().any(|statement| {
        statement.effect == Effect::Allow
            && statement.conditions.is_empty()
            && is_for_everyone(statement)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_for_everyone_is_public_unless_it_has_a_condition() {
        let public = |statement: &str| {
            let text = format!(
                r#"{{"Version":"2012-10-17","Statement":{{"Action":"*","Resource":"*",{statement}}}}}"#
            );
            is_public(&read(text, &World::default()).unwrap())
        };
        assert!(public(r#""Effect":"Allow","Principal":"*""#));
        assert!(public(r#""Effect":"Allow","Principal":{"AWS":["*"]}"#));
        assert!(public(
            r#""Effect":"Allow","NotPrincipal":{"AWS":"111122223333"}"#
        ));
        let root = r#""Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:root"}"#;
        assert!(!public(root));
        let condition = r#""Condition":{"StringEquals":{"aws:PrincipalAccount":"1"}}"#;
        assert!(!public(&format!(
            r#""Effect":"Allow","Principal":"*",{condition}"#
        )));
        assert!(!public(r#""Effect":"Deny","Principal":"*""#));
    }

    #[test]
    fn the_grammar_and_principals_are_told_apart() {
        for (text, why) in [
            ("{}", SecretsError::MalformedPolicy),
            ("{", SecretsError::MalformedPolicy),
            (
                r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Principal":{"AWS":"someone"}}}"#,
                SecretsError::UnsupportedPrincipal,
            ),
        ] {
            assert_eq!(read(text.to_owned(), &World::default()), Err(why), "{text}");
        }
    }
}
