//! How a `SecretId` names a secret: by name, by full ARN, or by ARN without its suffix [R].

use std::borrow::Cow;

use crate::ids::{AccountId, Region, Scope, SecretArn};

use super::error::SecretsError;

/// Characters in the suffix of an ARN [R].
pub const SUFFIX_LENGTH: usize = 6;

/// What a `SecretId` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SecretId<'a> {
    /// A name, given as such or as an ARN without suffix. It matches exactly, never as a prefix.
    Name(&'a str),
    /// A full ARN and the name in it. What looks like one is compared with full ARNs only [R].
    Arn(&'a str, &'a str),
    /// An ARN of another account, Region or service, which no secret here has [?].
    Elsewhere,
}

impl<'a> SecretId<'a> {
    /// Reads a `SecretId`. Forbidden characters are reported before existence [R].
    pub(super) fn parse(text: &'a str, scope: &Scope) -> Result<Self, SecretsError> {
        check_id(text)?;
        let Some((prefix, resource)) = split_arn(text) else {
            return Ok(Self::Name(text));
        };
        if !is_prefix_of(prefix, scope) {
            return Ok(Self::Elsewhere);
        }
        // A name that itself ends like a suffix makes its partial ARN look complete, and AWS
        // then finds nothing [R].
        Ok(match name_in(resource) {
            Some(name) => Self::Arn(text, name),
            None => Self::Name(resource),
        })
    }
}

/// Refuses a `SecretId` with a forbidden character, before anything else is looked at [R].
pub fn check_id(id: &str) -> Result<(), SecretsError> {
    check_name(split_arn(id).map_or(id, |(_, resource)| resource))
}

/// Refuses a name with a character that names may not have [R].
pub fn check_name(name: &str) -> Result<(), SecretsError> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-/_+=.@!".contains(&byte);
    if name.bytes().all(is_allowed) {
        Ok(())
    } else {
        Err(SecretsError::InvalidName)
    }
}

/// The full ARN of a secret.
pub(super) fn full_arn(scope: &Scope, name: &str, suffix: &str) -> SecretArn {
    SecretArn::new(format!("{}{name}-{suffix}", arn_prefix(scope)))
}

/// The account and Region in an ARN.
pub fn scope_of(arn: &SecretArn) -> Option<Scope> {
    scope_in_prefix(split_arn(arn.as_str())?.0)
}

fn scope_in_prefix(prefix: &str) -> Option<Scope> {
    let mut parts = prefix.split(':').skip(3);
    let (region, account) = (parts.next()?, parts.next()?);
    let scope = Scope {
        account: AccountId::new(account),
        region: Region::new(region),
    };
    is_prefix_of(prefix, &scope).then_some(scope)
}

/// Where the secret of a `SecretId` is kept: in the caller's account, unless it is an ARN of
/// another account in the same Region [R].
pub fn owner<'s>(id: &str, caller: &'s Scope) -> Cow<'s, Scope> {
    let Some((prefix, _)) = split_arn(id).filter(|(prefix, _)| !is_prefix_of(prefix, caller))
    else {
        return Cow::Borrowed(caller);
    };
    match scope_in_prefix(prefix) {
        Some(scope) if scope.region == caller.region && scope != *caller => Cow::Owned(scope),
        _ => Cow::Borrowed(caller),
    }
}

/// The same ARN in another account or Region, with the same suffix [D].
pub(in crate::state) fn in_scope(arn: &SecretArn, scope: &Scope) -> SecretArn {
    let resource = split_arn(arn.as_str()).map_or(arn.as_str(), |(_, resource)| resource);
    SecretArn::new(format!("{}{resource}", arn_prefix(scope)))
}

/// The name in a full ARN.
pub(super) fn name_of(arn: &SecretArn) -> Option<&str> {
    name_in(split_arn(arn.as_str())?.1)
}

