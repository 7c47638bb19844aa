//! The settings as text: one tree of sections that is shown whole and changed by parts.
//!
//! `{"secretsmanager":{"listLag":"5s"}}` changes one setting and leaves the others; an assignment
//! such as `secretsmanager.listLag=5s` says the same in a shell. Lengths of time are texts such as
//! `5s`. What is misspelt is refused with the word that was probably meant, and then nothing
//! changes. The settings themselves, with their reasons, stand beside the rules that obey them:
//! [`SecretsSettings`], [`RotationSettings`], [`AppSyncSettings`].
//!
//! [`SecretsSettings`]: crate::state::secrets::SecretsSettings
//! [`RotationSettings`]: crate::state::rotations::RotationSettings
//! [`AppSyncSettings`]: crate::state::appsync::AppSyncSettings

use serde_json::{Map, Value};

use crate::fault::nearest;
use crate::state::Settings;

/// Why a change is not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSetting {
    /// No section or setting has the name.
    #[error("unknown setting {path}{hint}")]
    Unknown {
        /// Its path, such as `secretsmanager.listLg`.
        path: String,
        /// The way out.
        hint: String,
    },
    /// A section was given a plain value.
    #[error("{0} is a section: it takes an object of settings")]
    Section(String),
    /// The value is not one that the setting takes.
    #[error("setting {path}: {why}")]
    Value {
        /// The setting.
        path: String,
        /// What it takes instead.
        why: String,
    },
    /// An assignment without an equals sign.
    #[error("{0:?} assigns nothing: write secretsmanager.listLag=5s")]
    NoAssignment(String),
}

/// All settings.
pub fn shown(settings: &Settings) -> Value {
    serde_json::to_value(settings).expect("settings have text keys and plain members")
}

/// The settings after a change of some of them.
///
/// # Errors
/// A name or a value is wrong; the error says which, and the way out.
pub fn changed(settings: &Settings, change: &Value) -> Result<Settings, BadSetting> {
    let mut tree = shown(settings);
    lay_over(&mut tree, change, "")?;
    serde_path_to_error::deserialize(tree).map_err(|error| BadSetting::Value {
        path: error.path().to_string(),
        why: error.inner().to_string(),
    })
}

/// The settings after an assignment such as `secretsmanager.listLag=5s`.
///
/// # Errors
/// As [`changed`].
pub fn assigned(settings: &Settings, assignment: &str) -> Result<Settings, BadSetting> {
    let no_assignment = || BadSetting::NoAssignment(assignment.to_owned());
    let (path, text) = assignment.split_once('=').ok_or_else(no_assignment)?;
    let tree = shown(settings);
    let stored = tree.pointer(&format!("/{}", path.replace('.', "/")));
    // What is a text stays one, even if it looks like a number.
    let value = match stored {
        Some(Value::String(_)) => Value::from(text),
        _ => serde_json::from_str(text).unwrap_or_else(|_| Value::from(text)),
    };
    let nested = path.rsplit('.').fold(value, |inner, name| {
        Value::Object(Map::from_iter([(name.to_owned(), inner)]))
    });
    changed(settings, &nested)
}

fn lay_over(tree: &mut Value, change: &Value, path: &str) -> Result<(), BadSetting> {
    let Value::Object(known) = tree else {
        *tree = change.clone();
        return Ok(());
    };
    let section = || match path {
        "" => "the whole".to_owned(),
        path => path.to_owned(),
    };
    let named = change
        .as_object()
        .ok_or_else(|| BadSetting::Section(section()))?;
    for (name, value) in named {
        let path = match path {
            "" => name.clone(),
            section => format!("{section}.{name}"),
        };
        match known.get_mut(name) {
            Some(stored) => lay_over(stored, value, &path)?,
            None => return Err(unknown(path, name, known)),
        }
    }
    Ok(())
}

fn unknown(path: String, name: &str, known: &Map<String, Value>) -> BadSetting {
    let names = || known.keys().map(String::as_str);
    let hint = match nearest(name, names()) {
        Some(word) => format!(" (did you mean {word}?)"),
        None => format!(": use one of {}", names().collect::<Vec<_>>().join(", ")),
    };
    BadSetting::Unknown { path, hint }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refusal(change: &Value) -> String {
        changed(&Settings::default(), change)
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn what_is_shown_is_taken_back() {
        let settings = Settings::default();
        assert_eq!(changed(&settings, &shown(&settings)), Ok(settings));
    }

    #[test]
    fn a_change_leaves_what_it_does_not_name() {
        let change = json!({ "rotation": { "retries": 2 } });
        let once = changed(&Settings::default(), &change).unwrap();
        let twice = assigned(&once, "rotation.retryAfter=5m").unwrap();
        assert_eq!(twice.rotation.retries, 2);
        assert_eq!(twice.rotation.retry_after_ms, 300_000);
        let thrice = assigned(&twice, "secretsmanager.deletedDate=requested").unwrap();
        assert_eq!(thrice.rotation, twice.rotation);
        assert_ne!(thrice.secrets, twice.secrets);
    }

    #[test]
    fn a_typo_is_told_with_the_word_that_was_meant() {
        for (change, told) in [
            (json!({ "rotations": {} }), "did you mean rotation?"),
            (
                json!({ "rotation": { "retrys": 1 } }),
                "rotation.retrys (did you mean retries?)",
            ),
            (json!({ "rotation": { "x": 1 } }), "use one of "),
            (json!({ "rotation": 1 }), "rotation is a section"),
            (json!([]), "the whole is a section"),
        ] {
            assert!(refusal(&change).contains(told), "{}", refusal(&change));
        }
    }

    #[test]
    fn a_wrong_value_is_told_with_what_the_setting_takes() {
        for (assignment, told) in [
            ("rotation.retryAfter=5", "retryAfter: a duration ends with"),
            ("rotation.retries=many", "retries: invalid"),
            ("rotation.retries=-1", "retries: invalid"),
            ("rotation.pendingRemoval=never", "at-end"),
            ("rotation.retries", "assigns nothing"),
        ] {
            let refused = assigned(&Settings::default(), assignment).unwrap_err();
            assert!(refused.to_string().contains(told), "{refused}");
        }
    }
}
