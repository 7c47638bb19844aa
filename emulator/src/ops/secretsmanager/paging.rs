//! Pages: `NextToken` is opaque and bound to the request that it continues [?].

use data_encoding::BASE64URL_NOPAD;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::state::secrets::error::SecretsError;
use crate::wire::validate::{Violations, between};

const FINGERPRINT_LENGTH: usize = 12;
/// Items on a page if none are asked for [D for policies].
const DEFAULT_ITEMS: usize = 100;

/// A page of a list, and the token of the next one; none on the last page [R].
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    pub(super) next_token: Option<String>,
}

/// `MaxResults` of 1 to 100, `NextToken` of 1 to 4096 characters [M].
pub(super) fn check(violations: &mut Violations, max_results: Option<i64>, token: Option<&String>) {
    violations.number("maxResults", max_results, between(1, 100));
    violations.optional_text("nextToken", token, between(1, 4096));
}

/// The page of `all` that a token asks for. `request` is everything else that the request says:
/// a token that was given for another request is refused.
pub(super) fn page<T>(
    all: Vec<T>,
    request: &impl Serialize,
    max_results: Option<i64>,
    token: Option<&str>,
) -> Result<Page<T>, SecretsError> {
    let fingerprint = fingerprint(request);
    let start = token.map_or(Ok(0), |token| start(token, &fingerprint))?;
    let count = max_results
        .and_then(|max| usize::try_from(max).ok())
        .unwrap_or(DEFAULT_ITEMS);
    let end = start.saturating_add(count);
    let next_token = (end < all.len()).then(|| next_token(&fingerprint, end));
    let items = all.into_iter().skip(start).take(count).collect();
    Ok(Page { items, next_token })
}

fn fingerprint(request: &impl Serialize) -> Vec<u8> {
    let text = serde_json::to_vec(request).expect("requests have text keys and plain members");
    Sha256::digest(text)[..FINGERPRINT_LENGTH].to_vec()
}

fn next_token(fingerprint: &[u8], start: usize) -> String {
    let start = u64::try_from(start).unwrap_or(u64::MAX);
    BASE64URL_NOPAD.encode(&[fingerprint, &start.to_be_bytes()].concat())
}

fn start(token: &str, fingerprint: &[u8]) -> Result<usize, SecretsError> {
    let bytes = BASE64URL_NOPAD.decode(token.as_bytes()).ok();
    let start = bytes
        .as_deref()
        .and_then(|bytes| bytes.strip_prefix(fingerprint));
    let start = start
        .and_then(|start| start.try_into().ok())
        .map(u64::from_be_bytes);
    start
        .and_then(|start| usize::try_from(start).ok())
        .ok_or(SecretsError::InvalidPageToken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_one_another_and_the_last_has_no_token() {
        let list = || (0..5).collect::<Vec<_>>();
        let (mut seen, mut token) = (Vec::new(), None);
        loop {
            let page = page(list(), &"list", Some(2), token.as_deref()).unwrap();
            seen.extend(page.items);
            token = page.next_token;
            if token.is_none() {
                break;
            }
        }
        assert_eq!(seen, list());
        assert!(
            page(list(), &"list", Some(5), None)
                .unwrap()
                .next_token
                .is_none()
        );
    }

    #[test]
    fn a_token_of_another_request_is_refused() {
        let token = page(vec![1, 2], &"one", Some(1), None).unwrap().next_token;
        for (request, token) in [
            ("two", token.as_deref()),
            ("one", Some("forged")),
            ("one", Some("AAAA")),
        ] {
            let refused = page(vec![1, 2], &request, Some(1), token).err();
            assert_eq!(refused, Some(SecretsError::InvalidPageToken));
        }
    }
}
