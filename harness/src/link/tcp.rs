//! Any protocol: nothing is known of a connection but that it is made.

use std::collections::VecDeque;

use bytes::Bytes;

use super::call::{Answer, Call};
use super::dialogue::{Action, Conduct, Dialogue};
use super::failure::Failure;
use super::garbage::Garbage;

/// As addresses name it.
pub(super) const SERVICE: &str = "tcp";

/// A connection whose bytes mean nothing here.
pub(super) struct Tcp {
    is_met: bool,
    is_open: bool,
    actions: VecDeque<Action>,
    from_client: Vec<u8>,
}

impl Tcp {
    pub(super) fn new() -> Self {
        Self {
            is_met: false,
            is_open: false,
            actions: VecDeque::new(),
            from_client: Vec::new(),
        }
    }
}

impl Dialogue for Tcp {
    fn client_said(&mut self, bytes: &[u8]) {
        if self.is_open {
            self.actions
                .push_back(Action::ToServer(Bytes::copy_from_slice(bytes)));
        } else {
            self.from_client.extend_from_slice(bytes);
        }
    }

    fn server_said(&mut self, bytes: &[u8]) {
        self.actions
            .push_back(Action::ToClient(Bytes::copy_from_slice(bytes)));
    }

    fn decide(&mut self, _: Conduct) {
        self.is_open = true;
        self.actions
            .push_back(Action::Answered(Answer::Done("connected".to_owned())));
        let early = std::mem::take(&mut self.from_client);
        if !early.is_empty() {
            self.actions.push_back(Action::ToServer(early.into()));
        }
    }

    fn poll(&mut self) -> Result<Option<Action>, Garbage> {
        if !self.is_met {
            self.is_met = true;
            return Ok(Some(Action::Call(Call {
                service: SERVICE,
                operation: "Connect".to_owned(),
                text: String::new(),
            })));
        }
        Ok(self.actions.pop_front())
    }

    fn farewell(&self, _: Failure) -> Bytes {
        Bytes::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_passes_before_the_connection_is_met() {
        let mut tcp = Tcp::new();
        tcp.client_said(b"hello");
        assert!(matches!(tcp.poll(), Ok(Some(Action::Call(call))) if call.operation == "Connect"));
        assert_eq!(tcp.poll(), Ok(None));
        tcp.decide(Conduct::Pass);
        tcp.server_said(b"hi");
        let all: Vec<_> = std::iter::from_fn(|| tcp.poll().unwrap()).collect();
        let expected = [
            Action::Answered(Answer::Done("connected".to_owned())),
            Action::ToServer(Bytes::from_static(b"hello")),
            Action::ToClient(Bytes::from_static(b"hi")),
        ];
        assert_eq!(all, expected);
    }
}
