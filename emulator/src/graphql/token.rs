//! JSON web tokens: what can be read of one without the key that signed it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::time::Timestamp;

/// The claims of a token that say who it is for and how long it is good.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct Claims {
    iss: String,
    aud: Option<Value>,
    azp: Option<String>,
    client_id: Option<String>,
    exp: Option<i64>,
    iat: Option<i64>,
    auth_time: Option<i64>,
    #[serde(rename = "cognito:groups")]
    pub(super) groups: Vec<String>,
}

impl Claims {
    /// Reads a token, with or without `Bearer`; none if it is no token.
    pub(super) fn read(text: &str) -> Option<Self> {
        let text = text.strip_prefix("Bearer ").unwrap_or(text).trim();
        let mut parts = text.split('.');
        let (head, claims, signature) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || signature.is_empty() {
            return None;
        }
        let head: Map<String, Value> = decoded(head)?;
        head.get("alg")?.as_str()?;
        // Derived decoders would take an array for a struct.
        let claims: Map<String, Value> = decoded(claims)?;
        serde_json::from_value(Value::Object(claims)).ok()
    }

    /// Was it issued there? A slash at the end makes no difference.
    pub(super) fn is_from(&self, issuer: &str) -> bool {
        self.iss.trim_end_matches('/') == issuer.trim_end_matches('/')
    }

    /// The clients that it names.
    pub(super) fn clients(&self) -> impl Iterator<Item = &str> {
        let audience = match &self.aud {
            Some(Value::String(one)) => vec![one.as_str()],
            Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let others = [&self.client_id, &self.azp].into_iter().flatten();
        audience.into_iter().chain(others.map(String::as_str))
    }

    /// Is its time over: by its own word, or by the milliseconds since it was issued or since its
    /// holder proved who he is?
    pub(super) fn is_over(
        &self,
        now: Timestamp,
        iat_ttl: Option<i64>,
        auth_ttl: Option<i64>,
    ) -> bool {
        let lasts = |since: Option<i64>, ttl: Option<i64>| {
            // No limit, or a limit of nothing, is none.
            let Some(ttl) = ttl.filter(|ttl| *ttl > 0) else {
                return true;
            };
            since.is_some_and(|since| now < Timestamp::from_seconds(since).plus_millis(ttl))
        };
        let own = self
            .exp
            .is_none_or(|exp| now < Timestamp::from_seconds(exp));
        !(own && lasts(self.iat, iat_ttl) && lasts(self.auth_time, auth_ttl))
    }
}

fn decoded<T: serde::de::DeserializeOwned>(part: &str) -> Option<T> {
    let bytes = URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&bytes).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn token(head: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.c2ln", part(head), part(claims))
    }

    #[test]
    fn a_token_is_three_parts_of_which_two_can_be_read() {
        let claims = json!({ "iss": "https://a/", "aud": ["x", "y"], "client_id": "z" });
        let good = token(&json!({ "alg": "RS256" }), &claims);
        let read = Claims::read(&good).unwrap();
        assert!(read.is_from("https://a") && !read.is_from("https://b"));
        assert_eq!(read.clients().collect::<Vec<_>>(), ["x", "y", "z"]);
        assert_eq!(Claims::read(&format!("Bearer {good}")), Some(read));
        for bad in [
            "",
            "nonsense",
            "a.b.c",
            &good[..good.len() - 4],
            &format!("{good}.x"),
            &token(&json!({}), &claims),
            &token(&json!({ "alg": "RS256" }), &json!([])),
            &token(&json!({ "alg": "RS256" }), &json!({ "exp": "soon" })),
        ] {
            assert_eq!(Claims::read(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_token_ends_by_its_own_word_and_by_the_limits_of_the_api() {
        let claims = Claims {
            exp: Some(1_000),
            iat: Some(100),
            ..Claims::default()
        };
        let is_over = |seconds, iat_ttl, auth_ttl| {
            claims.is_over(Timestamp::from_seconds(seconds), iat_ttl, auth_ttl)
        };
        assert!(!is_over(999, None, None) && is_over(1_000, None, None));
        assert!(!is_over(199, Some(100_000), None) && is_over(200, Some(100_000), None));
        assert!(
            is_over(199, None, Some(1)),
            "it does not say when its holder proved who he is"
        );
        assert!(
            !is_over(999, Some(0), Some(0)),
            "a limit of nothing is none"
        );
    }
}
