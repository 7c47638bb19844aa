//! Signs of life. They keep connections of real clients up, so that their time is the machine's, not
//! that of the emulated world.

use crate::state::appsync::event_settings::EventSettings;
use crate::time::Timestamp;

/// The shortest time between two signs of life, whatever the setting says, in milliseconds.
const EVERY_MS_MIN: i64 = 10;

/// When a socket is next told that it is alive, and when it was last heard of.
#[derive(Clone, Copy, Debug)]
pub struct KeepAlive {
    every_ms: i64,
    silence_max_ms: i64,
    due: Timestamp,
    heard: Timestamp,
}

/// What to do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beat {
    /// Nothing yet.
    Early,
    /// Send a sign of life, and ask for one.
    Alive,
    /// Nothing was heard for too long: the client is gone and has not said so.
    GivenUp,
}

impl KeepAlive {
    /// Of a socket that opens now.
    pub fn new(settings: &EventSettings, now: Timestamp) -> Self {
        let every_ms = settings.keep_alive_ms.max(EVERY_MS_MIN);
        Self {
            every_ms,
            silence_max_ms: settings.connection_timeout_ms.max(every_ms),
            due: now.plus_millis(every_ms),
            heard: now,
        }
    }

    /// Something came from the client, an answer to a ping too.
    pub fn heard(&mut self, now: Timestamp) {
        self.heard = now;
    }

    /// When to ask again, and why.
    pub fn poll_timeout(&self) -> (Timestamp, &'static str) {
        (self.due, "a websocket is told that it is alive")
    }

    /// What to do at a moment.
    pub fn handle_timeout(&mut self, now: Timestamp) -> Beat {
        if now < self.due {
            return Beat::Early;
        }
        self.due = now.plus_millis(self.every_ms);
        if now.millis_since(self.heard) > self.silence_max_ms {
            Beat::GivenUp
        } else {
            Beat::Alive
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_seconds(1_000);

    fn at(seconds: i64) -> Timestamp {
        START.plus_millis(seconds * 1000)
    }

    #[test]
    fn a_minute_passes_between_signs_of_life() {
        let mut keep_alive = KeepAlive::new(&EventSettings::default(), START);
        assert_eq!(keep_alive.poll_timeout().0, at(60));
        assert_eq!(keep_alive.handle_timeout(at(59)), Beat::Early);
        assert_eq!(keep_alive.handle_timeout(at(61)), Beat::Alive);
        assert_eq!(keep_alive.poll_timeout().0, at(121));
    }

    #[test]
    fn a_client_that_is_not_heard_of_for_five_minutes_is_given_up() {
        let mut keep_alive = KeepAlive::new(&EventSettings::default(), START);
        keep_alive.heard(at(100));
        assert_eq!(keep_alive.handle_timeout(at(400)), Beat::Alive);
        assert_eq!(keep_alive.handle_timeout(at(461)), Beat::GivenUp);
        keep_alive.heard(at(462));
        assert_eq!(keep_alive.handle_timeout(at(600)), Beat::Alive);
    }

    #[test]
    fn no_setting_makes_it_busy() {
        let settings = EventSettings {
            keep_alive_ms: 0,
            connection_timeout_ms: 0,
            ..EventSettings::default()
        };
        let mut keep_alive = KeepAlive::new(&settings, START);
        assert_eq!(keep_alive.poll_timeout().0, START.plus_millis(10));
        assert_eq!(
            keep_alive.handle_timeout(START.plus_millis(10)),
            Beat::Alive
        );
    }
}
