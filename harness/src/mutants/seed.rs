//! The flow of the article that this project grew from, in our words: a random password is stored
//! in createSecret, the key is made in setSecret, the old one deleted there, testSecret was never
//! written. Its variants differ in how setSecret stores the key, which the article's text hides.

use serde_json::Value;

use crate::subject::Event;

use super::flow::{holder, pending};
use super::tools::{Answer, HOUR, Tools, refuse};

/// The life that AppSync gives a key whose maker asks for none: seven days.
const DEFAULT_LIFE: i64 = 7 * 24 * HOUR;

/// How setSecret stores the new key.
#[derive(Clone, Copy)]
pub(super) struct Store {
    /// Does it pass the rotation's token?
    pub(super) with_token: bool,
    /// The staging label that it asks for, if any.
    pub(super) label: Option<&'static str>,
}

pub(super) async fn create(tools: &Tools, event: &Event) -> Answer<()> {
    if pending(tools, event).await?.is_some() {
        return Ok(());
    }
    let password = "Xk3-random-password-of-32-chars-";
    tools
        .put(
            event,
            Some(event.token.as_str()),
            password,
            Some("AWSPENDING"),
        )
        .await
}

/// Everything in one block; whatever fails is reported as if it had never been written.
pub(super) async fn set(tools: &Tools, event: &Event, store: Store) -> Answer<()> {
    let done = replace_key(tools, event, store).await;
    done.or_else(|_| refuse("NotImplementedError", "setSecret failed"))
}

async fn replace_key(tools: &Tools, event: &Event, store: Store) -> Answer<()> {
    let current = tools
        .value(event, None, "AWSCURRENT")
        .await?
        .unwrap_or_default();
    let current: Value = serde_json::from_str(&current).unwrap_or(Value::Null);
    let Some(old) = current["APIKEY"].as_str() else {
        return refuse("KeyError", "no APIKEY");
    };
    let new = tools.create_key(None, DEFAULT_LIFE).await?;
    let value = format!(r#"{{"APIKEY": "{new}"}}"#);
    let token = store.with_token.then_some(event.token.as_str());
    tools.put(event, token, &value, store.label).await?;
    tools.delete_key(old).await
}

pub(super) fn test() -> Answer<()> {
    refuse("NotImplementedError", "testSecret was never written")
}

pub(super) async fn finish(tools: &Tools, event: &Event) -> Answer<()> {
    let current = holder(tools, event, "AWSCURRENT")
        .await?
        .unwrap_or_default();
    if current == event.token.as_str() {
        return Ok(());
    }
    tools.promote(event, &current).await
}
