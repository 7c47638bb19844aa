//! The texts of policies: read once when they come, given back percent-encoded [M].

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::state::iam::error::IamError;
use crate::state::iam::text::PolicyText;
use crate::wire::policy_document::{Form, parse};

/// What RFC 3986 leaves as it is.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Reads a policy.
///
/// # Errors
/// [`IamError::MalformedPolicy`] with what is wrong.
pub(in crate::ops) fn read(text: String, form: Form) -> Result<PolicyText, IamError> {
    let malformed =
        |why: crate::wire::policy_document::Malformed| IamError::MalformedPolicy(why.to_string());
    let document = parse(&text, form).map_err(malformed)?;
    Ok(PolicyText { text, document })
}

/// A policy's text as answers carry it.
pub(super) fn encoded(policy: &PolicyText) -> String {
    utf8_percent_encode(&policy.text, UNRESERVED).to_string()
}
