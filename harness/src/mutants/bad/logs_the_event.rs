//! A rotator that logs its event, RotationToken included.

use crate::mutants::Mutant;
use crate::mutants::flow::Flow;
use crate::mutants::right::Rotator;
use crate::record::Objector;
use crate::scenario::OracleId;
use crate::subject::Event;

pub(super) const MUTANT: Mutant = Mutant {
    subject: &Rotator {
        name: "logs-the-event",
        flow: &LogsTheEvent,
    },
    bug: "logs the event, RotationToken included",
    caught_by: Objector::Oracle(OracleId::NoSecretLeaked),
    scenario: "happy/h1-first-rotation",
};

struct LogsTheEvent;

impl Flow for LogsTheEvent {
    fn log_event(&self, event: &Event) -> String {
        event.to_json().to_string()
    }
}
