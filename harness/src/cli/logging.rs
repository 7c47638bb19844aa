//! What commands log: to stderr, as much as `KEYWHEEL_LOG` says, and never a key.

use std::io;

use keywheel_rotator::redact::RedactingWriter;
use tracing::{Level, Metadata};
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::{EnvFilter, LevelFilter, filter_fn};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Logs from here on. Without `KEYWHEEL_LOG` the level is `usual`.
pub(super) fn to_stderr(usual: LevelFilter) {
    let chosen = EnvFilter::builder()
        .with_default_directive(usual.into())
        .with_env_var("KEYWHEEL_LOG")
        .from_env_lossy();
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(|| RedactingWriter(io::stderr()))
        .with_ansi(false)
        .without_time()
        .with_target(false);
    let capped = filter_fn(is_capped);
    let lines = lines.with_filter(capped).with_filter(chosen);
    tracing_subscriber::registry().with(lines).init();
}

/// Only our own crates may be more talkative than `info`: at finer levels the SDK, the HTTP stack
/// and websockets print what they carry, and that is secrets.
fn is_capped(metadata: &Metadata<'_>) -> bool {
    metadata.target().starts_with("keywheel") || *metadata.level() <= Level::INFO
}
