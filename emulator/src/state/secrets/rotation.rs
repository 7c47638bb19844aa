//! What a secret remembers of its rotation: function, rules, dates and the next window.

use crate::ids::{FunctionArn, VersionId};
use crate::time::Timestamp;

use super::schedule::{RotationRules, Window};
use super::version::RotationToken;

/// What an accepted RotateSecret begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RotationStart {
    /// The ClientRequestToken, which becomes the id of the new version [R].
    pub token: VersionId,
    /// The token for the event.
    pub rotation_token: RotationToken,
    /// The function to store and to run.
    pub function: FunctionArn,
    /// New rules, which replace the stored ones as a whole [?].
    pub rules: Option<RotationRules>,
    /// Whether the value is rotated or only testSecret is run.
    pub kind: RotationKind,
    /// Who asked for it.
    pub origin: RotationOrigin,
}

/// Who asked for a rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RotationOrigin {
    /// RotateSecret, which stores function and rules and enables rotation [R].
    Call,
    /// The schedule. The announced window stays until the rotation succeeds [D][U].
    Schedule,
}

/// What a rotation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RotationKind {
    /// All four steps.
    Full,
    /// RotateImmediately=false: testSecret only, against a temporary copy of the value [R][D].
    TestOnly,
}

/// The rotation configuration of a secret, there since its first accepted RotateSecret [R].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotation {
    function: FunctionArn,
    rules: Option<RotationRules>,
    is_enabled: bool,
    last_rotated: Option<Timestamp>,
    computed_days: Option<i64>,
    upcoming: Option<Upcoming>,
}

/// The window that is announced, and when the service itself will start.
///
/// They part after a failure: the announced window stays and comes to lie in the past [D][U],
/// while the service tries again in the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Upcoming {
    window: Window,
    due: Timestamp,
}

impl Rotation {
    /// A rotation that is enabled from now on.
    pub(super) fn enabled(
        function: FunctionArn,
        rules: Option<RotationRules>,
        now: Timestamp,
    ) -> Self {
        let mut rotation = Self {
            function,
            rules,
            is_enabled: true,
            last_rotated: None,
            computed_days: None,
            upcoming: None,
        };
        rotation.reschedule(now);
        rotation
    }

    /// Enables it again, with the function and with new rules if there are any.
    pub(super) fn enable(
        &mut self,
        function: FunctionArn,
        rules: Option<RotationRules>,
        now: Timestamp,
    ) {
        self.function = function;
        if rules.is_some() {
            self.rules = rules;
            self.computed_days = None;
        }
        self.is_enabled = true;
        self.reschedule(now);
    }

    /// Disables it. Function and rules stay [D].
    pub(super) fn disable(&mut self) {
        self.is_enabled = false;
        self.upcoming = None;
    }

    /// Notes a completed rotation [D].
    pub(super) fn succeeded(&mut self, now: Timestamp) {
        self.last_rotated = Some(now);
        self.computed_days = self
            .rules
            .as_ref()
            .and_then(|rules| rules.computed_days(now));
        self.reschedule(now);
    }

    /// Counts the schedule from `base`: a rotation, or a value written by hand [D].
    pub(super) fn reschedule(&mut self, base: Timestamp) {
        if self.is_enabled {
            let window = self
                .rules
                .as_ref()
                .and_then(|rules| rules.window_after(base));
            self.upcoming = window.map(|window| Upcoming {
                window,
                due: window.start,
            });
        }
    }

    /// Puts the service's own next start behind `now`, leaving the announced window as it is.
    pub(super) fn skip_to_next_window(&mut self, now: Timestamp) {
        let next = self
            .rules
            .as_ref()
            .and_then(|rules| rules.window_after(now));
        if let (Some(upcoming), Some(next)) = (&mut self.upcoming, next) {
            upcoming.due = next.start;
        }
    }

    /// The stored function, which a later RotateSecret may leave out [R].
    pub fn function(&self) -> &FunctionArn {
        &self.function
    }

    /// The stored rules.
    pub fn rules(&self) -> Option<&RotationRules> {
        self.rules.as_ref()
    }

    /// Whether the service rotates; false after CancelRotateSecret [D].
    pub fn is_enabled(&self) -> bool {
        self.is_enabled
    }

    /// The last completed rotation; none while disabled [D].
    pub fn last_rotated(&self) -> Option<Timestamp> {
        self.last_rotated.filter(|_| self.is_enabled)
    }

    /// The last second of the announced window; none while disabled [D].
    pub fn next_rotation(&self) -> Option<Timestamp> {
        self.upcoming.map(|upcoming| upcoming.window.last_second)
    }

    /// The days that are reported beside an expression after a successful rotation [D].
    pub fn computed_days(&self) -> Option<i64> {
        self.computed_days
    }

    /// When the service starts the next rotation by itself.
    pub fn due(&self) -> Option<Timestamp> {
        self.upcoming.map(|upcoming| upcoming.due)
    }
}

#[cfg(test)]
mod tests {
    use super::super::schedule::Frequency;
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn daily() -> Rotation {
        let rules = RotationRules::new(Some(Frequency::Days(1)), None).unwrap();
        Rotation::enabled(
            FunctionArn::new("f"),
            Some(rules),
            at("2026-11-22T10:00:00Z"),
        )
    }

    #[test]
    fn a_disabled_rotation_keeps_function_and_rules_but_shows_no_dates() {
        let mut rotation = daily();
        rotation.succeeded(at("2026-11-22T11:00:00Z"));
        assert!(rotation.last_rotated().is_some() && rotation.next_rotation().is_some());
        rotation.disable();
        assert_eq!(rotation.last_rotated(), None);
        assert_eq!(rotation.next_rotation(), None);
        assert_eq!(rotation.due(), None);
        assert!(rotation.rules().is_some() && !rotation.is_enabled());
        rotation.reschedule(at("2026-11-23T11:00:00Z"));
        assert_eq!(rotation.due(), None, "a disabled rotation is not scheduled");
    }

    #[test]
    fn a_missed_window_stays_announced_while_the_service_looks_ahead() {
        let mut rotation = daily();
        rotation.skip_to_next_window(at("2026-11-25T00:00:00Z"));
        assert_eq!(rotation.next_rotation(), Some(at("2026-11-23T23:59:59Z")));
        assert_eq!(rotation.due(), Some(at("2026-11-26T00:00:00Z")));
    }

    #[test]
    fn rules_of_a_later_call_replace_the_stored_ones_and_absent_ones_do_not() {
        let mut rotation = daily();
        let stored = rotation.rules().cloned();
        rotation.enable(FunctionArn::new("g"), None, at("2026-11-22T12:00:00Z"));
        assert_eq!(rotation.rules().cloned(), stored);
        let rules = RotationRules::new(Some(Frequency::Days(5)), Some("2h")).unwrap();
        rotation.enable(
            FunctionArn::new("g"),
            Some(rules),
            at("2026-11-22T12:00:00Z"),
        );
        assert_eq!(rotation.next_rotation(), Some(at("2026-11-27T01:59:59Z")));
        assert_eq!(rotation.function().as_str(), "g");
    }
}
