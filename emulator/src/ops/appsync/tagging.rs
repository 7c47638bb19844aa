//! ARNs of APIs, and the constraints of tags [MODEL]. API keys cannot be tagged.

use std::collections::BTreeMap;

use crate::ids::{ApiId, Scope};
use crate::state::appsync::error::AppSyncError;
use crate::wire::validate::{Violations, between};

/// The ARN of an API: no slash after the account [DOCS].
pub(super) fn api_arn(api: &ApiId, scope: &Scope) -> String {
    format!("{}{api}", arn_prefix(scope))
}

fn arn_prefix(scope: &Scope) -> String {
    let (region, account) = (&scope.region, &scope.account);
    format!(
        "arn:{}:appsync:{region}:{account}:apis/",
        region.partition()
    )
}

/// The API that an ARN names. An ARN of another account or Region is a bad request [?].
pub(super) fn api_of_arn(arn: &str, scope: &Scope) -> Result<ApiId, AppSyncError> {
    let id = arn
        .strip_prefix(&arn_prefix(scope))
        .ok_or(AppSyncError::ArnInvalid)?;
    let is_id = id.len() == 26
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    is_id
        .then(|| ApiId::new(id))
        .ok_or(AppSyncError::ArnInvalid)
}

/// 1 to 50 tags, each within the model's bounds.
pub(super) fn check_tags(tags: &BTreeMap<String, String>, violations: &mut Violations) {
    let all: Vec<_> = tags.keys().collect();
    violations.items("tags", &all, between(1, 50));
    for (key, value) in tags {
        check_key("tags", key, violations);
        violations.text("tags", value, between(0, 256));
        let pattern = r"^[\s\w+-=\.:/@]*$";
        violations.pattern("tags", value, pattern, value.chars().all(is_of_value));
    }
}

/// The key of a tag: 1 to 128 characters, not of AWS's own.
pub(super) fn check_key(path: &str, key: &str, violations: &mut Violations) {
    violations.text(path, key, between(1, 128));
    let is_met = !key.starts_with("aws:") && key.chars().all(is_of_key);
    violations.pattern(path, key, "^(?!aws:)[ a-zA-Z+-=._:/]+$", is_met);
}

/// The model's `+-=` is a range: digits and `,` to `<` are in it.
fn is_of_key(c: char) -> bool {
    matches!(c, ' ' | 'a'..='z' | 'A'..='Z' | '+'..='=' | '_')
}

fn is_of_value(c: char) -> bool {
    is_of_key(c) || c.is_ascii_whitespace() || c == '@'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_leads_back_to_its_api_in_its_own_scope_only() {
        let scope = Scope::default();
        let api = ApiId::new("a".repeat(26));
        let arn = api_arn(&api, &scope);
        assert_eq!(api_of_arn(&arn, &scope), Ok(api));
        let elsewhere = Scope {
            region: crate::ids::Region::new("eu-west-3"),
            ..scope.clone()
        };
        assert_eq!(api_of_arn(&arn, &elsewhere), Err(AppSyncError::ArnInvalid));
        for bad in [
            format!("{arn}x"),
            arn[..arn.len() - 1].to_owned(),
            String::new(),
        ] {
            assert_eq!(
                api_of_arn(&bad, &scope),
                Err(AppSyncError::ArnInvalid),
                "{bad}"
            );
        }
    }

    fn violated(key: &str, value: &str) -> bool {
        let mut violations = Violations::default();
        check_tags(
            &BTreeMap::from([(key.to_owned(), value.to_owned())]),
            &mut violations,
        );
        !violations.is_empty()
    }

    #[test]
    fn tags_are_bounded_on_both_sides() {
        assert!(!violated("k", "") && violated("", ""));
        assert!(!violated(&"k".repeat(128), &"v".repeat(256)));
        assert!(violated(&"k".repeat(129), "") && violated("k", &"v".repeat(257)));
        assert!(violated("aws:x", "") && !violated("my:aws:x", "a@b.c\t1"));
        assert!(violated("k@", "") && violated("k", "ü"));
    }
}
