//! Neither testSecret nor finishSecret tries the new key.

use crate::subject::Event;

use super::Mutant;
use super::flow::{Doing, Flow, holder, subject};
use super::tools::Tools;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &PromotesUntested,
    bug: "neither testSecret nor finishSecret tries the new key",
    oracle: "one-current",
    scenario: "availability/v5-visible-after-20s",
};

#[derive(Clone, Copy)]
struct PromotesUntested;

impl Flow for PromotesUntested {
    fn test<'a>(&'a self, _tools: &'a Tools, _event: &'a Event) -> Doing<'a> {
        Box::pin(async { Ok(()) })
    }

    fn finish<'a>(&'a self, tools: &'a Tools, event: &'a Event) -> Doing<'a> {
        Box::pin(async move {
            let current = holder(tools, event, "AWSCURRENT")
                .await?
                .unwrap_or_default();
            tools.promote(event, &current).await
        })
    }
}
subject!(PromotesUntested, "promotes-untested");
