//! What is called, drawn small enough that calls meet: one secret, six tokens, three values.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// One call. Numbers stand for tokens and values.
#[derive(Clone, Debug)]
pub(crate) enum Transition {
    Create {
        token: u8,
        value: Option<u8>,
    },
    Put {
        token: u8,
        value: u8,
        labels: Vec<&'static str>,
    },
    Update {
        token: u8,
        value: Option<u8>,
    },
    Stage {
        label: &'static str,
        from: Option<u8>,
        to: Option<u8>,
    },
    Get {
        version: Option<u8>,
        label: Option<&'static str>,
    },
    Delete {
        is_forced: bool,
    },
    Restore,
    Rotate {
        token: u8,
    },
    Cancel,
    /// The next step of a rotation runs; a good function does its work, a bad one fails.
    Step {
        is_good: bool,
    },
    Tag {
        key: u8,
    },
    Untag {
        key: u8,
    },
}

pub(crate) const LABELS: [&str; 5] = ["AWSCURRENT", "AWSPREVIOUS", "AWSPENDING", "ONE", "TWO"];

/// The text of a token.
pub(crate) fn token(number: u8) -> String {
    format!("{number:032}")
}

/// The text of a value.
pub(crate) fn value(number: u8) -> String {
    format!("value {number}")
}

pub(crate) fn any_transition() -> impl Strategy<Value = Transition> {
    let token = || 0..6_u8;
    let value = || 0..3_u8;
    let label = || select(LABELS.to_vec());
    prop_oneof![
        3 => (token(), option::weighted(0.8, value()))
            .prop_map(|(token, value)| Transition::Create { token, value }),
        6 => (token(), value(), vec(label(), 0..3))
            .prop_map(|(token, value, labels)| Transition::Put { token, value, labels }),
        3 => (token(), option::of(value()))
            .prop_map(|(token, value)| Transition::Update { token, value }),
        6 => (label(), option::of(token()), option::of(token()))
            .prop_map(|(label, from, to)| Transition::Stage { label, from, to }),
        4 => (option::of(token()), option::of(label()))
            .prop_map(|(version, label)| Transition::Get { version, label }),
        1 => any::<bool>().prop_map(|is_forced| Transition::Delete { is_forced }),
        2 => Just(Transition::Restore),
        4 => token().prop_map(|token| Transition::Rotate { token }),
        1 => Just(Transition::Cancel),
        6 => prop::bool::weighted(0.8).prop_map(|is_good| Transition::Step { is_good }),
        1 => (0..3_u8).prop_map(|key| Transition::Tag { key }),
        1 => (0..3_u8).prop_map(|key| Transition::Untag { key }),
    ]
}
