//! What a test may turn of Event APIs and of websockets, and what is not known of AWS.

use serde::{Deserialize, Serialize};

use crate::fault::millis_as_text;

/// What happens to an open websocket when the key that opened it expires or is deleted [?].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LostKey {
    /// It goes on: a key is looked at where it is shown, when the socket opens, subscribes or
    /// publishes.
    #[default]
    Kept,
    /// It is told `UnauthorizedException` and closed.
    Closed,
}

/// The settings of Event APIs and of websockets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct EventSettings {
    /// How many Event APIs a Region may have [?].
    pub apis_max: usize,
    /// How many channel namespaces an Event API may have [?].
    pub namespaces_max: usize,
    /// How many subscriptions a websocket may hold: 100 [DOCS].
    pub subscriptions_max: usize,
    /// How often a websocket is told that it is alive: each minute [REC].
    #[serde(rename = "keepAlive", with = "millis_as_text")]
    pub keep_alive_ms: i64,
    /// How long a client waits for a sign of life before it gives up, which it is told when it
    /// connects: five minutes [REC]. A client that is not heard of for as long is given up too.
    #[serde(rename = "connectionTimeout", with = "millis_as_text")]
    pub connection_timeout_ms: i64,
    /// What happens to the open websockets of a key that is no longer good.
    pub lost_key: LostKey,
}

impl Default for EventSettings {
    fn default() -> Self {
        Self {
            apis_max: 25,
            namespaces_max: 50,
            subscriptions_max: 100,
            keep_alive_ms: 60_000,
            connection_timeout_ms: 300_000,
            lost_key: LostKey::default(),
        }
    }
}
