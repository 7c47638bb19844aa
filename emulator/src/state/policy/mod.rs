//! IAM policies: what a document says, and what it decides about a request.
//!
//! In reading order: [`document`] (statements as data) · [`pattern`] (wildcards and policy
//! variables) · [`principal`] (who calls, and whom a statement means) · [`condition`] (operators)
//! · [`context`] (what is known of a request) · [`keys`] (what can be known) · [`decision`] (the evaluation) · `text` (a policy
//! as it was written).
//!
//! Documents come from the wire as JSON; reading them is `wire::policy_document`. Evaluation
//! follows the documented rules [D]: everything is denied by default; an explicit deny wins over
//! every allow; within an account the policies of the caller and of the resource are added up,
//! across accounts both must allow. Deliberately absent: organisation policies and permission
//! boundaries.

pub mod condition;
pub mod context;
pub mod decision;
pub mod document;
pub mod keys;
pub mod pattern;
pub mod principal;
mod text;

pub use context::Context;
pub use decision::{Decision, Policies, Request, ResourceRule, Source, decide};
pub use document::{Document, Effect, Selection, Statement, Version};
pub use principal::{Principal, PrincipalPattern};
pub use text::PolicyText;

#[cfg(test)]
mod tests;
