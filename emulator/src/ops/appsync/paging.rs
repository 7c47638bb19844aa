//! Pages on the wire: `nextToken` and `maxResults` [MODEL].

use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;

use crate::state::appsync::error::AppSyncError;
use crate::state::appsync::page::{Cursor, PageRequest};
use crate::wire::validate::{Violations, between};

/// The members that every listing takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Paging {
    next_token: Option<String>,
    max_results: Option<i64>,
}

impl Paging {
    /// 0 to 25 items; a token of 1 to 65536 characters without white space [MODEL].
    pub(super) fn check(&self, violations: &mut Violations) {
        violations.number("maxResults", self.max_results, between(0, 25));
        violations.optional_text("nextToken", self.next_token.as_ref(), between(1, 65_536));
        if let Some(token) = &self.next_token {
            let is_met = !token.contains(char::is_whitespace);
            violations.pattern("nextToken", token, "[\\S]+", is_met);
        }
    }

    /// The page that is asked for.
    pub(super) fn request(&self) -> Result<PageRequest, AppSyncError> {
        Ok(PageRequest {
            after: self.next_token.as_deref().map(cursor).transpose()?,
            items_max: self.max_results.and_then(|max| usize::try_from(max).ok()),
        })
    }
}

/// The token for the page after a cursor. AWS's tokens are opaque; so is this one.
pub(super) fn token(cursor: Cursor) -> String {
    BASE64URL_NOPAD.encode(&cursor.0.to_be_bytes())
}

fn cursor(token: &str) -> Result<Cursor, AppSyncError> {
    let bytes = BASE64URL_NOPAD.decode(token.as_bytes()).ok();
    let bytes = bytes.and_then(|bytes| <[u8; 8]>::try_from(bytes).ok());
    let bytes = bytes.ok_or(AppSyncError::TokenInvalid)?;
    Ok(Cursor(u64::from_be_bytes(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_can_be_read_back_and_others_cannot() {
        for number in [0, 1, u64::MAX] {
            assert_eq!(cursor(&token(Cursor(number))), Ok(Cursor(number)));
        }
        for bad in ["", "x", "AAAAAAAAAA", "not a token"] {
            assert_eq!(cursor(bad), Err(AppSyncError::TokenInvalid), "{bad}");
        }
    }

    #[test]
    fn the_model_bounds_both_members() {
        let violated = |next_token: Option<&str>, max_results| {
            let mut violations = Violations::default();
            let next_token = next_token.map(str::to_owned);
            Paging {
                next_token,
                max_results,
            }
            .check(&mut violations);
            !violations.is_empty()
        };
        assert!(!violated(None, Some(0)) && !violated(None, Some(25)));
        assert!(violated(None, Some(-1)) && violated(None, Some(26)));
        assert!(!violated(Some("a"), None));
        assert!(violated(Some(""), None) && violated(Some("a b"), None));
        assert!(!violated(Some(&"a".repeat(65_536)), None));
        assert!(violated(Some(&"a".repeat(65_537)), None));
    }
}
