//! CloudWatch Logs: what functions write, by group and stream.
//!
//! In reading order: [`stream`] one stream · [`filter`] which events a pattern finds · this file
//! (the groups of one account in one Region). Streams and events are bounded: the oldest go first.
//!
//! Deliberately absent: retention, metric filters, subscriptions, queries, and writing by clients.

pub mod error;
pub mod filter;
pub mod stream;

use std::collections::BTreeMap;

use crate::time::Timestamp;

use error::LogsError;
use stream::Stream;

/// How many streams a group keeps; the one that was silent the longest goes first.
const STREAMS_MAX: usize = 200;

/// The log groups of one account in one Region, by name.
#[derive(Clone, Debug, Default)]
pub struct Logs {
    groups: BTreeMap<String, Group>,
}

/// A log group.
#[derive(Clone, Debug)]
pub struct Group {
    /// When it came to be.
    pub created: Timestamp,
    streams: BTreeMap<String, Stream>,
}

impl Logs {
    /// Writes lines to a stream. Group and stream come to be when they are first written to.
    pub fn write(&mut self, group: &str, stream: &str, lines: &[String], now: Timestamp) {
        if !self.groups.contains_key(group) {
            let new = Group {
                created: now,
                streams: BTreeMap::new(),
            };
            self.groups.insert(group.to_owned(), new);
        }
        if let Some(group) = self.groups.get_mut(group) {
            group.write(stream, lines, now);
        }
    }

    /// All groups, by name.
    pub fn groups(&self) -> impl Iterator<Item = (&str, &Group)> {
        self.groups
            .iter()
            .map(|(name, group)| (name.as_str(), group))
    }

    /// A group.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn group(&self, name: &str) -> Result<&Group, LogsError> {
        self.groups.get(name).ok_or(LogsError::GroupNotFound)
    }
}

impl Group {
    fn write(&mut self, stream: &str, lines: &[String], now: Timestamp) {
        if !self.streams.contains_key(stream) {
            self.make_room();
            self.streams.insert(stream.to_owned(), Stream::new(now));
        }
        if let Some(stream) = self.streams.get_mut(stream) {
            stream.write(lines, now);
        }
    }

    fn make_room(&mut self) {
        if self.streams.len() < STREAMS_MAX {
            return;
        }
        let quietest = self
            .streams
            .iter()
            .min_by_key(|(_, stream)| stream.last_ingested());
        let quietest = quietest.map(|(name, _)| name.clone());
        if let Some(name) = quietest {
            self.streams.remove(&name);
        }
    }

    /// All streams, by name.
    pub fn streams(&self) -> impl Iterator<Item = (&str, &Stream)> {
        self.streams
            .iter()
            .map(|(name, stream)| (name.as_str(), stream))
    }

    /// A stream.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn stream(&self, name: &str) -> Result<&Stream, LogsError> {
        self.streams.get(name).ok_or(LogsError::StreamNotFound)
    }

    /// How many bytes its events take.
    pub fn bytes(&self) -> usize {
        self.streams.values().map(Stream::bytes).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quietest_stream_makes_room_for_a_new_one() {
        let mut logs = Logs::default();
        for number in 0..=STREAMS_MAX {
            let now = Timestamp::from_seconds(i64::try_from(number).unwrap());
            logs.write("g", &format!("{number:04}"), &["x".to_owned()], now);
        }
        let group = logs.group("g").unwrap();
        assert_eq!(group.streams().count(), STREAMS_MAX);
        assert_eq!(group.streams().next().unwrap().0, "0001");
        assert!(matches!(
            group.stream("0000"),
            Err(LogsError::StreamNotFound)
        ));
        assert!(matches!(logs.group("h"), Err(LogsError::GroupNotFound)));
    }
}
