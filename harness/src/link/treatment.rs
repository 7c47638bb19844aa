//! What the word of a fault means on a link: the same words as on AWS calls, for a connection.

use std::time::Duration;

use keywheel_emulator::fault::Verdict;

use super::Protocol;
use super::failure::Failure;

/// What happens to a call on a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Treatment {
    /// It is held up, then goes its way.
    Delay(Duration),
    /// The connection is closed before the target hears of it.
    Close,
    /// The connection is reset as soon as it is made, which is as near to a refusal as a link comes.
    Refuse,
    /// Nobody hears of it and nobody answers.
    Hang,
    /// The function dies before the target hears of it.
    Kill,
    /// An error is answered, and the target does nothing.
    Fail(Failure),
    /// It is never answered, and takes effect so much later.
    Late(Duration),
    /// It takes effect, and then this happens to the answer.
    Lose(Loss),
    /// It is delivered twice; the first answer arrives.
    Duplicate,
}

/// What happens to an answer after the call has taken effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loss {
    /// The connection is closed instead.
    Close,
    /// Half of it arrives, then the connection is closed.
    Half,
    /// It never comes.
    Hang,
    /// The function dies.
    Kill,
    /// An error comes instead.
    Fail(Failure),
    /// A page comes instead.
    Page,
    /// An empty object comes instead.
    Empty,
}

impl Treatment {
    /// What a verdict does on a link of this protocol; none if it cannot happen there.
    pub(super) fn of(verdict: Verdict, protocol: Protocol) -> Option<Self> {
        let treatment = match verdict {
            Verdict::Reset => Self::Close,
            Verdict::Unreachable => Self::Refuse,
            Verdict::Hang => Self::Hang,
            Verdict::KillBefore | Verdict::Panic => Self::Kill,
            Verdict::Delay(span) | Verdict::Freeze(span) => Self::Delay(span.to_duration()),
            Verdict::Late(span) => Self::Late(span.to_duration()),
            Verdict::AnswerLost => Self::Lose(Loss::Close),
            Verdict::AnswerHang => Self::Lose(Loss::Hang),
            Verdict::KillAfter => Self::Lose(Loss::Kill),
            Verdict::Answer500 => Self::Lose(Loss::Fail(Failure::Unavailable)),
            Verdict::Duplicate => Self::Duplicate,
            Verdict::AnswerTruncated => Self::Lose(Loss::Half),
            Verdict::AnswerNotJson => Self::Lose(Loss::Page),
            Verdict::AnswerEmpty => Self::Lose(Loss::Empty),
            other => Self::Fail(Failure::of(other)?),
        };
        protocol.knows(&treatment).then_some(treatment)
    }
}

impl Protocol {
    /// Can this happen to a call of the protocol?
    fn knows(self, treatment: &Treatment) -> bool {
        let of_requests = matches!(
            treatment,
            Treatment::Duplicate | Treatment::Lose(Loss::Half | Loss::Page | Loss::Empty)
        );
        match self {
            Self::Http => true,
            Self::Postgres | Self::Mysql => !of_requests,
            // Nothing is known of what goes over it but that it is there.
            Self::Tcp => matches!(
                treatment,
                Treatment::Delay(_)
                    | Treatment::Close
                    | Treatment::Refuse
                    | Treatment::Hang
                    | Treatment::Kill
            ),
        }
    }

    /// The verdicts that can happen on a link of this protocol.
    pub fn verdicts(self) -> impl Iterator<Item = Verdict> {
        let all = Verdict::ALL.into_iter().map(|(verdict, _)| verdict);
        all.filter(move |verdict| Treatment::of(*verdict, self).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(protocol: Protocol) -> Vec<&'static str> {
        protocol.verdicts().map(Verdict::word).collect()
    }

    #[test]
    fn a_database_knows_what_can_happen_to_a_connection() {
        let words = words(Protocol::Postgres);
        let known = [
            "reset",
            "unreachable",
            "hang",
            "delay",
            "error-500",
            "answer-lost",
            "kill-before",
            "kill-after",
            "late",
        ];
        assert!(known.iter().all(|word| words.contains(word)), "{words:?}");
        let foreign = [
            "duplicate",
            "answer-not-json",
            "kms-denied",
            "stale",
            "date-ahead",
        ];
        assert!(
            !foreign.iter().any(|word| words.contains(word)),
            "{words:?}"
        );
    }

    #[test]
    fn only_requests_are_delivered_twice_and_only_connections_are_known_of_tcp() {
        assert!(words(Protocol::Http).contains(&"duplicate"));
        let expected = [
            "reset",
            "unreachable",
            "hang",
            "kill-before",
            "panic",
            "freeze",
            "delay",
        ];
        assert_eq!(words(Protocol::Tcp), expected);
    }
}
