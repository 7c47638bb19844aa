//! What happened, told to people, in symbolic names: no report ever shows a key.

pub mod artefact;
pub mod campaign;
pub mod describe;
pub mod text;
pub mod trace;
