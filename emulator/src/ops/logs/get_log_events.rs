//! GetLogEvents: the events of one stream, page by page in both directions.

use serde::{Deserialize, Serialize};

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::logs::error::LogsError;
use crate::state::logs::stream::{Place, Span};
use crate::time::Timestamp;
use crate::wire::payload::Required;
use crate::wire::validate::{Constrained, Violations, between};

use super::group::{GroupName, check_required_stream, limit};

/// GetLogEvents [MODEL].
pub(super) struct GetLogEvents;

/// Input: the stream, the time and the page.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Input {
    #[serde(flatten)]
    group: GroupName,
    log_stream_name: Required<String>,
    start_time: Option<i64>,
    end_time: Option<i64>,
    next_token: Option<String>,
    limit: Option<i64>,
    start_from_head: Option<bool>,
    /// Nothing here is masked.
    unmask: Option<bool>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        self.group.check(violations);
        check_required_stream(violations, &self.log_stream_name);
        violations.number("startTime", self.start_time, between(0, i64::MAX));
        violations.number("endTime", self.end_time, between(0, i64::MAX));
        violations.number("limit", self.limit, between(1, 10_000));
    }
}

/// Output. At an end the token is the one that was sent [D].
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Output {
    events: Vec<EventShape>,
    next_forward_token: String,
    next_backward_token: String,
}

/// An event on the wire.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct EventShape {
    timestamp: i64,
    message: String,
    ingestion_time: i64,
}

impl Operation for GetLogEvents {
    const NAME: &'static str = "GetLogEvents";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        let place = match (&input.next_token, input.start_from_head) {
            (Some(token), _) => place(token)?,
            (None, Some(true)) => Place::Head,
            (None, _) => Place::Tail,
        };
        let span = Span {
            start: input.start_time.map(Timestamp::from_millis),
            end: input.end_time.map(Timestamp::from_millis),
        };
        let now = cx.now;
        let logs = &mut cx.partition(world).logs;
        let group = logs.group_at(input.group.name()?, now)?;
        let stream = group.stream(&input.log_stream_name)?;
        let page = stream.page(place, span, limit(input.limit, 10_000));
        let events = page.events.iter().map(|event| EventShape {
            timestamp: event.at.as_millis(),
            message: event.message.clone(),
            ingestion_time: event.ingested.as_millis(),
        });
        Ok(Output {
            events: events.collect(),
            next_forward_token: format!("f/{:056}/s", page.forward),
            next_backward_token: format!("b/{:056}/s", page.backward),
        })
    }
}

/// Reads a token: `f/` and the number of the first event, or `b/` and that of the one after the
/// last.
fn place(token: &str) -> Result<Place, LogsError> {
    let parts: Vec<&str> = token.split('/').collect();
    let number = |text: &str| text.parse().map_err(|_| LogsError::TokenInvalid);
    match parts[..] {
        ["f", text, "s"] => Ok(Place::From(number(text)?)),
        ["b", text, "s"] => Ok(Place::Before(number(text)?)),
        _ => Err(LogsError::TokenInvalid),
    }
}
