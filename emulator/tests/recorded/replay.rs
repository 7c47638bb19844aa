//! What only a replay asks of a stage, and what over HTTP is done otherwise.

use keywheel_emulator::settings;
use keywheel_emulator::state::Settings;
use keywheel_emulator::time::Timestamp;

use super::stage::Stage;

impl Stage {
    /// A new stage.
    pub(crate) fn open() -> Self {
        Self::new(Settings::default())
    }

    /// Begins again with nothing.
    pub(crate) fn reset(&mut self) {
        *self = Self::new(Settings::default());
    }

    /// Changes a setting, such as `secretsmanager.listLag=5s`.
    pub(crate) fn set(&mut self, assignment: &str) {
        let stored = &mut self.engine.world().settings;
        *stored = settings::assigned(stored, assignment).expect(assignment);
    }

    /// Shows a moment from now on.
    pub(crate) fn set_clock(&mut self, moment: &str) {
        self.now = Timestamp::parse(moment).expect(moment);
    }

    /// Lets so many seconds go by.
    pub(crate) fn advance(&mut self, seconds: u32) {
        self.now = self.now.plus_millis(i64::from(seconds) * 1000);
        self.engine.handle_timeout(self.now);
    }
}
