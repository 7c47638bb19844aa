//! The questions that clients ask again and again, read and validated once.
//!
//! A shortcut only: what it holds follows from the text and the schema alone.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use apollo_compiler::ExecutableDocument;
use apollo_compiler::ast::Document;
use apollo_compiler::validation::Valid;

/// How long a text may be, in bytes, that is kept.
const TEXT_MAX: usize = 2_048;

/// How many texts are kept.
const TEXTS_MAX: usize = 32;

/// A text that is valid by a schema.
#[derive(Debug)]
pub struct Checked {
    /// As it was written.
    pub document: Document,
    /// As the schema understands it.
    pub executable: Valid<ExecutableDocument>,
}

/// The valid texts of one schema.
#[derive(Debug, Default)]
pub struct CheckedDocuments(Mutex<BTreeMap<String, Arc<Checked>>>);

impl CheckedDocuments {
    /// What was kept of a text.
    pub fn get(&self, text: &str) -> Option<Arc<Checked>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(text).cloned()
    }

    /// Keeps a text, unless it is long; the earlier ones are forgotten when there are too many.
    pub fn keep(&self, text: &str, checked: &Arc<Checked>) {
        if text.len() > TEXT_MAX {
            return;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= TEXTS_MAX {
            kept.clear();
        }
        kept.insert(text.to_owned(), checked.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::super::reading::ReadSchema;
    use super::*;

    fn checked(schema: &ReadSchema, text: &str) -> Arc<Checked> {
        let document = Document::parse(text, "query").unwrap();
        let executable = document.to_executable_validate(schema.schema()).unwrap();
        Arc::new(Checked {
            document,
            executable,
        })
    }

    #[test]
    fn what_is_kept_is_bounded_in_length_and_number() {
        let schema = ReadSchema::read("type Query { a: Int }").unwrap();
        let documents = CheckedDocuments::default();
        let long = format!("{{ a }}{}", " ".repeat(TEXT_MAX));
        documents.keep(&long, &checked(&schema, &long));
        assert!(documents.get(&long).is_none());
        let texts: Vec<String> = (0..=TEXTS_MAX).map(|n| format!("{{ a{n}: a }}")).collect();
        for text in &texts {
            documents.keep(text, &checked(&schema, text));
            assert!(documents.get(text).is_some());
        }
        let kept = texts.iter().filter(|text| documents.get(text).is_some());
        assert!(kept.count() <= TEXTS_MAX);
    }
}
