//! DescribeLogStreams: which streams a group has.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::logs::error::LogsError;
use crate::state::logs::stream::Stream;
use crate::time::Timestamp;
use crate::wire::validate::{Constrained, Violations, between};

use super::group::{GroupName, arn, check_stream, limit, page};

/// DescribeLogStreams [MODEL].
pub(super) struct DescribeLogStreams;

/// Input: the group, the order and the page.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Input {
    #[serde(flatten)]
    group: GroupName,
    log_stream_name_prefix: Option<String>,
    order_by: Option<String>,
    descending: Option<bool>,
    next_token: Option<String>,
    limit: Option<i64>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        self.group.check(violations);
        if let Some(prefix) = &self.log_stream_name_prefix {
            check_stream(violations, "logStreamNamePrefix", prefix);
        }
        let orders = ["LogStreamName", "LastEventTime"];
        violations.one_of("orderBy", self.order_by.as_ref(), &orders);
        violations.number("limit", self.limit, between(1, 50));
    }
}

/// Output.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Output {
    log_streams: Vec<StreamShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// A stream on the wire; `storedBytes` is always 0 [D], and of a stream that nothing was ever
/// written to there is less to tell [R].
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct StreamShape {
    log_stream_name: String,
    creation_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_event_timestamp: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_event_timestamp: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_ingestion_time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    upload_sequence_token: Option<&'static str>,
    arn: String,
    stored_bytes: u32,
}

impl StreamShape {
    fn new(group_arn: &str, name: &str, stream: &Stream) -> Self {
        Self {
            log_stream_name: name.to_owned(),
            creation_time: stream.created.as_millis(),
            first_event_timestamp: stream.events().next().map(|event| event.at.as_millis()),
            last_event_timestamp: stream
                .events()
                .next_back()
                .map(|event| event.at.as_millis()),
            last_ingestion_time: stream.last_ingested().map(Timestamp::as_millis),
            upload_sequence_token: stream.last_ingested().map(|_| "0"),
            arn: format!("{group_arn}:log-stream:{name}"),
            stored_bytes: 0,
        }
    }
}

impl Operation for DescribeLogStreams {
    const NAME: &'static str = "DescribeLogStreams";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        let is_by_time = input.order_by.as_deref() == Some("LastEventTime");
        let prefix = input.log_stream_name_prefix.as_deref();
        if is_by_time && prefix.is_some() {
            let text = "Cannot order by LastEventTime with a logStreamNamePrefix.";
            return Err(LogsError::Combination(text).into());
        }
        let group_arn = arn(cx.scope, input.group.name()?);
        let now = cx.now;
        let logs = &mut cx.partition(world).logs;
        let group = logs.group_at(input.group.name()?, now)?;
        let streams = group.streams();
        let mut streams: Vec<_> = streams
            .filter(|(name, _)| prefix.is_none_or(|prefix| name.starts_with(prefix)))
            .collect();
        match (is_by_time, input.descending == Some(true)) {
            (true, false) => streams.sort_by_key(|(_, stream)| stream.last_active()),
            (true, true) => streams.sort_by_key(|(_, stream)| Reverse(stream.last_active())),
            (false, true) => streams.reverse(),
            (false, false) => {}
        }
        let shapes = streams.into_iter();
        let shapes = shapes.map(|(name, stream)| StreamShape::new(&group_arn, name, stream));
        let token = input.next_token.as_deref();
        let (log_streams, next_token) = page(shapes.collect(), token, limit(input.limit, 50))?;
        Ok(Output {
            log_streams,
            next_token,
        })
    }
}
