//! Which API a request is for: a host label, in the path or in the host.

use crate::wire::request::Request;

/// The host label that a request is addressed to.
///
/// `/graphql/LABEL` is the form that the control plane gives out, for machines where names under
/// one host do not resolve. `/graphql` at `LABEL.appsync-api.REGION.amazonaws.com`, or at any other
/// host that begins with a label, is the form of AWS [REC].
pub fn host_label<'a>(request: &Request<'a>) -> Option<&'a str> {
    let path = request.uri.path();
    if path == "/graphql" {
        let first = request.authority().split(['.', ':']).next()?;
        return is_label(first).then_some(first);
    }
    let label = path.strip_prefix("/graphql/")?;
    (!label.is_empty() && !label.contains('/')).then_some(label)
}

/// 26 characters of base32 in lower case [REC].
pub(crate) fn is_label(text: &str) -> bool {
    text.len() == 26
        && text
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'2'..=b'7'))
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, Method, Uri};

    use super::*;

    fn label_of(host: &str, path: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_str(host).unwrap());
        let uri: Uri = path.parse().unwrap();
        let request = Request {
            method: &Method::POST,
            uri: &uri,
            headers: &headers,
            body: b"",
            caller: None,
        };
        host_label(&request).map(str::to_owned)
    }

    #[test]
    fn a_label_stands_in_the_path_or_begins_the_host() {
        let label = "abcdefghijklmnopqrstuvwx27";
        let host = format!("{label}.appsync-api.eu-west-1.amazonaws.com");
        assert_eq!(label_of(&host, "/graphql").as_deref(), Some(label));
        assert_eq!(
            label_of(&format!("{label}.localhost:4566"), "/graphql?query=x").as_deref(),
            Some(label)
        );
        assert_eq!(
            label_of("localhost", &format!("/graphql/{label}")).as_deref(),
            Some(label)
        );
        assert_eq!(label_of("localhost:4566", "/graphql"), None);
        assert_eq!(label_of(&host, "/v1/apis"), None);
        assert_eq!(label_of("localhost", "/graphql/a/b"), None);
        assert_eq!(label_of("localhost", "/graphql/"), None);
    }
}
