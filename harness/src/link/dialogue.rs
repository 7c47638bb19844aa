//! What every protocol of a connection is to the relay: bytes in, actions out, no IO.

use bytes::Bytes;

use super::call::{Answer, Call};
use super::failure::Failure;
use super::garbage::Garbage;

/// A connection of one protocol, seen from between its ends.
///
/// The relay tells it what either end has said, asks it what to do until there is nothing, and
/// answers each [`Action::Call`] by [`Dialogue::decide`] before it goes on.
pub(super) trait Dialogue: Send {
    /// The client has sent this.
    fn client_said(&mut self, bytes: &[u8]);

    /// The server has sent this.
    fn server_said(&mut self, bytes: &[u8]);

    /// What becomes of the call that was shown last.
    fn decide(&mut self, conduct: Conduct);

    /// What to do next; none until somebody has said more.
    ///
    /// # Errors
    /// One end does not speak the protocol.
    fn poll(&mut self) -> Result<Option<Action>, Garbage>;

    /// The bytes of an error after which the server is gone.
    fn farewell(&self, failure: Failure) -> Bytes;
}

/// What the relay is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// Send this to the server.
    ToServer(Bytes),
    /// Send this to the client.
    ToClient(Bytes),
    /// Ask what is to become of this call. Its bytes have not been sent.
    Call(Call),
    /// The first call that has no answer yet has been answered. Answers come in the order of calls.
    Answered(Answer),
    /// Send what there is, and close the connection.
    Close,
}

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Conduct {
    /// It goes on its way.
    Pass,
    /// It goes on its way, and nothing more is sent to the client.
    Withhold,
    /// It is not made; the client is told of this error.
    Refuse(Failure),
}