fn arn_prefix(scope: &Scope) -> String {
    let (partition, region) = (scope.region.partition(), &scope.region);
    format!(
        "arn:{partition}:secretsmanager:{region}:{}:secret:",
        scope.account
    )
}

/// Is this what [`arn_prefix`] makes? Every call that names a secret by its ARN asks.
fn is_prefix_of(prefix: &str, scope: &Scope) -> bool {
    let rest = prefix.strip_prefix("arn:");
    let rest = rest.and_then(|rest| rest.strip_prefix(scope.region.partition()));
    let rest = rest.and_then(|rest| rest.strip_prefix(":secretsmanager:"));
    let rest = rest.and_then(|rest| rest.strip_prefix(scope.region.as_str()));
    let rest = rest.and_then(|rest| rest.strip_prefix(':'));
    let rest = rest.and_then(|rest| rest.strip_prefix(scope.account.as_str()));
    rest == Some(":secret:")
}

/// An ARN's part up to and with the last colon, and the rest.
fn split_arn(text: &str) -> Option<(&str, &str)> {
    if !text.starts_with("arn:") || text.bytes().filter(|byte| *byte == b':').count() != 6 {
        return None;
    }
    Some(text.split_at(text.rfind(':')? + 1))
}

/// The part of a resource before a suffix of a hyphen and six alphanumerics.
fn name_in(resource: &str) -> Option<&str> {
    let (name, suffix) = resource.rsplit_once('-')?;
    let is_suffix =
        suffix.len() == SUFFIX_LENGTH && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_suffix.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<SecretId<'_>, SecretsError> {
        SecretId::parse(text, &Scope::default())
    }

    #[test]
    fn a_partial_arn_names_by_its_whole_resource_part() {
        let scope = Scope::default();
        let arn = |resource: &str| format!("{}{resource}", arn_prefix(&scope));
        assert_eq!(parse(&arn("app/db")), Ok(SecretId::Name("app/db")));
        assert_eq!(parse(&arn("app-a1b2")), Ok(SecretId::Name("app-a1b2")));
        assert_eq!(
            parse(&arn("app-a1b2c3-")),
            Ok(SecretId::Name("app-a1b2c3-"))
        );
        // The trap: this is taken for a full ARN.
        assert_eq!(
            parse(&arn("app-a1b2c3")),
            Ok(SecretId::Arn(&arn("app-a1b2c3"), "app"))
        );
    }

    #[test]
    fn an_arn_of_another_place_names_nothing() {
        let there = "arn:aws:secretsmanager:mars-1:000000000000:secret:app";
        assert_eq!(parse(there), Ok(SecretId::Elsewhere));
    }

    #[test]
    fn forbidden_characters_are_refused_in_names_and_arns() {
        for text in ["Inv Name", " Inv", "a*b", "a]b", "a:b", "arn:aws:x", ""] {
            let is_fine = text.is_empty();
            assert_eq!(parse(text).is_ok(), is_fine, "{text}");
        }
        assert!(parse("events!connection/name/uuid_+=.@-").is_ok());
    }

    #[test]
    fn the_name_comes_back_out_of_the_arn() {
        let arn = full_arn(&Scope::default(), "a-b/c", "XyZ012");
        assert_eq!(name_of(&arn), Some("a-b/c"));
    }

    #[test]
    fn a_prefix_is_known_as_it_is_made_and_in_no_other_way() {
        for region in ["us-east-1", "cn-north-1", "us-gov-west-1"] {
            let scope = Scope {
                region: Region::new(region),
                ..Scope::default()
            };
            let prefix = arn_prefix(&scope);
            assert!(is_prefix_of(&prefix, &scope));
            assert_eq!(scope_in_prefix(&prefix).as_ref(), Some(&scope));
            for at in 0..prefix.len() {
                let mut other = prefix.clone();
                other.remove(at);
                assert!(!is_prefix_of(&other, &scope), "{other}");
            }
        }
    }
}
