//! AppSync as a client sees it, through the engine's one entry, without sockets.

mod catalogue;
mod client;
mod data_plane;
mod graphql_apis;
mod keys;
