//! Lists in pages: 100 entries unless fewer are asked for, and a marker that says where to go on.

use data_encoding::BASE64URL_NOPAD;

use crate::state::iam::error::IamError;
use crate::wire::aws_query::{Members, Parsed};

use super::input::Page;

/// How many entries a page has unless the request says otherwise [D].
const USUAL: usize = 100;

/// A page of a list.
pub(super) struct Paged<T> {
    pub(super) entries: Members<T>,
    pub(super) is_truncated: bool,
    pub(super) marker: Option<String>,
}

/// The page that is asked for, of entries in the order of their keys. The marker names the last
/// entry before it, so that nothing is skipped when entries come and go meanwhile.
pub(super) fn page<T>(
    entries: impl IntoIterator<Item = (String, T)>,
    asked: &Page,
) -> Result<Paged<T>, IamError> {
    let after = asked.marker.as_deref().map(key_in).transpose()?;
    let most = asked.max_items.map_or(USUAL, |Parsed(most)| most);
    let is_later = |(key, _): &(String, T)| after.as_ref().is_none_or(|after| key > after);
    let mut rest = entries.into_iter().filter(is_later);
    let shown: Vec<(String, T)> = rest.by_ref().take(most).collect();
    let is_truncated = rest.next().is_some();
    let last = shown.last().filter(|_| is_truncated);
    Ok(Paged {
        is_truncated,
        marker: last.map(|(key, _)| BASE64URL_NOPAD.encode(key.as_bytes())),
        entries: shown.into_iter().map(|(_, entry)| entry).collect(),
    })
}

fn key_in(marker: &str) -> Result<String, IamError> {
    let bytes = BASE64URL_NOPAD.decode(marker.as_bytes()).ok();
    let key = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    key.ok_or(IamError::InvalidMarker)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(marker: Option<String>) -> Page {
        Page {
            marker,
            max_items: Some(Parsed(2)),
        }
    }

    #[test]
    fn pages_follow_each_other_whatever_comes_and_goes_between() {
        let entries = |keys: &[&str]| -> Vec<(String, String)> {
            keys.iter()
                .map(|key| ((*key).to_owned(), (*key).to_owned()))
                .collect()
        };
        let first = page(entries(&["a", "b", "c"]), &asked(None)).unwrap();
        assert!(first.is_truncated);
        let second = page(entries(&["a", "aa", "c", "d"]), &asked(first.marker)).unwrap();
        assert_eq!(
            format!("{:?}", second.entries),
            format!("{:?}", Members::from_iter(["c", "d"]))
        );
        assert!(!second.is_truncated && second.marker.is_none());
        let forged = page(entries(&[]), &asked(Some("*".to_owned())));
        assert!(matches!(forged, Err(IamError::InvalidMarker)));
    }
}
