//! The value of a database's secret, in the shape that AWS gives it: a JSON object with `engine`,
//! `host`, `port`, `username`, `password` and `dbname` (*AWS docs*, "JSON structure of AWS Secrets
//! Manager secrets").

use std::net::SocketAddr;

use serde::Deserialize;
use serde_json::{Value, json};

/// What a client of a database takes from the secret.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(super) struct Login {
    #[serde(default)]
    host: String,
    #[serde(default, deserialize_with = "port")]
    port: Option<u16>,
    #[serde(rename = "username")]
    pub(super) user: String,
    pub(super) password: String,
    #[serde(default, rename = "dbname")]
    pub(super) database: Option<String>,
}

/// People write a port as a number or as a text.
fn port<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<u16>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Number(number) => number.as_u64().and_then(|port| u16::try_from(port).ok()),
        Value::String(text) => text.parse().ok(),
        _ => None,
    })
}

/// A value that no client can use, and why.
pub(super) type Unusable = &'static str;

impl Login {
    /// What a value holds.
    pub(super) fn read(value: &str) -> Result<Self, Unusable> {
        let json: Value = serde_json::from_str(value).map_err(|_| "the value is not JSON")?;
        serde_json::from_value(json).map_err(|_| "the value has no username or no password")
    }

    /// Does it lead to this place? A port that is left out is the usual one, which no link has.
    pub(super) fn leads_to(&self, link: SocketAddr) -> bool {
        let is_here = self.host == "localhost" || self.host == link.ip().to_string();
        is_here && self.port == Some(link.port())
    }
}

/// The value for a user of a database of this kind.
pub(super) fn write(
    engine: &str,
    link: SocketAddr,
    user: &str,
    password: &str,
    database: &str,
) -> String {
    json!({
        "engine": engine,
        "host": link.ip().to_string(),
        "port": link.port(),
        "username": user,
        "password": password,
        "dbname": database,
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_leads_to_its_place() {
        let link: SocketAddr = "127.0.0.1:4711".parse().unwrap();
        let value = write("postgres", link, "app", "a\"b", "shop");
        let login = Login::read(&value).unwrap();
        assert_eq!(
            (login.user.as_str(), login.password.as_str()),
            ("app", "a\"b")
        );
        assert!(login.leads_to(link));
        assert!(!login.leads_to("127.0.0.1:4712".parse().unwrap()));
        let text = value
            .replace("4711", "\"4711\"")
            .replace("127.0.0.1", "localhost");
        assert!(Login::read(&text).unwrap().leads_to(link));
    }

    #[test]
    fn a_value_that_no_client_can_use_says_why() {
        assert_eq!(Login::read("secret").err(), Some("the value is not JSON"));
        for value in [
            "{}",
            "[]",
            r#"{"username":"a"}"#,
            r#"{"username":"a","password":null}"#,
        ] {
            assert!(
                Login::read(value).err().unwrap().contains("no password"),
                "{value}"
            );
        }
    }
}
