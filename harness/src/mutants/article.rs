//! The flow of the article that this project grew from, in our words: a random password is stored
//! in createSecret, the key is made in setSecret, the old one deleted there, testSecret was never
//! written. Its variants differ in how setSecret stores the key, which the article's text hides.

use aws_smithy_types::retry::RetryConfig;
use serde_json::Value;

use super::flow::{Doing, Flow, Store};
use super::right::Run;
use super::tools::{Answer, refuse};

/// A variant of the article's rotator.
pub(super) struct Article {
    /// How setSecret stores the new key.
    pub(super) store: Store,
    /// Is the whole answer of CreateApiKey stored where the key belongs?
    pub(super) stores_whole_answer: bool,
}

impl Flow for Article {
    fn at_current<'a>(&'a self, _run: &'a Run<'a>) -> Doing<'a> {
        Box::pin(async { Ok(()) })
    }

    fn create<'a>(&'a self, run: &'a Run<'a>) -> Doing<'a> {
        Box::pin(async move {
            if run.pending().await?.is_some() {
                return Ok(());
            }
            let (token, password) = (run.token(), run.tools.random_password().await?);
            let label = Some("AWSPENDING");
            run.tools
                .put(run.event, Some(token), &password, label)
                .await
        })
    }

    /// Everything in one block; whatever fails is reported as if it had never been written.
    fn set<'a>(&'a self, run: &'a Run<'a>) -> Doing<'a> {
        Box::pin(async move {
            let done = self.replace_key(run).await;
            done.or_else(|_| refuse("NotImplementedError", "setSecret failed"))
        })
    }

    fn test<'a>(&'a self, _run: &'a Run<'a>) -> Doing<'a> {
        Box::pin(async { refuse("NotImplementedError", "testSecret was never written") })
    }

    fn finish<'a>(&'a self, run: &'a Run<'a>) -> Doing<'a> {
        Box::pin(
            run.tools
                .promote(run.event, run.secret.holder("AWSCURRENT")),
        )
    }
}

impl Article {
    async fn replace_key(&self, run: &Run<'_>) -> Answer<()> {
        let current = run.current().await?;
        let api = run.api(&current)?;
        let current: Value = serde_json::from_str(&current).unwrap_or(Value::Null);
        let Some(old) = current["APIKEY"].as_str() else {
            return refuse("KeyError", "no APIKEY");
        };
        let made = run
            .tools
            .create_key(&api, None, None, RetryConfig::standard());
        let new = made.await?.unwrap_or_default();
        let value = if self.stores_whole_answer {
            format!(r#"{{"APIKEY": {{"apiKey": {{"id": "{new}"}}}}}}"#)
        } else {
            format!(r#"{{"APIKEY": "{new}"}}"#)
        };
        let token = self.store.with_token.then_some(run.token());
        run.tools
            .put(run.event, token, &value, self.store.label)
            .await?;
        run.tools.delete_key(&api, old).await
    }
}
