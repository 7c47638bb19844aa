//! PutLogEvents: writes to a stream, as a client does.

use serde::{Deserialize, Serialize};

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::logs::error::LogsError;
use crate::time::Timestamp;
use crate::wire::payload::Required;
use crate::wire::validate::{Constrained, Violations, between};

use super::group::{check_required_group, check_required_stream};

/// PutLogEvents [MODEL].
pub(super) struct PutLogEvents;

/// Input: the stream and the events. A sequence token is taken and not looked at, as on AWS [D].
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Input {
    log_group_name: Required<String>,
    log_stream_name: Required<String>,
    log_events: Required<Vec<EventShape>>,
    sequence_token: Option<String>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        check_required_group(violations, &self.log_group_name);
        check_required_stream(violations, &self.log_stream_name);
        violations.present("logEvents", &self.log_events);
        if self.log_events.is_present() {
            violations.items("logEvents", &self.log_events, between(1, 10_000));
        }
        violations.optional_text(
            "sequenceToken",
            self.sequence_token.as_ref(),
            between(1, i64::MAX),
        );
        for (at, event) in self.log_events.iter().enumerate() {
            event.check(violations, at + 1);
        }
    }
}

/// Output.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Output {
    next_sequence_token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    rejected_log_events_info: Option<Rejected>,
}

/// An event on the wire.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct EventShape {
    timestamp: Required<i64>,
    message: Required<String>,
}

impl EventShape {
    fn at(&self) -> Timestamp {
        Timestamp::from_millis(*self.timestamp)
    }

    fn check(&self, violations: &mut Violations, number: usize) {
        let path = |member: &str| format!("logEvents.{number}.member.{member}");
        if self.timestamp.is_present() && *self.timestamp < 0 {
            let timestamp = Some(*self.timestamp);
            violations.number(&path("timestamp"), timestamp, between(0, i64::MAX));
        }
        violations.present(&path("timestamp"), &self.timestamp);
        violations.present(&path("message"), &self.message);
    }
}

/// Which of the events were not taken, by their places [MODEL].
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Rejected {
    #[serde(skip_serializing_if = "Option::is_none")]
    too_new_log_event_start_index: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    too_old_log_event_end_index: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expired_log_event_end_index: Option<usize>,
}

/// When events must have been written to be taken [D].
struct Bounds {
    oldest: Timestamp,
    newest: Timestamp,
    horizon: Option<Timestamp>,
}

/// What becomes of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Taken,
    TooNew,
    TooOld,
    Expired,
}

impl Bounds {
    /// Fourteen days back, two hours on, and no further back than events stay.
    fn new(now: Timestamp, horizon: Option<Timestamp>) -> Self {
        Self {
            oldest: now.plus_days(-14),
            newest: now.plus_millis(2 * 3_600_000),
            horizon,
        }
    }

    fn verdict(&self, at: Timestamp) -> Verdict {
        if at > self.newest {
            Verdict::TooNew
        } else if at < self.oldest {
            Verdict::TooOld
        } else if self.horizon.is_some_and(|horizon| at < horizon) {
            Verdict::Expired
        } else {
            Verdict::Taken
        }
    }

    /// An end is the place after the last one [D].
    fn rejected(&self, moments: &[Timestamp]) -> Option<Rejected> {
        let end = |verdict| {
            let last = moments.iter().rposition(|at| self.verdict(*at) == verdict);
            last.map(|at| at + 1)
        };
        let is_whole = moments.iter().all(|at| self.verdict(*at) == Verdict::Taken);
        (!is_whole).then(|| Rejected {
            too_new_log_event_start_index: moments
                .iter()
                .position(|at| self.verdict(*at) == Verdict::TooNew),
            too_old_log_event_end_index: end(Verdict::TooOld),
            expired_log_event_end_index: end(Verdict::Expired),
        })
    }
}

impl Operation for PutLogEvents {
    const NAME: &'static str = "PutLogEvents";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        let events: Vec<_> = input.log_events.into_inner();
        let moments: Vec<_> = events.iter().map(EventShape::at).collect();
        if !moments.is_sorted() {
            return Err(LogsError::EventsUnordered.into());
        }
        if events.iter().any(|event| event.message.is_empty()) {
            return Err(LogsError::EventEmpty.into());
        }
        let group = cx.partition(world).logs.group_mut(&input.log_group_name)?;
        let bounds = Bounds::new(cx.now, group.horizon(cx.now));
        let stream = group.stream_mut(&input.log_stream_name)?;
        let rejected = bounds.rejected(&moments);
        for (event, at) in events.into_iter().zip(moments) {
            if bounds.verdict(at) == Verdict::Taken {
                stream.write(event.message.into_inner(), at, cx.now);
            }
        }
        Ok(Output {
            next_sequence_token: cx.entropy.number().to_string(),
            rejected_log_events_info: rejected,
        })
    }
}
