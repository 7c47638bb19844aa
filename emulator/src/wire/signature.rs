//! Signatures of version 4, in the header and in the query: read, recomputed, compared.
//!
//! What is signed and how is the library's; here stand which parts of a request the client says
//! that it signed, and how its time and its scope are held against ours [D].

use std::borrow::Cow;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    SignableBody, SignableRequest, SignatureLocation, SigningParams, SigningSettings, sign,
};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::identity::Identity;
use percent_encoding::percent_decode_str;

use crate::time::Timestamp;

use super::request::Request;
use super::scope::{Credential, credential};

/// Why a signature is not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadSignature {
    /// There is none.
    Missing,
    /// It lacks a part.
    Incomplete {
        /// The part, as the header or the query names it.
        part: &'static str,
    },
    /// Nobody has the access key id, or the session's token is not the one that was sent.
    UnknownKey,
    /// The session has ended.
    ExpiredToken,
    /// It was made too long ago, or with a clock that is behind.
    Expired {
        /// When it was made.
        made: Timestamp,
        /// Our time.
        now: Timestamp,
        /// How long it is good, in milliseconds.
        good_for_ms: i64,
    },
    /// It was made with a clock that is ahead.
    NotYetCurrent {
        /// When it was made.
        made: Timestamp,
        /// Our time.
        now: Timestamp,
        /// How much it may be ahead, in milliseconds.
        ahead_ms: i64,
    },
    /// The day in the credential scope is not that of the request.
    WrongDay {
        /// The day in the scope.
        scope: String,
        /// The time of the request.
        made: Timestamp,
    },
    /// It was made for a Region that is none.
    NoRegion {
        /// What stands for the Region, as far as it is shown.
        region: String,
    },
    /// It was made for another service.
    WrongService {
        /// The service that was called.
        service: &'static str,
    },
    /// It stands in the query, where any web page could have written it, and was made with the
    /// secret that everybody knows.
    Public,
    /// It is not the one that was computed here: a wrong secret, or another request.
    Mismatch,
}

/// A signature, taken apart.
#[derive(Clone, Debug)]
pub struct Signature<'a> {
    credential: Credential<'a>,
    signed_headers: Cow<'a, str>,
    value: Cow<'a, str>,
    made: Timestamp,
    /// In seconds; only signatures in the query say so.
    expires: Option<u32>,
    token: Option<Cow<'a, str>>,
}

/// The longest life of a signature in the query, in seconds: seven days [D].
const LONGEST_LIFE: u32 = 604_800;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

impl<'a> Signature<'a> {
    /// Takes the signature of a request apart.
    ///
    /// # Errors
    /// There is none, or a part of it is missing.
    pub fn read(request: &Request<'a>) -> Result<Self, BadSignature> {
        if let Some(header) = request.header(http::header::AUTHORIZATION) {
            return Self::in_header(request, header);
        }
        let query = request.uri.query().unwrap_or_default();
        if query_member(query, "X-Amz-Signature").is_none() {
            return Err(BadSignature::Missing);
        }
        Self::in_query(request, query)
    }

    fn in_header(request: &Request<'a>, header: &'a str) -> Result<Self, BadSignature> {
        let lacks = |part: &'static str| move || BadSignature::Incomplete { part };
        let parts = header
            .strip_prefix(ALGORITHM)
            .ok_or_else(lacks("AWS4-HMAC-SHA256"))?;
        let part = |name: &str| {
            let mut parts = parts.split(',').map(str::trim);
            parts
                .find_map(|part| part.strip_prefix(name))
                .map(Cow::Borrowed)
        };
        let date = request.header("x-amz-date").and_then(moment);
        let date = date.or_else(|| httpdate(request.header("date")?));
        Ok(Self {
            credential: credential(request).ok_or_else(lacks("Credential"))?,
            signed_headers: part("SignedHeaders=").ok_or_else(lacks("SignedHeaders"))?,
            value: part("Signature=").ok_or_else(lacks("Signature"))?,
            made: date.ok_or_else(lacks("X-Amz-Date"))?,
            expires: None,
            token: request.header("x-amz-security-token").map(Cow::Borrowed),
        })
    }

    fn in_query(request: &Request<'a>, query: &'a str) -> Result<Self, BadSignature> {
        let part =
            |part: &'static str| query_member(query, part).ok_or(BadSignature::Incomplete { part });
        let lacks = |part: &'static str| move || BadSignature::Incomplete { part };
        let made = moment(&part("X-Amz-Date")?);
        let expires = part("X-Amz-Expires")?.parse().ok();
        let expires = expires.filter(|seconds| (1..=LONGEST_LIFE).contains(seconds));
        Ok(Self {
            credential: credential(request).ok_or_else(lacks("X-Amz-Credential"))?,
            signed_headers: part("X-Amz-SignedHeaders")?,
            value: part("X-Amz-Signature")?,
            made: made.ok_or_else(lacks("X-Amz-Date"))?,
            expires: Some(expires.ok_or_else(lacks("X-Amz-Expires"))?),
            token: query_member(query, "X-Amz-Security-Token"),
        })
    }

    /// Does it stand in the query, as in a presigned URL?
    pub fn is_in_query(&self) -> bool {
        self.expires.is_some()
    }

    /// The session token that the request carries.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Holds the signature's time and scope against ours, and its value against the one that
    /// `secret` gives. `skew_ms` is how far clocks may differ, in milliseconds.
    ///
    /// # Errors
    /// What is wrong; the value is compared last.
    pub fn verify(
        &self,
        request: &Request<'_>,
        service: &'static str,
        secret: &str,
        skew_ms: i64,
        now: Timestamp,
    ) -> Result<(), BadSignature> {
        self.check_time(skew_ms, now)?;
        let day = basic(self.made)[..8].to_owned();
        if *self.credential.date != day {
            return Err(BadSignature::WrongDay {
                scope: self.credential.date.to_string(),
                made: self.made,
            });
        }
        if self.credential.service != service {
            return Err(BadSignature::WrongService { service });
        }
        if self.expected(request, secret).as_deref() == Some(&*self.value) {
            return Ok(());
        }
        Err(BadSignature::Mismatch)
    }

