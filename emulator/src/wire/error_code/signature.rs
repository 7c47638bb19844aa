//! The errors of signatures: codes as each protocol has them, texts as users have pasted them [U].

use crate::time::Timestamp;

use super::super::service::Protocol;
use super::super::signature::{BadSignature, basic};
use super::WireError;

/// Query services have codes of their own; all statuses are 403, but Secrets Manager answers 400
/// to whatever is wrong [R].
pub(super) fn wire_error(bad: &BadSignature, protocol: Protocol) -> WireError {
    let is_query = protocol == Protocol::Query;
    let code = match bad {
        BadSignature::Missing if is_query => "MissingAuthenticationToken",
        BadSignature::Missing => "MissingAuthenticationTokenException",
        BadSignature::Incomplete { .. } if is_query => "IncompleteSignature",
        BadSignature::Incomplete { .. } => "IncompleteSignatureException",
        BadSignature::UnknownKey if is_query => "InvalidClientTokenId",
        BadSignature::UnknownKey => "UnrecognizedClientException",
        BadSignature::ExpiredToken if is_query => "ExpiredToken",
        BadSignature::ExpiredToken => "ExpiredTokenException",
        _ if is_query => "SignatureDoesNotMatch",
        _ => "InvalidSignatureException",
    };
    let is_incomplete = matches!(bad, BadSignature::Incomplete { .. });
    let status = match protocol {
        Protocol::AwsJson => 400,
        Protocol::Query if is_incomplete => 400,
        _ => 403,
    };
    WireError::new(code, status, message(bad))
}

fn message(bad: &BadSignature) -> String {
    match bad {
        BadSignature::Missing => "Missing Authentication Token".to_owned(),
        BadSignature::Incomplete { part } if part.starts_with("X-Amz-Date") => {
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
                .to_owned()
        }
        BadSignature::Incomplete { part } if part.starts_with("X-Amz") => {
            format!("AWS query-string parameters must include '{part}'.")
        }
        BadSignature::Incomplete { part } => {
            format!("Authorization header requires '{part}' parameter.")
        }
        BadSignature::UnknownKey => {
            "The security token included in the request is invalid.".to_owned()
        }
        BadSignature::ExpiredToken => {
            "The security token included in the request is expired".to_owned()
        }
        BadSignature::Expired {
            made,
            now,
            good_for_ms,
        } => {
            let (limit, span) = (now.plus_millis(-good_for_ms), span(*good_for_ms));
            format!(
                "Signature expired: {}",
                compared(*made, "earlier", limit, *now, '-', &span)
            )
        }
        BadSignature::NotYetCurrent {
            made,
            now,
            ahead_ms,
        } => {
            let (limit, span) = (now.plus_millis(*ahead_ms), span(*ahead_ms));
            let compared = compared(*made, "later", limit, *now, '+', &span);
            format!("Signature not yet current: {compared}")
        }
        BadSignature::WrongDay { scope, made } => {
            let made = basic(*made);
            let day = &made[..8];
            format!(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date \
                 from HTTP: '{scope}' != '{day}', from '{made}'."
            )
        }
        BadSignature::NoRegion { region } => format!(
            "Credential should be scoped to a valid Region, not '{region}': set AWS_REGION to one \
             such as us-east-1."
        ),
        BadSignature::WrongService { service } => {
            format!("Credential should be scoped to correct service: '{service}'.")
        }
        BadSignature::Public => "A signature in the query with the secret that everybody knows \
                                 proves nothing: sign in the header, or with an access key of IAM."
            .to_owned(),
        BadSignature::Mismatch => "The request signature we calculated does not match the \
                                   signature you provided. Check your AWS Secret Access Key and \
                                   signing method. Consult the service documentation for details."
            .to_owned(),
    }
}

fn compared(
    made: Timestamp,
    relation: &str,
    limit: Timestamp,
    now: Timestamp,
    sign: char,
    span: &str,
) -> String {
    let still = if relation == "later" { "still" } else { "now" };
    let (made, limit, now) = (basic(made), basic(limit), basic(now));
    format!("{made} is {still} {relation} than {limit} ({now} {sign} {span})")
}

fn span(ms: i64) -> String {
    if ms % 60_000 == 0 {
        return format!("{} min.", ms / 60_000);
    }
    format!("{} s.", ms / 1000)
}
