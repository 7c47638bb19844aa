//! finishSecret that fails when the token is current already, as it is when its answer was lost.

use crate::subject::Event;

use super::Mutant;
use super::flow::{Doing, Flow, holder, promote, subject};
use super::tools::{Tools, refuse};

pub(super) const MUTANT: Mutant = Mutant {
    subject: &StumblesAtCurrent,
    bug: "finishSecret fails when the token is current already",
    oracle: "settles",
    scenario: "crash/c2-move-then-killed",
};

#[derive(Clone, Copy)]
struct StumblesAtCurrent;

impl Flow for StumblesAtCurrent {
    fn finish<'a>(&'a self, tools: &'a Tools, event: &'a Event) -> Doing<'a> {
        Box::pin(async move {
            let current = holder(tools, event, "AWSCURRENT").await?;
            if current.as_deref() == Some(event.token.as_str()) {
                return refuse("AlreadyCurrent", "the token is current already");
            }
            promote(tools, event).await
        })
    }
}
subject!(StumblesAtCurrent, "stumbles-at-current");
