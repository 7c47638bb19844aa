//! CloudWatch Logs: what functions and clients write, by group and stream.
//!
//! In reading order: [`stream`] one stream · [`group`] one group · [`filter`] which events a
//! pattern finds · this file (the groups of one account in one Region). Streams and events are
//! bounded: the oldest go first.
//!
//! Deliberately absent: metric filters, subscriptions, queries and exports.

pub mod error;
pub mod filter;
pub mod group;
pub mod stream;

use std::collections::BTreeMap;

use crate::time::Timestamp;

use error::LogsError;
use group::Group;

/// The log groups of one account in one Region, by name.
#[derive(Clone, Debug, Default)]
pub struct Logs {
    groups: BTreeMap<String, Group>,
}

impl Logs {
    /// Writes lines that a function wrote, each with the newline that it ended with [R]; an empty
    /// line is no event [R]. Group and stream come to be when they are first written to.
    pub fn write(&mut self, group: &str, stream: &str, lines: &[String], now: Timestamp) {
        let group = self.groups.entry(group.to_owned());
        let group = group.or_insert_with(|| Group::new(now));
        let stream = group.stream_to_write(stream, now);
        for line in lines.iter().filter(|line| !line.is_empty()) {
            stream.write(format!("{line}\n"), now, now);
        }
    }

    /// Makes a group.
    ///
    /// # Errors
    /// It is there.
    pub fn create(&mut self, name: &str, group: Group) -> Result<(), LogsError> {
        if self.groups.contains_key(name) {
            return Err(LogsError::GroupExists);
        }
        self.groups.insert(name.to_owned(), group);
        Ok(())
    }

    /// Takes a group away with all that is in it.
    ///
    /// # Errors
    /// There is none of that name, or it is protected.
    pub fn delete(&mut self, name: &str) -> Result<(), LogsError> {
        if self.group(name)?.is_protected {
            return Err(LogsError::GroupProtected);
        }
        self.groups.remove(name);
        Ok(())
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

    /// The same group, to be changed.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn group_mut(&mut self, name: &str) -> Result<&mut Group, LogsError> {
        self.groups.get_mut(name).ok_or(LogsError::GroupNotFound)
    }

    /// A group as it is now: what is older than its events stay is gone.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn group_at(&mut self, name: &str, now: Timestamp) -> Result<&Group, LogsError> {
        let group = self.group_mut(name)?;
        group.forget_old(now);
        Ok(group)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_line_is_no_event_and_others_keep_their_newline() {
        let mut logs = Logs::default();
        let lines = ["a", "", "b"].map(str::to_owned);
        logs.write("g", "s", &lines, Timestamp::EPOCH);
        let stream = logs.group("g").unwrap().stream("s").unwrap();
        let messages: Vec<&str> = stream.events().map(|e| e.message.as_str()).collect();
        assert_eq!(messages, ["a\n", "b\n"]);
        assert!(matches!(logs.group("h"), Err(LogsError::GroupNotFound)));
    }
}
