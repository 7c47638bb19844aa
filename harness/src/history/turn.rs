//! Whose turn it was, where several run at once in a given order.

/// One choice: who was let through, and who else could have been.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The letter of the actor that went.
    pub went: u8,
    /// The letters of all that were parked, in order.
    pub parked: Vec<u8>,
}
