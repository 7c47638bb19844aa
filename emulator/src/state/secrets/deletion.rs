//! Deletion of a secret: the recovery window, and the moments after a forced deletion.

use crate::time::Timestamp;

use super::error::SecretsError;

/// Days between the request and the deletion if the request names none [D].
pub const DEFAULT_WINDOW_DAYS: i64 = 30;

/// What DeleteSecret asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeletionRequest {
    /// Delete after a recovery window.
    After {
        /// The window, 7 to 30 days.
        window_days: i64,
    },
    /// Delete now, without a way back.
    Forced,
}

impl DeletionRequest {
    /// Checks the two members of the request against each other and the window's range [U].
    ///
    /// `force` false together with a window is fine [R].
    pub fn new(window_days: Option<i64>, force: bool) -> Result<Self, SecretsError> {
        match (window_days, force) {
            (Some(_), true) => Err(SecretsError::ForcedWithWindow),
            (None, true) => Ok(Self::Forced),
            (Some(days), false) if !(7..=30).contains(&days) => {
                Err(SecretsError::RecoveryWindowOutOfRange)
            }
            (days, false) => Ok(Self::After {
                window_days: days.unwrap_or(DEFAULT_WINDOW_DAYS),
            }),
        }
    }

    /// What follows from the request. A forced deletion takes `forced_delay_ms`.
    pub(super) fn deletion(self, forced_delay_ms: i64, now: Timestamp) -> Deletion {
        let due = match self {
            Self::After { window_days } => now.plus_days(window_days),
            Self::Forced => now.plus_millis(forced_delay_ms),
        };
        Deletion {
            requested: now,
            due,
            is_forced: self == Self::Forced,
        }
    }
}

/// A secret that will be gone at a known time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deletion {
    /// When it was asked for.
    pub requested: Timestamp,
    /// When the secret goes.
    pub due: Timestamp,
    /// Whether it was forced: then it cannot be restored, and AWS calls it deleted already [U].
    pub is_forced: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_is_7_to_30_days_and_30_by_default() {
        let window = |days| DeletionRequest::new(days, false);
        assert_eq!(window(None), Ok(DeletionRequest::After { window_days: 30 }));
        assert_eq!(
            window(Some(7)),
            Ok(DeletionRequest::After { window_days: 7 })
        );
        assert_eq!(
            window(Some(30)),
            Ok(DeletionRequest::After { window_days: 30 })
        );
        assert_eq!(window(Some(6)), Err(SecretsError::RecoveryWindowOutOfRange));
        assert_eq!(
            window(Some(31)),
            Err(SecretsError::RecoveryWindowOutOfRange)
        );
    }

    #[test]
    fn a_forced_deletion_has_no_window() {
        assert_eq!(
            DeletionRequest::new(None, true),
            Ok(DeletionRequest::Forced)
        );
        assert_eq!(
            DeletionRequest::new(Some(7), true),
            Err(SecretsError::ForcedWithWindow)
        );
    }
}
