//! createSecret that names the new key in its error when it cannot be stored.

use crate::subject::Event;

use super::Mutant;
use super::flow::{Doing, Flow, marker, pending, subject};
use super::tools::{HOUR, Tools, refuse};

pub(super) const MUTANT: Mutant = Mutant {
    subject: &LogsTheKey,
    bug: "names the new key in its error when it cannot be stored",
    oracle: "no-secret-leaked",
    scenario: "failed/f1-put-refused",
};

#[derive(Clone, Copy)]
struct LogsTheKey;

impl Flow for LogsTheKey {
    fn create<'a>(&'a self, tools: &'a Tools, event: &'a Event) -> Doing<'a> {
        Box::pin(async move {
            if pending(tools, event).await?.is_some() {
                return Ok(());
            }
            let key = tools
                .create_key(Some(marker(event)), 90 * 24 * HOUR)
                .await?;
            let value = format!(r#"{{"APIKEY":"{key}"}}"#);
            let put = tools
                .put(
                    event,
                    Some(event.token.as_str()),
                    &value,
                    Some("AWSPENDING"),
                )
                .await;
            put.or_else(|_| refuse("PutFailed", &format!("could not store {key}")))
        })
    }
}
subject!(LogsTheKey, "logs-the-key");
