//! The settings as text: one tree of sections that is shown whole and changed by parts.
//!
//! `{"secretsmanager":{"listLag":"5s"}}` changes one setting and leaves the others; an assignment
//! such as `secretsmanager.listLag=5s` says the same in a shell. Lengths of time are texts such as
//! `5s`. What is misspelt is refused with the word that was probably meant, and then nothing
//! changes. `{"appsync":{"apis":{"ID":{"keysMax":2}}}}` gives an API settings of its own, which begin
//! as a copy of the general ones. The settings themselves, with their reasons, stand beside the
//! rules that obey them:
//! [`SecretsSettings`], [`RotationSettings`], [`AppSyncSettings`], [`AccessSettings`].
//!
//! [`SecretsSettings`]: crate::state::secrets::SecretsSettings
//! [`RotationSettings`]: crate::state::rotations::RotationSettings
//! [`AppSyncSettings`]: crate::state::appsync::AppSyncSettings
//! [`AccessSettings`]: crate::state::iam::settings::AccessSettings

use std::collections::BTreeSet;

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
    let mut tree =
        serde_json::to_value(settings).expect("settings have text keys and plain members");
    // Left out where it is empty, since the settings of an API have no APIs in them.
    if let Some(appsync) = tree["appsync"].as_object_mut() {
        appsync.entry("apis").or_insert_with(|| Map::new().into());
    }
    tree
}

/// Gives each API that a change names, and that has no settings of its own yet, a copy of the
/// general ones.
fn add_apis(tree: &mut Value, change: &Value) {
    let Some(named) = change["appsync"]["apis"].as_object() else {
        return;
    };
    let mut general = tree["appsync"].clone();
    if let Some(general) = general.as_object_mut() {
        general.remove("apis");
    }
    let Some(apis) = tree["appsync"]["apis"].as_object_mut() else {
        return;
    };
    for name in named.keys() {
        apis.entry(name).or_insert_with(|| general.clone());
    }
}

/// The settings after a change of some of them.
///
/// # Errors
/// A name or a value is wrong; the error says which, and the way out.
pub fn changed(settings: &Settings, change: &Value) -> Result<Settings, BadSetting> {
    let mut tree = shown(settings);
    add_apis(&mut tree, change);
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
    // In the alphabet's order, whatever order the map keeps.
    let names: BTreeSet<&str> = known.keys().map(String::as_str).collect();
    let hint = match nearest(name, names.iter().copied()) {
        Some(word) => format!(" (did you mean {word}?)"),
        None => {
            let names: Vec<&str> = names.into_iter().collect();
            format!(": use one of {}", names.join(", "))
        }
    };
    BadSetting::Unknown { path, hint }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ApiId;
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
    fn an_api_has_settings_of_its_own_that_begin_as_a_copy() {
        let general = assigned(&Settings::default(), "appsync.keysMax=7").unwrap();
        let own = assigned(&general, "appsync.apis.abc.listLag=5s").unwrap();
        let later = assigned(&own, "appsync.keysMax=9").unwrap();
        let appsync = &later.appsync;
        let (one, other) = (ApiId::new("abc"), ApiId::new("def"));
        assert_eq!(appsync.of_api(&one).keys_max, 7);
        assert_eq!(appsync.of_api(&one).list_lag_ms, 5_000);
        assert_eq!(appsync.of_api(&other), appsync);
        assert_eq!(changed(&later, &shown(&later)), Ok(later.clone()));
        for change in [
            json!({ "appsync": { "apis": { "abc": { "keysMx": 1 } } } }),
            json!({ "appsync": { "apis": { "abc": { "apis": {} } } } }),
            json!({ "appsync": { "apis": { "abc": 1 } } }),
            json!({ "appsync": { "apis": 1 } }),
        ] {
            assert!(
                refusal(&change).contains("appsync.apis"),
                "{}",
                refusal(&change)
            );
        }
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
