//! AppSync as a client sees it, through the engine's one entry, without sockets.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod catalogue;
mod client;
mod constraints;
mod data_plane;
mod defects;
mod event_apis;
mod event_constraints;
mod event_publish;
mod event_sockets;
mod faults;
mod graphql_apis;
mod graphql_sockets;
mod introspection;
mod keys;
mod modes;
mod schemas;
mod sdk;
mod settings;
