//! finishSecret that deletes every key of the API but the new one.

use crate::subject::Event;

use super::Mutant;
use super::flow::{Doing, Flow, key_in, promote, subject};
use super::tools::Tools;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &DeletesForeign,
    bug: "finishSecret deletes every key of the API but the new one",
    oracle: "foreign-untouched",
    scenario: "happy/h1-first-rotation",
};

#[derive(Clone, Copy)]
struct DeletesForeign;

impl Flow for DeletesForeign {
    fn finish<'a>(&'a self, tools: &'a Tools, event: &'a Event) -> Doing<'a> {
        Box::pin(async move {
            promote(tools, event).await?;
            let current = tools
                .value(event, None, "AWSCURRENT")
                .await?
                .unwrap_or_default();
            let keep = key_in(&current);
            for id in tools.keys().await?.into_iter().filter_map(|key| key.id) {
                if Some(&id) != keep.as_ref() {
                    tools.delete_key(&id).await?;
                }
            }
            Ok(())
        })
    }
}
subject!(DeletesForeign, "deletes-foreign");
