//! What happened, told to people, by aliases: no report ever shows a key.

pub mod artefact;
mod bars;
pub mod campaign;
pub mod case;
pub mod github;
pub mod html;
pub mod json;
pub mod junit;
pub mod page;
pub mod tap;
pub mod trace;
