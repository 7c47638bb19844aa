//! One stream: its events, in the order in which they came.

use std::collections::VecDeque;

use crate::time::Timestamp;

/// How much a stream keeps, in bytes.
const BYTES_MAX: usize = 1 << 20;

/// What an event takes besides its text, in bytes [D].
const EVENT_OVERHEAD: usize = 26;

/// Something that was written.
#[derive(Clone, PartialEq, Eq)]
pub struct Event {
    /// Its number in the stream, counted from 0 and never reused.
    pub number: u64,
    /// When it was written.
    pub at: Timestamp,
    /// When it came in.
    pub ingested: Timestamp,
    /// What was written.
    pub message: String,
}

/// Without the text: functions write what they please.
impl std::fmt::Debug for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Event({} at {})", self.number, self.at)
    }
}

/// A log stream.
#[derive(Clone, Debug)]
pub struct Stream {
    /// When it came to be.
    pub created: Timestamp,
    events: VecDeque<Event>,
    written: u64,
    bytes: usize,
}

/// Where a page of a stream begins or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The newest events.
    Tail,
    /// The oldest events.
    Head,
    /// This event and those after it.
    From(u64),
    /// The events before this one.
    Before(u64),
}

/// What of a stream is asked for: from a moment on, up to before another.
#[derive(Clone, Copy, Debug, Default)]
pub struct Span {
    /// The first moment.
    pub start: Option<Timestamp>,
    /// The first moment that is not asked for.
    pub end: Option<Timestamp>,
}

impl Span {
    /// Does it hold this moment?
    pub fn holds(self, at: Timestamp) -> bool {
        self.start.is_none_or(|start| at >= start) && self.end.is_none_or(|end| at < end)
    }
}

/// A page of a stream, and where the next ones are.
#[derive(Clone, Debug)]
pub struct Page<'a> {
    /// Its events, oldest first.
    pub events: Vec<&'a Event>,
    /// The number from which on newer events follow.
    pub forward: u64,
    /// The number before which the older events are.
    pub backward: u64,
}

impl Stream {
    pub(super) fn new(now: Timestamp) -> Self {
        Self {
            created: now,
            events: VecDeque::new(),
            written: 0,
            bytes: 0,
        }
    }

    /// Writes one event.
    pub fn write(&mut self, message: String, at: Timestamp, now: Timestamp) {
        self.bytes += message.len() + EVENT_OVERHEAD;
        self.events.push_back(Event {
            number: self.written,
            at,
            ingested: now,
            message,
        });
        self.written += 1;
        while self.bytes > BYTES_MAX {
            if self.forget_oldest().is_none() {
                return;
            }
        }
    }

    /// Lets go of events from before a moment.
    pub(super) fn forget_before(&mut self, moment: Timestamp) {
        while self.events.front().is_some_and(|event| event.at < moment) {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) -> Option<()> {
        let oldest = self.events.pop_front()?;
        self.bytes -= oldest.message.len() + EVENT_OVERHEAD;
        Some(())
    }

    /// Its events, oldest first.
    pub fn events(&self) -> impl DoubleEndedIterator<Item = &Event> {
        self.events.iter()
    }

    /// How many bytes its events take.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// When something last came in; none if nothing ever did.
    pub fn last_ingested(&self) -> Option<Timestamp> {
        self.events.back().map(|event| event.ingested)
    }

    /// When it last changed.
    pub fn last_active(&self) -> Timestamp {
        self.last_ingested().unwrap_or(self.created)
    }

    /// Up to `limit` events.
    pub fn page(&self, place: Place, span: Span, limit: usize) -> Page<'_> {
        let all = self.events.iter().filter(|event| span.holds(event.at));
        let events: Vec<&Event> = match place {
            Place::Head => all.take(limit).collect(),
            Place::From(number) => all.filter(|e| e.number >= number).take(limit).collect(),
            Place::Tail => newest(all, limit),
            Place::Before(number) => newest(all.filter(|e| e.number < number), limit),
        };
        let end = match place {
            Place::From(number) | Place::Before(number) => number,
            Place::Head | Place::Tail => self.written,
        };
        Page {
            forward: events.last().map_or(end, |event| event.number + 1),
            backward: events.first().map_or(end, |event| event.number),
            events,
        }
    }
}

fn newest<'a>(events: impl DoubleEndedIterator<Item = &'a Event>, limit: usize) -> Vec<&'a Event> {
    let mut newest: Vec<&Event> = events.rev().take(limit).collect();
    newest.reverse();
    newest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(lines: usize) -> Stream {
        let mut stream = Stream::new(Timestamp::EPOCH);
        for number in 0..lines {
            let now = Timestamp::from_seconds(i64::try_from(number).unwrap());
            stream.write(number.to_string(), now, now);
        }
        stream
    }

    fn texts(page: &Page<'_>) -> Vec<String> {
        page.events
            .iter()
            .map(|event| event.message.clone())
            .collect()
    }

    #[test]
    fn pages_lead_to_both_ends() {
        let stream = stream(5);
        let page = |place| stream.page(place, Span::default(), 2);
        let tail = page(Place::Tail);
        assert_eq!(texts(&tail), ["3", "4"]);
        assert_eq!(texts(&page(Place::Before(tail.backward))), ["1", "2"]);
        let end = page(Place::From(tail.forward));
        assert!(end.events.is_empty());
        assert_eq!(
            end.forward, tail.forward,
            "the token stays the same at the end"
        );
        let head = page(Place::Head);
        assert_eq!(texts(&head), ["0", "1"]);
        assert_eq!(texts(&page(Place::From(head.forward))), ["2", "3"]);
        let start = page(Place::Before(head.backward));
        assert!(start.events.is_empty() && start.backward == head.backward);
    }

    #[test]
    fn a_span_holds_its_start_and_not_its_end() {
        let stream = stream(5);
        let span = Span {
            start: Some(Timestamp::from_seconds(1)),
            end: Some(Timestamp::from_seconds(3)),
        };
        assert_eq!(texts(&stream.page(Place::Head, span, 10)), ["1", "2"]);
    }

    #[test]
    fn endless_output_keeps_its_end_only() {
        let mut stream = Stream::new(Timestamp::EPOCH);
        let line = "x".repeat(1000);
        for _ in 0..2000 {
            stream.write(line.clone(), Timestamp::EPOCH, Timestamp::EPOCH);
        }
        assert!(stream.bytes() <= BYTES_MAX);
        assert_eq!(stream.events().count(), BYTES_MAX / (1000 + EVENT_OVERHEAD));
        assert_eq!(stream.events().next_back().unwrap().number, 1999);
    }
}
