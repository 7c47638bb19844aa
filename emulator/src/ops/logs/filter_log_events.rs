//! FilterLogEvents: the events of many streams together, in the order of their time. This is what
//! `aws logs tail` asks.

use serde::{Deserialize, Serialize};

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::logs::error::LogsError;
use crate::state::logs::filter::Filter;
use crate::state::logs::stream::{Event, Span};
use crate::time::Timestamp;
use crate::wire::validate::{Constrained, Violations, between};

use super::group::{GroupName, limit, page};

/// FilterLogEvents [MODEL].
pub(super) struct FilterLogEvents;

/// Input: the streams, the time, the pattern and the page.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Input {
    #[serde(flatten)]
    group: GroupName,
    log_stream_names: Option<Vec<String>>,
    log_stream_name_prefix: Option<String>,
    start_time: Option<i64>,
    end_time: Option<i64>,
    filter_pattern: Option<String>,
    next_token: Option<String>,
    limit: Option<i64>,
    /// Taken for true whatever it is, since 2019 [D].
    interleaved: Option<bool>,
    /// Nothing here is masked.
    unmask: Option<bool>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        self.group.check(violations);
        if let Some(names) = &self.log_stream_names {
            violations.items("logStreamNames", names, between(1, 100));
        }
        violations.number("startTime", self.start_time, between(0, i64::MAX));
        violations.number("endTime", self.end_time, between(0, i64::MAX));
        violations.optional_text(
            "filterPattern",
            self.filter_pattern.as_ref(),
            between(0, 1024),
        );
        violations.number("limit", self.limit, between(1, 10_000));
    }
}

/// Output.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Output {
    events: Vec<EventShape>,
    searched_log_streams: [(); 0],
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// An event on the wire.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct EventShape {
    log_stream_name: String,
    timestamp: i64,
    message: String,
    ingestion_time: i64,
    event_id: String,
}

impl EventShape {
    fn new(stream: &str, event: &Event) -> Self {
        Self {
            log_stream_name: stream.to_owned(),
            timestamp: event.at.as_millis(),
            message: event.message.clone(),
            ingestion_time: event.ingested.as_millis(),
            event_id: format!("{stream}/{:056}", event.number),
        }
    }
}

impl Operation for FilterLogEvents {
    const NAME: &'static str = "FilterLogEvents";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        let (names, prefix) = (input.log_stream_names, input.log_stream_name_prefix);
        if names.is_some() && prefix.is_some() {
            let text = "Give either logStreamNames or logStreamNamePrefix.";
            return Err(LogsError::Combination(text).into());
        }
        let filter = Filter::parse(input.filter_pattern.as_deref().unwrap_or_default())?;
        let span = Span {
            start: input.start_time.map(Timestamp::from_millis),
            end: input.end_time.map(Timestamp::from_millis),
        };
        let now = cx.now;
        let logs = &mut cx.partition(world).logs;
        let group = logs.group_at(input.group.name()?, now)?;
        let streams = group.streams().filter(|(name, _)| {
            names
                .as_ref()
                .is_none_or(|names| names.iter().any(|wanted| wanted == name))
                && prefix
                    .as_deref()
                    .is_none_or(|prefix| name.starts_with(prefix))
        });
        let found = streams.flat_map(|(name, stream)| {
            let events = stream.events();
            let events = events.filter(|e| span.holds(e.at) && filter.finds(&e.message));
            events.map(move |event| EventShape::new(name, event))
        });
        let mut found: Vec<EventShape> = found.collect();
        // Stable: lines of one stream that were written at once stay in their order.
        found.sort_by_key(|event| event.timestamp);
        let token = input.next_token.as_deref();
        let (events, next_token) = page(found, token, limit(input.limit, 10_000))?;
        Ok(Output {
            events,
            searched_log_streams: [],
            next_token,
        })
    }
}
