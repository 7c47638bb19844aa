//! setSecret that deletes the old key, before the new one is current or even tested.

use crate::subject::Event;

use super::Mutant;
use super::flow::{Doing, Flow, key_in, subject};
use super::tools::Tools;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &DeletesOldInSet,
    bug: "setSecret deletes the old key, before the new one is current",
    oracle: "served",
    scenario: "happy/h1-first-rotation",
};

#[derive(Clone, Copy)]
struct DeletesOldInSet;

impl Flow for DeletesOldInSet {
    fn set<'a>(&'a self, tools: &'a Tools, event: &'a Event) -> Doing<'a> {
        Box::pin(async move {
            let current = tools
                .value(event, None, "AWSCURRENT")
                .await?
                .unwrap_or_default();
            match key_in(&current) {
                Some(key) => tools.delete_key(&key).await,
                None => Ok(()),
            }
        })
    }
}
subject!(DeletesOldInSet, "deletes-old-in-set");
