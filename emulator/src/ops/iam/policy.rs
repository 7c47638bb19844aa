//! The texts of policies: read once when they come, given back percent-encoded [M].

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::ids::AccountId;
use crate::state::World;
use crate::state::iam::Accounts;
use crate::state::iam::error::IamError;
use crate::state::iam::settings::Enforcement;
use crate::state::policy::{PolicyText, PrincipalPattern};
use crate::wire::policy_document::malformed::Malformed;
use crate::wire::policy_document::{Form, parse, renamed};

/// What RFC 3986 leaves as it is.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Reads a policy of an identity.
///
/// # Errors
/// [`IamError::MalformedPolicy`] with what is wrong.
pub(in crate::ops) fn read(text: String, form: Form) -> Result<PolicyText, IamError> {
    let document = parse(&text, form).map_err(malformed)?;
    Ok(PolicyText { text, document })
}

/// Reads a role's trust policy.
///
/// # Errors
/// [`IamError::MalformedPolicy`] with what is wrong.
pub(super) fn read_trust(text: String, world: &World) -> Result<PolicyText, IamError> {
    read_of_resource(text, Form::Trust, world).map_err(malformed)
}

fn malformed(why: Malformed) -> IamError {
    IamError::MalformedPolicy(why.to_string())
}

/// Reads a policy that names principals, and holds on to who they are [D].
///
/// Nobody is there who is not in IAM, which is refused where policies are enforced: else a first
/// try could name nobody before it has made them.
///
/// # Errors
/// What is wrong with it.
pub(in crate::ops) fn read_of_resource(
    text: String,
    form: Form,
    world: &World,
) -> Result<PolicyText, Malformed> {
    let mut document = parse(&text, form)?;
    document.bind(&|arn| world.iam.unique_id(arn));
    if world.settings.access.iam == Enforcement::Enforce {
        let missing = document.principals().find_map(|it| missing(it, &world.iam));
        if let Some(name) = missing {
            let kind = "AWS".to_owned();
            return Err(Malformed::InvalidPrincipal { kind, name });
        }
    }
    Ok(PolicyText { text, document })
}

/// The ARN of a user or role that an account which is known here does not have.
fn missing(principal: &PrincipalPattern, accounts: &Accounts) -> Option<String> {
    let PrincipalPattern::Named { arn, id: None } = principal else {
        return None;
    };
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", _, "iam", _, account, name] = parts[..] else {
        return None;
    };
    let is_kept = name.starts_with("user/") || name.starts_with("role/");
    let is_known = accounts.get(&AccountId::new(account)).is_some();
    (is_kept && is_known).then(|| arn.clone())
}

/// A policy's text as it is given back: those of its principals who are gone are shown by their
/// unique ids [U].
pub(in crate::ops) fn shown<'a>(policy: &'a PolicyText, accounts: &Accounts) -> Cow<'a, str> {
    let gone = policy.gone(&|arn| accounts.unique_id(arn));
    if gone.is_empty() {
        return Cow::Borrowed(&policy.text);
    }
    let id_of = |arn: &str| {
        let mut gone = gone.iter().filter(|(name, _)| *name == arn);
        gone.next().map(|(_, id)| (*id).to_owned())
    };
    renamed(&policy.text, &id_of).map_or(Cow::Borrowed(&*policy.text), Cow::Owned)
}

/// How long a managed policy may be, in characters that are no blanks [D].
pub(super) const MANAGED_LIMIT: usize = 6_144;
/// The same of a role's trust policy [D].
pub(super) const TRUST_LIMIT: usize = 2_048;

/// Refuses a policy that is longer than it may be; blanks do not count [D].
pub(super) fn check_size(
    policy: &PolicyText,
    quota: &'static str,
    limit: usize,
) -> Result<(), IamError> {
    let length = policy.text.chars().filter(|it| !it.is_whitespace()).count();
    if length > limit {
        return Err(IamError::Quota { quota, limit });
    }
    Ok(())
}

/// A policy's text as answers of IAM carry it.
pub(super) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}
