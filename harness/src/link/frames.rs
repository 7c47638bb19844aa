//! Cuts a stream into the messages of a protocol, in bounded memory: only the head of a message is
//! kept together, the rest of a long one passes in pieces.

use bytes::{Bytes, BytesMut};

/// How much of a message is kept together.
pub(super) const HEAD_MAX: usize = 16 * 1024;

/// The length of the message that begins here, header included; none if more bytes are needed to
/// know it; an error if none begins so.
pub(super) type Measure = fn(&[u8]) -> Result<Option<usize>, Malformed>;

/// No message begins so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// One direction of a connection.
pub(super) struct Frames {
    buffer: BytesMut,
    measure: Measure,
    /// Bytes of the message whose head was taken that are still to come.
    left: usize,
}

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// A message, or the first [`HEAD_MAX`] bytes of it.
    Head(Bytes),
    /// More of it.
    Rest(Bytes),
}

impl Frames {
    pub(super) fn new(measure: Measure) -> Self {
        Self {
            buffer: BytesMut::new(),
            measure,
            left: 0,
        }
    }

    /// Messages are of another form from now on.
    pub(super) fn measure_by(&mut self, measure: Measure) {
        self.measure = measure;
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// What has come and not been taken.
    pub(super) fn unread(&self) -> &[u8] {
        &self.buffer
    }

    /// The next piece; none until more bytes have come.
    pub(super) fn next(&mut self) -> Result<Option<Piece>, Malformed> {
        if self.left > 0 {
            let length = self.left.min(self.buffer.len());
            self.left -= length;
            let rest = self.buffer.split_to(length).freeze();
            return Ok((!rest.is_empty()).then_some(Piece::Rest(rest)));
        }
        let Some(total) = (self.measure)(&self.buffer)? else {
            return Ok(None);
        };
        let head = total.min(HEAD_MAX);
        if self.buffer.len() < head {
            return Ok(None);
        }
        self.left = total - head;
        Ok(Some(Piece::Head(self.buffer.split_to(head).freeze())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A big-endian length of four bytes, itself included.
    fn counted(bytes: &[u8]) -> Result<Option<usize>, Malformed> {
        let Some(length) = bytes.first_chunk::<4>() else {
            return Ok(None);
        };
        usize::try_from(u32::from_be_bytes(*length))
            .map(Some)
            .map_err(|_| Malformed)
    }

    fn message(length: usize) -> Vec<u8> {
        let mut message = u32::try_from(length + 4).unwrap().to_be_bytes().to_vec();
        message.resize(length + 4, 7);
        message
    }

    #[test]
    fn the_rest_of_a_long_message_passes_in_pieces_that_are_not_kept() {
        let mut frames = Frames::new(counted);
        let long = message(100_000_000);
        let (mut passed, mut most) = (0, 0);
        for bytes in long.chunks(8192) {
            frames.push(bytes);
            while let Some(Piece::Head(bytes) | Piece::Rest(bytes)) = frames.next().unwrap() {
                passed += bytes.len();
            }
            most = most.max(frames.buffer.len());
        }
        assert_eq!(passed, long.len());
        assert!(most < HEAD_MAX, "{most}");
    }

    proptest! {
        #[test]
        fn every_byte_comes_out_once_however_it_came_in(
            lengths in proptest::collection::vec(0_usize..40_000, 0..6),
            cut in 1_usize..20_000,
        ) {
            let sent: Vec<u8> = lengths.iter().flat_map(|length| message(*length)).collect();
            let mut frames = Frames::new(counted);
            let (mut got, mut heads) = (Vec::new(), 0);
            for bytes in sent.chunks(cut) {
                frames.push(bytes);
                while let Some(piece) = frames.next().unwrap() {
                    heads += usize::from(matches!(piece, Piece::Head(_)));
                    let (Piece::Head(bytes) | Piece::Rest(bytes)) = piece;
                    got.extend_from_slice(&bytes);
                }
            }
            prop_assert_eq!(heads, lengths.len());
            prop_assert!(got == sent && frames.unread().is_empty());
        }
    }
}
