//! A policy with the text that it was written in.

use crate::state::policy::Document;

/// A policy document, read, and as it was written: IAM gives it back byte for byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyText {
    /// The JSON text.
    pub text: String,
    /// What it means.
    pub document: Document,
}
