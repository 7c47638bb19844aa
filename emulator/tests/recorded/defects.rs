//! What AWS answered tells a defective emulator from a right one.

use keywheel_clients::{Test, tests};
use keywheel_emulator::defect::Defect;

/// The tests of this file, and what they need.
pub(crate) fn tests() -> Vec<Test> {
    tests![
        [] each_defect_of_secrets_manager_is_noticed,
    ]
}

#[path = "../defective/again.rs"]
mod again;

const ANSWERS: &str = "play::aws_answers_are_given_again";

fn each_defect_of_secrets_manager_is_noticed() {
    again::each_is_noticed(&[
        (Defect::PreviousStays, ANSWERS),
        (Defect::PutOverwrites, ANSWERS),
        (Defect::MoveUnchecked, ANSWERS),
        (
            Defect::BornWithValue,
            "rotation::inside_create_secret_the_placeholder_has_no_value_and_is_not_listed",
        ),
        (
            Defect::PendingStays,
            "rotation::in_finish_secret_the_new_value_is_pending_and_afterwards_it_is_current",
        ),
        (
            Defect::RotationsOverlap,
            "rotation::an_unfinished_rotation_blocks_the_next",
        ),
    ]);
}
