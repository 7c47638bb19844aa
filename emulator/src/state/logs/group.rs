//! One log group: its streams, how long events stay, and its tags.

use std::collections::BTreeMap;

use crate::time::Timestamp;

use super::error::LogsError;
use super::stream::Stream;

/// How many streams a group keeps; the one that was silent the longest goes first.
const STREAMS_MAX: usize = 200;

/// How many tags a group may have [D].
const TAGS_MAX: usize = 50;

/// A log group.
#[derive(Clone, Debug)]
pub struct Group {
    /// When it came to be.
    pub created: Timestamp,
    /// How many days events stay; for ever if that was never said.
    pub retention_days: Option<u32>,
    /// Its class, kept and not looked at.
    pub class: String,
    /// The key that would encrypt it, kept and not looked at.
    pub kms_key: Option<String>,
    /// Is it not to be deleted?
    pub is_protected: bool,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    streams: BTreeMap<String, Stream>,
}

impl Group {
    /// A group without anything in it.
    pub fn new(created: Timestamp) -> Self {
        Self {
            created,
            retention_days: None,
            class: "STANDARD".to_owned(),
            kms_key: None,
            is_protected: false,
            tags: BTreeMap::new(),
            streams: BTreeMap::new(),
        }
    }

    /// The stream of that name; it comes to be if it is not there.
    pub(super) fn stream_to_write(&mut self, name: &str, now: Timestamp) -> &mut Stream {
        if !self.streams.contains_key(name) {
            self.make_room();
        }
        let stream = self.streams.entry(name.to_owned());
        stream.or_insert_with(|| Stream::new(now))
    }

    fn make_room(&mut self) {
        if self.streams.len() < STREAMS_MAX {
            return;
        }
        let quietest = self
            .streams
            .iter()
            .min_by_key(|(_, stream)| stream.last_active());
        let quietest = quietest.map(|(name, _)| name.clone());
        if let Some(name) = quietest {
            self.streams.remove(&name);
        }
    }

    /// Makes a stream.
    ///
    /// # Errors
    /// It is there.
    pub fn create_stream(&mut self, name: &str, now: Timestamp) -> Result<(), LogsError> {
        if self.streams.contains_key(name) {
            return Err(LogsError::StreamExists);
        }
        self.stream_to_write(name, now);
        Ok(())
    }

    /// Takes a stream away.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn delete_stream(&mut self, name: &str) -> Result<(), LogsError> {
        let gone = self.streams.remove(name);
        gone.map(drop).ok_or(LogsError::StreamNotFound)
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

    /// The same stream, to be written to.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn stream_mut(&mut self, name: &str) -> Result<&mut Stream, LogsError> {
        self.streams.get_mut(name).ok_or(LogsError::StreamNotFound)
    }

    /// How many bytes its events take.
    pub fn bytes(&self) -> usize {
        self.streams.values().map(Stream::bytes).sum()
    }

    /// The oldest moment of which events stay.
    pub fn horizon(&self, now: Timestamp) -> Option<Timestamp> {
        let days = self.retention_days?;
        Some(now.plus_days(-i64::from(days)))
    }

    /// Lets go of what is older than events stay.
    pub(super) fn forget_old(&mut self, now: Timestamp) {
        let Some(horizon) = self.horizon(now) else {
            return;
        };
        for stream in self.streams.values_mut() {
            stream.forget_before(horizon);
        }
    }

    /// Adds tags, or gives them other values.
    ///
    /// # Errors
    /// It would have more than fifty.
    pub fn tag(&mut self, tags: BTreeMap<String, String>) -> Result<(), LogsError> {
        let mut all = self.tags.clone();
        all.extend(tags);
        if all.len() > TAGS_MAX {
            return Err(LogsError::TagsTooMany);
        }
        self.tags = all;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quietest_stream_makes_room_for_a_new_one() {
        let mut group = Group::new(Timestamp::EPOCH);
        for number in 0..=STREAMS_MAX {
            let now = Timestamp::from_seconds(i64::try_from(number).unwrap());
            let stream = group.stream_to_write(&format!("{number:04}"), now);
            stream.write("x".to_owned(), now, now);
        }
        assert_eq!(group.streams().count(), STREAMS_MAX);
        assert_eq!(group.streams().next().unwrap().0, "0001");
        assert!(matches!(
            group.stream("0000"),
            Err(LogsError::StreamNotFound)
        ));
    }

    #[test]
    fn events_go_when_their_days_are_over() {
        let day = |day: i64| Timestamp::from_seconds(day * 86_400);
        let mut group = Group::new(day(0));
        for at in 0..10 {
            let stream = group.stream_to_write("s", day(at));
            stream.write(at.to_string(), day(at), day(at));
        }
        group.forget_old(day(9));
        assert_eq!(group.stream("s").unwrap().events().count(), 10);
        group.retention_days = Some(3);
        group.forget_old(day(9));
        let stream = group.stream("s").unwrap();
        let kept: Vec<&str> = stream.events().map(|e| e.message.as_str()).collect();
        assert_eq!(kept, ["6", "7", "8", "9"]);
        assert!(stream.bytes() > 0);
    }
}
