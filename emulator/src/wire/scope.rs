//! Account and Region of a request, from the credential scope of its signature.
//!
//! `Authorization: AWS4-HMAC-SHA256 Credential=ACCESSKEY/DATE/REGION/SERVICE/aws4_request, …`. An
//! access key id of twelve digits is the account, so that parallel tests isolate themselves by
//! their access key; any other belongs to the emulator's own account. Signatures are not verified.

use crate::ids::{AccountId, Region, Scope};

use super::request::Request;

#[derive(Clone, Copy)]
struct Credential<'a> {
    access_key: &'a str,
    region: &'a str,
    service: &'a str,
}

fn credential<'a>(request: &Request<'a>) -> Option<Credential<'a>> {
    let header = request.header("authorization")?;
    let scope = header
        .split_once("Credential=")?
        .1
        .split([',', ' '])
        .next()?;
    let mut parts = scope.split('/');
    let access_key = parts.next()?;
    let _date = parts.next()?;
    Some(Credential {
        access_key,
        region: parts.next()?,
        service: parts.next()?,
    })
}

/// The service that the request was signed for.
pub fn signed_service<'a>(request: &Request<'a>) -> Option<&'a str> {
    credential(request).map(|credential| credential.service)
}

/// Account and Region of a request; `default` is what it does not tell. `last` is returned again
/// where it is the same, so that the usual case costs no allocation.
pub fn scope_of(request: &Request<'_>, last: &Scope, default: &Scope) -> Scope {
    let (account, region) = match credential(request) {
        Some(credential) => (
            account_of(credential.access_key).unwrap_or(default.account.as_str()),
            credential.region,
        ),
        None => (default.account.as_str(), default.region.as_str()),
    };
    if last.account.as_str() == account && last.region.as_str() == region {
        return last.clone();
    }
    Scope {
        account: AccountId::new(account),
        region: Region::new(region),
    }
}

fn account_of(access_key: &str) -> Option<&str> {
    let is_account = access_key.len() == 12 && access_key.bytes().all(|b| b.is_ascii_digit());
    is_account.then_some(access_key)
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, Method, Uri, header};

    use super::*;

    fn own_scope() -> Scope {
        Scope {
            account: AccountId::new("444455556666"),
            region: Region::new("eu-north-1"),
        }
    }

    fn scope_with(authorization: Option<&str>) -> Scope {
        let mut headers = HeaderMap::new();
        if let Some(text) = authorization {
            headers.insert(header::AUTHORIZATION, text.parse().unwrap());
        }
        let (method, uri) = (Method::POST, Uri::from_static("/"));
        let request = Request {
            method: &method,
            uri: &uri,
            headers: &headers,
            body: b"",
            caller: None,
        };
        scope_of(&request, &Scope::default(), &own_scope())
    }

    #[test]
    fn a_twelve_digit_access_key_is_the_account() {
        let text = "AWS4-HMAC-SHA256 Credential=111122223333/20261122/eu-west-1/secretsmanager/aws4_request, SignedHeaders=host, Signature=0";
        let scope = scope_with(Some(text));
        assert_eq!(
            (scope.account.as_str(), scope.region.as_str()),
            ("111122223333", "eu-west-1")
        );
    }

    #[test]
    fn anything_else_is_the_own_account() {
        let text =
            "AWS4-HMAC-SHA256 Credential=test/20261122/eu-west-1/secretsmanager/aws4_request";
        assert_eq!(scope_with(Some(text)).account, own_scope().account);
        assert_eq!(scope_with(Some("nonsense")), own_scope());
        assert_eq!(scope_with(None), own_scope());
    }
}
