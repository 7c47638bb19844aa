//! One websocket: whose it is, and what it listens to.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::graphql::subscription::{Happened, Subscription};
use crate::ids::{ApiKeyId, HostLabel};
use crate::state::appsync::channel::{Channel, ChannelPattern};
use crate::wire::error_code::realtime::RealtimeError;

use super::publish::Published;

/// The number of a websocket, counted from 1 in the emulator's life and never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SocketNumber(pub u64);

/// What is to be done to a websocket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transmit {
    /// Send a text.
    Text(Arc<str>),
    /// Close it.
    Close(Closing),
}

/// Why a websocket closes: the code of RFC 6455 and a text. AWS's codes are not known [?].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closing {
    /// The code.
    pub code: u16,
    /// For people.
    pub reason: &'static str,
}

impl Closing {
    /// The credential is not good, or no longer.
    pub const REFUSED: Self = Self {
        code: 1008,
        reason: "not authorized",
    };
    /// The API was deleted.
    pub const API_GONE: Self = Self {
        code: 1001,
        reason: "the API is gone",
    };
}

/// A frame that was answered, for the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What it asked for, in the words of IAM's actions.
    pub operation: &'static str,
    /// Why it was refused, if it was.
    pub error: Option<RealtimeError>,
}

/// What a frame brings about.
#[derive(Default)]
pub(super) struct Reaction {
    /// What its sender is told.
    pub(super) frames: Vec<String>,
    /// What goes out to others.
    pub(super) published: Option<Published>,
    /// For the journal.
    pub(super) note: Option<Note>,
}

/// What a websocket listens to, by the ids that its client gave. Both are bounded in size and
/// number.
#[derive(Debug)]
pub(super) enum Listening {
    /// To channels of an Event API.
    Events(BTreeMap<String, ChannelPattern>),
    /// To mutations of a GraphQL API.
    GraphQl(BTreeMap<String, Subscription>),
}

/// An open websocket.
#[derive(Debug)]
pub(super) struct Socket {
    /// The API.
    pub(super) host: HostLabel,
    /// The key that opened it, if it was one.
    pub(super) key: Option<ApiKeyId>,
    /// What it listens to.
    pub(super) listening: Listening,
}

impl Socket {
    /// The ids of the subscriptions that a channel concerns.
    pub(super) fn hearing<'a>(&'a self, channel: &'a Channel) -> impl Iterator<Item = &'a str> {
        let all = match &self.listening {
            Listening::Events(all) => Some(all),
            Listening::GraphQl(_) => None,
        };
        let hearing = all
            .into_iter()
            .flatten()
            .filter(|(_, pattern)| pattern.matches(channel));
        hearing.map(|(id, _)| id.as_str())
    }

    /// What subscriptions are told of a mutation, by their ids.
    pub(super) fn told<'a>(
        &'a self,
        happened: &'a Happened,
    ) -> impl Iterator<Item = (&'a str, Value)> {
        let all = match &self.listening {
            Listening::GraphQl(all) => Some(all),
            Listening::Events(_) => None,
        };
        let told = |(id, subscription): (&'a String, &'a Subscription)| {
            Some((id.as_str(), subscription.told(happened)?))
        };
        all.into_iter().flatten().filter_map(told)
    }
}
