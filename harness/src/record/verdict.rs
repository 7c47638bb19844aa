//! The verdict on a run: one word, one exit code.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How a run ended, from the best to the worst: of several runs the worst verdict counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The scenario is not for this function or this target.
    Skipped,
    /// Everything held.
    Passed,
    /// An injected fault never met its call, or another order was never carried out.
    FaultNotTriggered,
    /// An expectation that the scenario states was not met. No invariant failed.
    Failed,
    /// Faults had stopped, and still it did not come right.
    DidNotRecover,
    /// An invariant failed.
    Violated,
    /// The function could not run at all.
    DidNotStart,
}

impl Verdict {
    /// Every verdict, from the best to the worst.
    pub const ALL: [Self; 7] = [
        Self::Skipped,
        Self::Passed,
        Self::FaultNotTriggered,
        Self::Failed,
        Self::DidNotRecover,
        Self::Violated,
        Self::DidNotStart,
    ];

    /// Is there nothing to answer for?
    pub const fn is_good(self) -> bool {
        matches!(self, Self::Skipped | Self::Passed)
    }

    /// The exit code of a command whose worst verdict this is.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Skipped | Self::Passed => 0,
            Self::Failed | Self::Violated => 1,
            Self::DidNotStart => 2,
            Self::DidNotRecover => 3,
            Self::FaultNotTriggered => 4,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Skipped => "skipped",
            Self::Passed => "passed",
            Self::FaultNotTriggered => "fault not triggered",
            Self::Failed => "failed",
            Self::DidNotRecover => "did not recover",
            Self::Violated => "violated",
            Self::DidNotStart => "did not start",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_go_from_the_best_to_the_worst() {
        assert!(Verdict::ALL.is_sorted());
        let good = Verdict::ALL.iter().filter(|verdict| verdict.is_good());
        assert!(good.clone().all(|verdict| verdict.exit_code() == 0));
        assert_eq!(good.count(), 2);
    }

    #[test]
    fn reports_write_the_words_with_dashes() {
        for verdict in Verdict::ALL {
            let written = serde_json::to_value(verdict).unwrap();
            assert_eq!(written, verdict.to_string().replace(' ', "-"));
        }
    }
}
