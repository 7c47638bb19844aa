//! Rotation functions that are part of this program.

use std::sync::Arc;

use keywheel_emulator::invoke::RotationFunction;

/// The name of the function that is there without set-up.
pub(crate) const NAME: &str = "keywheel-rotator";

/// The rotator, run in this process; none in a build without it.
pub(crate) fn rotator() -> Option<Arc<dyn RotationFunction>> {
    None
}
