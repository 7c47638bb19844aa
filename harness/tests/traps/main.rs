//! The traps in which a harness lies without knowing it, each measured before this one was built:
//! a test that it does not fall into it and, where that is possible, a variant without the cure that
//! shows the trap to be there.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
#![expect(
    clippy::disallowed_macros,
    reason = "an unbiased `select!` is one of the traps"
)]

mod bare;
mod client;
mod functions;
mod runs;
