//! Pages: `NextToken` is opaque and bound to the request that it continues [?].
//!
//! A token holds the place of the last item, not a count of items, so that what comes or goes
//! between two pages moves no other item from one to the other.

use data_encoding::BASE64URL_NOPAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::state::secrets::error::SecretsError;

const FINGERPRINT_LENGTH: usize = 12;
/// Items on a page if none are asked for [D for policies].
const DEFAULT_ITEMS: usize = 100;

/// A page of a list, and the token of the next one; none on the last page [R].
#[derive(Debug)]
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    pub(super) next_token: Option<String>,
}

/// How many items a request asks for.
pub(super) fn items(max_results: Option<i64>) -> usize {
    let max = max_results.and_then(|max| usize::try_from(max).ok());
    max.unwrap_or(DEFAULT_ITEMS)
}

/// The token that continues `request` behind a place.
pub(super) fn token(request: &impl Serialize, place: &impl Serialize) -> String {
    let place = serde_json::to_vec(place).expect("places have text keys and plain members");
    BASE64URL_NOPAD.encode(&[fingerprint(request), place].concat())
}

/// The place in a token; one that was given for another request is refused.
pub(super) fn place<P: DeserializeOwned>(
    request: &impl Serialize,
    token: &str,
) -> Result<P, SecretsError> {
    let bytes = BASE64URL_NOPAD.decode(token.as_bytes()).ok();
    let place = bytes
        .as_deref()
        .and_then(|bytes| bytes.strip_prefix(fingerprint(request).as_slice()));
    place
        .and_then(|place| serde_json::from_slice(place).ok())
        .ok_or(SecretsError::InvalidPageToken)
}

/// The page of a short list that a token asks for; each item comes with a key of its own.
/// `request` is everything else that the request says.
pub(super) fn page_by_key<K: AsRef<str>, T>(
    all: impl Iterator<Item = (K, T)>,
    request: &impl Serialize,
    max_results: Option<i64>,
    token_given: Option<&str>,
) -> Result<Page<T>, SecretsError> {
    let after: Option<String> = token_given.map(|text| place(request, text)).transpose()?;
    let mut all = all.peekable();
    if let Some(after) = after {
        // A place that is gone is the end: what stood behind it cannot be told from the rest.
        while all.next().is_some_and(|(key, _)| key.as_ref() != after) {}
    }
    let (mut items_of_page, mut last) = (Vec::new(), None);
    for (key, item) in all.by_ref().take(items(max_results)) {
        items_of_page.push(item);
        last = Some(key);
    }
    let has_more = all.peek().is_some();
    let last = last.filter(|_| has_more);
    Ok(Page {
        items: items_of_page,
        next_token: last.map(|key| token(request, &key.as_ref())),
    })
}

fn fingerprint(request: &impl Serialize) -> Vec<u8> {
    let text = serde_json::to_vec(request).expect("requests have text keys and plain members");
    Sha256::digest(text)[..FINGERPRINT_LENGTH].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(request: &str, max: i64, token: Option<&str>) -> Result<Page<usize>, SecretsError> {
        let all = ["a", "b", "c", "d", "e"].into_iter().zip(0..);
        page_by_key(all, &request, Some(max), token)
    }

    #[test]
    fn pages_follow_one_another_and_the_last_has_no_token() {
        let (mut seen, mut token) = (Vec::new(), None);
        loop {
            let page = page("list", 2, token.as_deref()).unwrap();
            seen.extend(page.items);
            token = page.next_token;
            if token.is_none() {
                break;
            }
        }
        assert_eq!(seen, [0, 1, 2, 3, 4]);
        assert!(page("list", 5, None).unwrap().next_token.is_none());
    }

    #[test]
    fn a_token_of_another_request_is_refused() {
        let token = page("one", 1, None).unwrap().next_token;
        for (request, token) in [
            ("two", token.as_deref()),
            ("one", Some("forged")),
            ("one", Some("AAAA")),
        ] {
            let refused = page(request, 1, token).err();
            assert_eq!(refused, Some(SecretsError::InvalidPageToken));
        }
    }
}
