//! Where pages come from.

use std::str::FromStr;

use http::HeaderValue;
use http::uri::{PathAndQuery, Uri};

/// The origin of pages that may call the server: `http://localhost:3000`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    pub(super) fn is(&self, sent: &HeaderValue) -> bool {
        sent.as_bytes().eq_ignore_ascii_case(self.0.as_bytes())
    }
}

/// Is it the origin of the server's own pages, as the browser that reached it at `authority` names
/// it?
pub(super) fn is_own(origin: &[u8], authority: &str) -> bool {
    let sent = origin.strip_prefix(b"http://");
    sent.is_some_and(|sent| sent.eq_ignore_ascii_case(authority.as_bytes()))
}

/// The text is no origin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no origin: write scheme, host and port such as http://localhost:3000")]
pub struct BadOrigin(String);

impl FromStr for Origin {
    type Err = BadOrigin;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || BadOrigin(text.to_owned());
        let uri: Uri = text.parse().map_err(|_| bad())?;
        let has_path = uri.path_and_query().map(PathAndQuery::as_str) != Some("/");
        let authority = uri.authority().ok_or_else(bad)?;
        // A slash at the end is how addresses are copied; a name for all of them would be none.
        let is_odd = authority.as_str().contains(['@', '*']);
        match uri.scheme_str() {
            Some(scheme) if !has_path && !is_odd => Ok(Self(format!("{scheme}://{authority}"))),
            _ => Err(bad()),
        }
    }
}
