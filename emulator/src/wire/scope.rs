//! The credential scope of a request: access key, Region and service, from its signature.
//!
//! `Authorization: AWS4-HMAC-SHA256 Credential=ACCESSKEY/DATE/REGION/SERVICE/aws4_request, …`, or
//! the same as `X-Amz-Credential` in the query of a presigned URL.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use crate::ids::{AccountId, Region, Scope};

use super::request::Request;

/// The credential scope of a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential<'a> {
    /// The access key id.
    pub access_key: Cow<'a, str>,
    /// The day of the signing key: `20261122`.
    pub date: Cow<'a, str>,
    /// The Region.
    pub region: Cow<'a, str>,
    /// The service, as endpoints and signatures name it.
    pub service: Cow<'a, str>,
}

/// The credential scope of a request; none if it is not signed.
pub fn credential<'a>(request: &Request<'a>) -> Option<Credential<'a>> {
    in_header(request).or_else(|| {
        let query = request.uri.query()?;
        let value = query
            .split('&')
            .find_map(|it| it.strip_prefix("X-Amz-Credential="))?;
        parts(percent_decode_str(value).decode_utf8().ok()?)
    })
}

fn in_header<'a>(request: &Request<'a>) -> Option<Credential<'a>> {
    let header = request.headers.get(http::header::AUTHORIZATION)?.as_bytes();
    let usual = header.strip_prefix(b"AWS4-HMAC-SHA256 Credential=");
    let unusual = || {
        let (_, rest) = std::str::from_utf8(header)
            .ok()?
            .split_once("Credential=")?;
        Some(rest.as_bytes())
    };
    let rest = usual.or_else(unusual)?;
    // The signature behind it is long, and no part of the scope.
    let end = rest.iter().position(|byte| matches!(byte, b',' | b' '));
    let scope = std::str::from_utf8(&rest[..end.unwrap_or(rest.len())]).ok()?;
    parts(Cow::Borrowed(scope))
}

/// Is the request signed where a web page cannot make a browser sign it? Any page can write a
/// query, but none a header `Authorization` without asking first.
pub fn is_signed_in_header(request: &Request<'_>) -> bool {
    in_header(request).is_some()
}

fn parts(text: Cow<'_, str>) -> Option<Credential<'_>> {
    match text {
        Cow::Borrowed(text) => split(text, Cow::Borrowed),
        Cow::Owned(text) => split(&text, |part| Cow::Owned(part.to_owned())),
    }
}

fn split<'t, 'a>(text: &'t str, own: impl Fn(&'t str) -> Cow<'a, str>) -> Option<Credential<'a>> {
    let mut parts = text.split('/');
    let mut next = || parts.next().map(&own);
    Some(Credential {
        access_key: next()?,
        date: next()?,
        region: next()?,
        service: next()?,
    })
}

/// The service that the request was signed for.
pub fn signed_service<'a>(request: &Request<'a>) -> Option<Cow<'a, str>> {
    credential(request).map(|credential| credential.service)
}

/// The partition of the world that a call takes place in: the signer's account, and the Region of
/// the signature or else of `default`. `last` is returned again where it is the same, so that the
/// usual case costs no allocation.
pub fn scope_of(
    credential: Option<&Credential<'_>>,
    account: &AccountId,
    last: &Scope,
    default: &Scope,
) -> Scope {
    let region = credential.map_or(default.region.as_str(), |it| &*it.region);
    if last.account == *account && last.region.as_str() == region {
        return last.clone();
    }
    Scope {
        account: account.clone(),
        region: Region::new(region),
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, Method, Uri, header};

    use super::*;

    fn credential_in(authorization: &str, uri: &'static str) -> Option<[String; 4]> {
        let mut headers = HeaderMap::new();
        if !authorization.is_empty() {
            headers.insert(header::AUTHORIZATION, authorization.parse().unwrap());
        }
        let (method, uri) = (Method::POST, Uri::from_static(uri));
        let request = Request {
            method: &method,
            uri: &uri,
            headers: &headers,
            body: b"",
            caller: None,
        };
        let found = credential(&request)?;
        let Credential {
            access_key,
            date,
            region,
            service,
        } = found;
        Some([access_key, date, region, service].map(Cow::into_owned))
    }

    #[test]
    fn the_scope_is_read_from_the_header_and_from_the_query() {
        let expected = ["test", "20261122", "eu-west-1", "sts"].map(str::to_owned);
        let header = "AWS4-HMAC-SHA256 Credential=test/20261122/eu-west-1/sts/aws4_request, SignedHeaders=host, Signature=0";
        assert_eq!(credential_in(header, "/"), Some(expected.clone()));
        let query = "/?X-Amz-Credential=test%2F20261122%2Feu-west-1%2Fsts%2Faws4_request&a=b";
        assert_eq!(credential_in("", query), Some(expected));
        assert_eq!(credential_in("nonsense", "/?a"), None);
        assert_eq!(credential_in("", "/"), None);
    }

    #[test]
    fn a_query_is_no_signature_that_a_page_cannot_make() {
        let scope = "test/20261122/us-east-1/lambda/aws4_request";
        let (method, uri) = (
            Method::POST,
            Uri::try_from(format!("/?X-Amz-Credential={scope}")).unwrap(),
        );
        let mut headers = HeaderMap::new();
        let is_signed = |headers: &HeaderMap| {
            is_signed_in_header(&Request {
                method: &method,
                uri: &uri,
                headers,
                body: b"",
                caller: None,
            })
        };
        assert!(!is_signed(&headers));
        headers.insert(header::AUTHORIZATION, "Basic x".parse().unwrap());
        assert!(!is_signed(&headers));
        let signed =
            format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0");
        headers.insert(header::AUTHORIZATION, signed.parse().unwrap());
        assert!(is_signed(&headers));
    }

    #[test]
    fn the_scope_is_the_signers_account_in_the_signed_region() {
        let (account, default) = (AccountId::new("111122223333"), Scope::default());
        let credential = parts(Cow::Borrowed("k/d/eu-west-1/sts/aws4_request")).unwrap();
        let scope = scope_of(Some(&credential), &account, &default, &default);
        assert_eq!(
            (scope.account.as_str(), scope.region.as_str()),
            ("111122223333", "eu-west-1")
        );
        assert_eq!(scope_of(None, &default.account, &scope, &default), default);
    }
}
