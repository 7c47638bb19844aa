//! Emulators that are known to be bad: one rule broken, so that tests can show that they notice.
//!
//! Without the feature `defects` nothing can be broken, and the compiler drops every question.

/// A rule that is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defect {
    /// AWSPREVIOUS does not follow when AWSCURRENT moves.
    PreviousStays,
    /// PutSecretValue with a used token and another value overwrites the value.
    PutOverwrites,
    /// A label is taken from its holder without that holder being named.
    MoveUnchecked,
    /// The pending version of a rotation is born with the current value.
    BornWithValue,
    /// AWSPENDING stays when a rotation is over.
    PendingStays,
    /// A rotation begins although another is unfinished.
    RotationsOverlap,
    /// An expired key is accepted.
    ExpiredAccepted,
    /// A deleted key is accepted.
    DeletedAccepted,
    /// A key's expiry is not rounded down to the hour.
    ExpiryUnrounded,
    /// An API takes any number of keys.
    LimitIgnored,
}

/// The environment variable that names the defect of a process.
pub const VARIABLE: &str = "KEYWHEEL_DEFECT";

impl Defect {
    /// All, each with its name.
    pub const ALL: [(Self, &str); 10] = [
        (Self::PreviousStays, "previous-stays"),
        (Self::PutOverwrites, "put-overwrites"),
        (Self::MoveUnchecked, "move-unchecked"),
        (Self::BornWithValue, "born-with-value"),
        (Self::PendingStays, "pending-stays"),
        (Self::RotationsOverlap, "rotations-overlap"),
        (Self::ExpiredAccepted, "expired-accepted"),
        (Self::DeletedAccepted, "deleted-accepted"),
        (Self::ExpiryUnrounded, "expiry-unrounded"),
        (Self::LimitIgnored, "limit-ignored"),
    ];

    /// Has this process the defect?
    pub(crate) fn is_on(self) -> bool {
        cfg!(feature = "defects") && chosen() == Some(self)
    }
}

/// The defect that the environment names, read once.
fn chosen() -> Option<Defect> {
    static CHOSEN: std::sync::LazyLock<Option<Defect>> = std::sync::LazyLock::new(|| {
        let name = std::env::var(VARIABLE).ok()?;
        let known = Defect::ALL.into_iter().find(|(_, known)| *known == name);
        known.map(|(defect, _)| defect)
    });
    *CHOSEN
}
