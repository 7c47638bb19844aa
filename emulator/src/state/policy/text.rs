//! A policy with the text that it was written in.

use super::document::Document;
use super::principal::PrincipalPattern;

/// A policy document, read, and as it was written: AWS gives it back byte for byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyText {
    /// The JSON text.
    pub text: String,
    /// What it means.
    pub document: Document,
}

impl PolicyText {
    /// The ARNs and unique ids of those it names who are gone. `id_of` tells who has an ARN now.
    pub fn gone(&self, id_of: &dyn Fn(&str) -> Option<String>) -> Vec<(&str, &str)> {
        let named = self.document.principals().filter_map(|it| match it {
            PrincipalPattern::Named { arn, id } => Some((arn.as_str(), id.as_deref()?)),
            _ => None,
        });
        named
            .filter(|(arn, id)| id_of(arn).as_deref() != Some(*id))
            .collect()
    }
}
