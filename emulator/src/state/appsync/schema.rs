//! The schema of an API, as far as keys are concerned: while it is being altered, writes are refused.

use crate::time::Timestamp;

/// Where the creation of a schema stands [MODEL].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemaStatus {
    /// None was asked for.
    NotApplicable,
    /// It is being worked on.
    Processing,
    /// It is there.
    Success,
}

impl SchemaStatus {
    /// The name on the wire [MODEL].
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotApplicable => "NOT_APPLICABLE",
            Self::Processing => "PROCESSING",
            Self::Success => "SUCCESS",
        }
    }
}

/// The schema of an API and the lock that altering it holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema {
    definition: Option<Vec<u8>>,
    ready_at: Timestamp,
    is_held: bool,
}

impl Schema {
    /// Starts to create the schema, which takes until `ready_at`. The text is kept, not read.
    pub fn start_creation(&mut self, definition: Vec<u8>, ready_at: Timestamp) {
        self.definition = Some(definition);
        self.ready_at = ready_at;
    }

    /// Takes or releases the lock by hand, for tests that need it at a moment of their choice.
    pub const fn hold(&mut self, is_held: bool) {
        self.is_held = is_held;
    }

    /// Whether a change of the schema is being worked on [REC].
    pub fn is_being_altered(&self, now: Timestamp) -> bool {
        self.is_held || (self.definition.is_some() && now < self.ready_at)
    }

    /// Whether a schema was ever created.
    pub const fn exists(&self) -> bool {
        self.definition.is_some()
    }

    /// Where the creation stands.
    pub fn status(&self, now: Timestamp) -> SchemaStatus {
        if self.is_being_altered(now) {
            SchemaStatus::Processing
        } else if self.exists() {
            SchemaStatus::Success
        } else {
            SchemaStatus::NotApplicable
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_creation_locks_until_it_is_ready() {
        let ready = Timestamp::from_seconds(100);
        let mut schema = Schema::default();
        assert_eq!(schema.status(ready), SchemaStatus::NotApplicable);
        schema.start_creation(b"type Query { a: Int }".to_vec(), ready);
        assert_eq!(
            schema.status(ready.plus_millis(-1)),
            SchemaStatus::Processing
        );
        assert_eq!(schema.status(ready), SchemaStatus::Success);
        assert!(!schema.is_being_altered(ready));
    }

    #[test]
    fn the_lock_can_be_held_by_hand() {
        let mut schema = Schema::default();
        schema.hold(true);
        assert!(schema.is_being_altered(Timestamp::EPOCH));
        schema.hold(false);
        assert!(!schema.is_being_altered(Timestamp::EPOCH));
    }
}
