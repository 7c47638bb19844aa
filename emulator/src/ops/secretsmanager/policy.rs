//! What the operations on resource policies share. Policies are kept, not evaluated.

use serde_json::Value;

use crate::state::secrets::error::SecretsError;

/// The name of a secret's one policy [D].
pub(super) const DEFAULT_NAME: &str = "default";

/// Refuses any name but `default` [D].
pub(super) fn refuse_other_names(name: Option<&str>) -> Result<(), SecretsError> {
    match name {
        None | Some(DEFAULT_NAME) => Ok(()),
        Some(_) => Err(SecretsError::UnknownPolicyName),
    }
}

/// Reads the text of a policy; broken JSON is refused [D].
pub(super) fn document(text: &str) -> Result<Value, SecretsError> {
    let document = serde_json::from_str(text).ok();
    document
        .filter(Value::is_object)
        .ok_or(SecretsError::MalformedPolicy)
}

/// Whether a policy lets everyone in without a condition; AWS's analysis knows more [?].
pub(super) fn is_public(document: &Value) -> bool {
    let statements = &document["Statement"];
    let statements = statements
        .as_array()
        .map_or(std::slice::from_ref(statements), Vec::as_slice);
    statements.iter().any(|statement| {
        let principal = &statement["Principal"];
        let is_everyone = |value: &Value| {
            *value == "*"
                || value
                    .as_array()
                    .is_some_and(|list| list.iter().any(|it| it == "*"))
        };
        statement["Effect"] == "Allow"
            && statement.get("Condition").is_none()
            && (is_everyone(principal) || is_everyone(&principal["AWS"]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_policy_for_everyone_is_public_unless_it_has_a_condition() {
        let policy = |principal: Value| json!({"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "*"}]});
        assert!(is_public(&policy(json!("*"))));
        assert!(is_public(&policy(json!({"AWS": ["*"]}))));
        assert!(!is_public(&policy(
            json!({"AWS": "arn:aws:iam::000000000000:root"})
        )));
        let mut conditional = policy(json!("*"));
        conditional["Statement"][0]["Condition"] = json!({});
        assert!(!is_public(&conditional));
        let one = json!({"Statement": {"Effect": "Deny", "Principal": "*"}});
        assert!(!is_public(&one));
    }
}
