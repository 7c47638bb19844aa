//! A model-based test: random sequences of calls against a small reference model, compared after
//! every call and shrunk where they differ.
//!
//! In reading order: [`transition`] (what is called, and how it is drawn) · [`reference`] (what
//! must come of it; it knows names and JSON only, and none of the emulator's rules) · [`subject`]
//! (the emulator, called over its wire) · this file (the comparison).

mod reference;
mod subject;
mod transition;

use proptest::collection::vec;
use proptest::prelude::*;

use reference::Model;
use subject::Subject;
use transition::{Transition, any_transition};

/// Sequences in a run of the checks; `KEYWHEEL_MODEL_SEQUENCES` asks for more.
const SEQUENCES: u32 = 10_000;

fn sequences() -> u32 {
    let asked = std::env::var("KEYWHEEL_MODEL_SEQUENCES").ok();
    asked
        .and_then(|text| text.parse().ok())
        .unwrap_or(SEQUENCES)
}

/// Plays a sequence on both and says where they first differ.
fn play(transitions: &[Transition]) -> Result<(), String> {
    let (mut model, mut subject) = (Model::default(), Subject::new());
    for (number, transition) in transitions.iter().enumerate() {
        let expected = model.apply(transition);
        let got = subject.apply(transition);
        if expected != got {
            return Err(format!(
                "call {number}, {transition:?}\n  model:    {expected:?}\n  emulator: {got:?}"
            ));
        }
        let (expected, got) = (model.state(), subject.state());
        if expected != got {
            return Err(format!(
                "state after call {number}, {transition:?}\n  model:    {expected}\n  emulator: {got}"
            ));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: sequences(),
        failure_persistence: None,
        max_shrink_iters: 50_000,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_emulator_does_what_the_reference_model_says(
        transitions in vec(any_transition(), 1..24)
    ) {
        if let Err(difference) = play(&transitions) {
            prop_assert!(false, "{}", difference);
        }
    }
}

#[test]
fn a_difference_is_found() {
    let put = Transition::Put {
        token: 1,
        value: 1,
        labels: vec![],
    };
    let (mut model, mut subject) = (Model::default(), Subject::new());
    let create = Transition::Create {
        token: 0,
        value: Some(0),
    };
    assert_eq!(model.apply(&create), subject.apply(&create));
    assert!(model.apply(&put).is_ok());
    assert_ne!(model.state(), subject.state(), "the emulator missed a call");
}
