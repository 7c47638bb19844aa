//! The schema of an API: what is in force, what is being created, and the lock meanwhile.
//!
//! [`reading`] from a text to a schema · [`field_access`] which fields a way in opens.

pub mod checked;
pub mod field_access;
pub mod reading;

use std::sync::Arc;

use crate::time::Timestamp;

use reading::{ReadSchema, SchemaFault};

/// Where the creation of a schema stands [MODEL].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemaStatus<'a> {
    /// None was asked for.
    NotApplicable,
    /// It is being worked on.
    Processing,
    /// It is in force.
    Success,
    /// It is not; what was in force before still is [INF].
    Failed(&'a [SchemaFault]),
}

/// The schema of an API and the lock that altering it holds.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    in_force: Option<Arc<ReadSchema>>,
    last: Option<Creation>,
    is_held: bool,
}

/// A creation, which is done from its moment on.
#[derive(Clone, Debug)]
struct Creation {
    ready_at: Timestamp,
    result: Result<Arc<ReadSchema>, Vec<SchemaFault>>,
}

impl Schema {
    /// Starts to create a schema, which takes until `ready_at`.
    pub fn start_creation(&mut self, text: &str, now: Timestamp, ready_at: Timestamp) {
        self.in_force = self.in_force(now).cloned();
        let result = ReadSchema::read(text).map(Arc::new);
        self.last = Some(Creation { ready_at, result });
    }

    /// Takes or releases the lock by hand, for tests that need it at a moment of their choice.
    pub const fn hold(&mut self, is_held: bool) {
        self.is_held = is_held;
    }

    /// Whether a change of the schema is being worked on [REC].
    pub fn is_being_altered(&self, now: Timestamp) -> bool {
        self.is_held || self.last.as_ref().is_some_and(|last| now < last.ready_at)
    }

    /// The schema that requests are held against.
    pub fn in_force(&self, now: Timestamp) -> Option<&Arc<ReadSchema>> {
        match &self.last {
            Some(last) if now >= last.ready_at => last.result.as_ref().ok(),
            _ => None,
        }
        .or(self.in_force.as_ref())
    }

    /// Where the last creation stands.
    pub fn status(&self, now: Timestamp) -> SchemaStatus<'_> {
        match &self.last {
            _ if self.is_being_altered(now) => SchemaStatus::Processing,
            None => SchemaStatus::NotApplicable,
            Some(Creation { result: Ok(_), .. }) => SchemaStatus::Success,
            Some(Creation {
                result: Err(faults),
                ..
            }) => SchemaStatus::Failed(faults),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const READY: Timestamp = Timestamp::from_seconds(100);

    fn has(schema: &Schema, field: &str, now: Timestamp) -> bool {
        let read = schema.in_force(now);
        read.is_some_and(|read| read.schema().type_field("Query", field).is_ok())
    }

    #[test]
    fn a_creation_locks_until_it_is_ready() {
        let mut schema = Schema::default();
        assert_eq!(schema.status(READY), SchemaStatus::NotApplicable);
        let first = "type Query { a: Int }";
        schema.start_creation(first, Timestamp::EPOCH, READY);
        let before = READY.plus_millis(-1);
        assert_eq!(schema.status(before), SchemaStatus::Processing);
        assert!(schema.in_force(before).is_none());
        assert_eq!(schema.status(READY), SchemaStatus::Success);
        assert!(has(&schema, "a", READY));
    }

    #[test]
    fn a_failed_creation_leaves_the_schema_that_was_in_force() {
        let mut schema = Schema::default();
        let first = "type Query { a: Int }";
        schema.start_creation(first, Timestamp::EPOCH, Timestamp::EPOCH);
        for bad in ["meow", "type Query {"] {
            schema.start_creation(bad, Timestamp::EPOCH, READY);
            assert!(has(&schema, "a", Timestamp::EPOCH));
            assert_eq!(
                schema.status(READY),
                SchemaStatus::Failed(&[SchemaFault::Unparsable])
            );
            assert!(has(&schema, "a", READY));
        }
        let second = "type Query { b: Int }";
        schema.start_creation(second, READY, READY);
        assert!(has(&schema, "b", READY) && !has(&schema, "a", READY));
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