    fn check_time(&self, skew_ms: i64, now: Timestamp) -> Result<(), BadSignature> {
        let made = self.made;
        let life_ms = self.expires.map(|seconds| i64::from(seconds) * 1000);
        let good_for_ms = life_ms.unwrap_or(skew_ms);
        if now.millis_since(made) > good_for_ms {
            return Err(BadSignature::Expired {
                made,
                now,
                good_for_ms,
            });
        }
        if made.millis_since(now) > skew_ms {
            return Err(BadSignature::NotYetCurrent {
                made,
                now,
                ahead_ms: skew_ms,
            });
        }
        Ok(())
    }

    /// The signature that this request has with that secret; none if it cannot be signed at all.
    fn expected(&self, request: &Request<'_>, secret: &str) -> Option<String> {
        let Credential {
            access_key,
            region,
            service,
            ..
        } = &self.credential;
        // In the header form the token is one of the headers; in the query it is signed apart.
        let token = self.expires.and(self.token.as_deref()).map(str::to_owned);
        let keys = Credentials::from_keys(&**access_key, secret, token);
        let identity = Identity::from(keys);
        let params: SigningParams<'_> = v4::SigningParams::builder()
            .identity(&identity)
            .region(region)
            .name(service)
            .time(self.made.to_system_time())
            .settings(self.settings())
            .build()
            .ok()?
            .into();
        let headers = self.headers(request)?;
        let body = SignableBody::Bytes(request.body);
        let uri = unsigned_uri(request);
        let method = request.method.as_str();
        let signable = SignableRequest::new(method, uri, headers.into_iter(), body).ok()?;
        Some(sign(signable, &params).ok()?.into_parts().1)
    }

    fn settings(&self) -> SigningSettings {
        let mut settings = SigningSettings::default();
        // The client says which headers it signed.
        settings.excluded_headers = None;
        if let Some(seconds) = self.expires {
            settings.signature_location = SignatureLocation::QueryParams;
            settings.expires_in = Some(Duration::from_secs(seconds.into()));
        }
        settings
    }

    /// The headers that the client says it signed; the host must be among them [D].
    fn headers<'r>(&'r self, request: &Request<'r>) -> Option<Vec<(&'r str, &'r str)>> {
        let mut headers = Vec::new();
        for name in self.signed_headers.split(';') {
            if name == "host" {
                // Over HTTP/2 and in process the host stands in the target.
                headers.push((name, request.authority()));
                continue;
            }
            for value in request.headers.get_all(name) {
                headers.push((name, value.to_str().ok()?));
            }
        }
        let has_host = headers.iter().any(|(name, _)| *name == "host");
        has_host.then_some(headers)
    }
}

/// The URL of a request without what a signature adds to it.
fn unsigned_uri(request: &Request<'_>) -> String {
    const ADDED: [&str; 7] = [
        "X-Amz-Algorithm",
        "X-Amz-Credential",
        "X-Amz-Date",
        "X-Amz-Expires",
        "X-Amz-SignedHeaders",
        "X-Amz-Security-Token",
        "X-Amz-Signature",
    ];
    let is_own = |pair: &&str| !ADDED.contains(&pair.split('=').next().unwrap_or(pair));
    let query = request.uri.query().unwrap_or_default();
    let own: Vec<&str> = query.split('&').filter(is_own).collect();
    let (path, own) = (request.uri.path(), own.join("&"));
    let mark = if own.is_empty() { "" } else { "?" };
    // The host that is signed is the header's: this one only makes the URL whole.
    format!("http://localhost{path}{mark}{own}")
}

fn query_member<'a>(query: &'a str, name: &str) -> Option<Cow<'a, str>> {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(key, _)| *key == name)?;
    percent_decode_str(value).decode_utf8().ok()
}

/// From the form of signatures, `20150830T123600Z`.
fn moment(text: &str) -> Option<Timestamp> {
    let digits = |range: std::ops::Range<usize>| text.get(range);
    if text.len() != 16 || !text.is_ascii() {
        return None;
    }
    let (year, month, day) = (digits(0..4)?, digits(4..6)?, digits(6..8)?);
    let (hour, minute, rest) = (digits(9..11)?, digits(11..13)?, digits(13..16)?);
    Timestamp::parse(&format!("{year}-{month}-{day}T{hour}:{minute}:{rest}"))
}

fn httpdate(text: &str) -> Option<Timestamp> {
    let time = httpdate::parse_http_date(text).ok()?;
    Some(Timestamp::from_system_time(time))
}

/// In the form of signatures, `20150830T123600Z`.
pub fn basic(at: Timestamp) -> String {
    let text = Timestamp::from_seconds(at.as_seconds()).to_string();
    let mut text: String = text.split('.').next().unwrap_or_default().to_owned();
    text.retain(|letter| letter != '-' && letter != ':');
    text.push('Z');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_they_are_read() {
        let at = moment("20150830T123600Z").unwrap();
        assert_eq!(at, Timestamp::parse("2015-08-30T12:36:00Z").unwrap());
        assert_eq!(basic(at.plus_millis(999)), "20150830T123600Z");
        for bad in [
            "",
            "20150830",
            "2015-08-30T12:36",
            "20151330T123600Z",
            "201508é0T12360Z",
        ] {
            assert_eq!(moment(bad), None, "{bad}");
        }
    }
}
