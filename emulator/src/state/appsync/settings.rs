//! What a test may turn, and what is not known of AWS. Defaults are the best knowledge there is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::fault::millis_as_text;
use crate::ids::ApiId;

use super::event_settings::EventSettings;

/// Which moment of an asked expiry the bounds of 1 and 365 days are held against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BoundsCheck {
    /// The value as it was sent [INF: clients that ask for a day and two minutes are served].
    #[default]
    Unrounded,
    /// The value after rounding down to the hour [EMU].
    Rounded,
}

/// The order in which keys and APIs are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ListOrder {
    /// A random order that the seed decides and that no change of other items disturbs [INF].
    #[default]
    Shuffled,
    /// The order in which the items were made.
    Creation,
}

/// Whether the data plane looks at the credential or at the body first [?].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuthenticationOrder {
    /// A wrong key is refused whatever the body is.
    #[default]
    BeforeParsing,
    /// A body that cannot be read is refused whatever the key is.
    AfterParsing,
}

/// What the data plane says when no credential was sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MissingKeyText {
    /// `Valid authorization header not provided.` [REC]
    #[default]
    Recorded,
    /// `Missing authorization header`, which older simulators say [EMU].
    Simulator,
}

/// What the data plane does on an API for which no schema was created.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MissingSchema {
    /// Answers from a built-in schema, so that a key can be probed without making one.
    #[default]
    BuiltIn,
    /// Refuses with 502, as AWS does [EMU: an emulator's reading of AWS's table].
    Refused,
}

/// What fields hold, since there are no resolvers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldValues {
    /// Values of their types, so that the queries of an app work offline [ours].
    #[default]
    Placeholder,
    /// Null, as on AWS where no resolver was attached [DOCS].
    Null,
}

/// The settings of AppSync. An API that `apis` names has settings of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct AppSyncSettings {
    /// How the bounds of an expiry are checked.
    pub bounds: BoundsCheck,
    /// How many keys an API may have: 50, not adjustable on AWS [DOCS].
    pub keys_max: usize,
    /// Whether expired keys count against `keys_max` [REC, indirect].
    pub expired_keys_count: bool,
    /// How many GraphQL APIs a Region may have: 25 [DOCS].
    pub apis_max: usize,
    /// The most items on a page of a listing: 25 [MODEL]. Smaller pages catch missing pagination.
    pub page_items_max: usize,
    /// The order of listings.
    pub list_order: ListOrder,
    /// How long after `deletes` a key is really removed [DOCS: lazily].
    #[serde(rename = "removalLag", with = "millis_as_text")]
    pub removal_lag_ms: i64,
    /// How long a new key is not yet accepted by the data plane [?].
    #[serde(rename = "activationDelay", with = "millis_as_text")]
    pub activation_delay_ms: i64,
    /// How long a deleted key is still accepted by the data plane [?].
    #[serde(rename = "revocationDelay", with = "millis_as_text")]
    pub revocation_delay_ms: i64,
    /// How long ListApiKeys does not yet show that a key was made or deleted [?].
    #[serde(rename = "listLag", with = "millis_as_text")]
    pub list_lag_ms: i64,
    /// How long the creation of a schema takes; users report 30 to 60 s [REC].
    #[serde(rename = "schemaCreation", with = "millis_as_text")]
    pub schema_creation_ms: i64,
    /// Whether the schema is being altered all the time, so that CreateApiKey gets 409.
    pub schema_locked: bool,
    /// Whether a schema change also locks UpdateApiKey and DeleteApiKey; recorded is only that it
    /// locks CreateApiKey [?].
    pub schema_lock_covers_key_changes: bool,
    /// Credential or body first.
    pub authentication_order: AuthenticationOrder,
    /// The text for a missing credential.
    pub missing_key_text: MissingKeyText,
    /// What an API without a schema answers.
    pub missing_schema: MissingSchema,
    /// What fields hold.
    pub field_values: FieldValues,
    /// How many items a placeholder for a list has.
    pub list_items: usize,
    /// What the description of a key begins with that its rotator made: the counters tell
    /// deletions of other keys by it.
    pub marker_prefix: String,
    /// Event APIs and open websockets.
    pub events: EventSettings,
    /// What holds for single APIs instead. Limits of the whole Region mean nothing there.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub apis: BTreeMap<ApiId, AppSyncSettings>,
}

impl AppSyncSettings {
    /// The settings that hold for an API.
    pub fn of_api(&self, api: &ApiId) -> &Self {
        self.apis.get(api).unwrap_or(self)
    }
}

impl Default for AppSyncSettings {
    fn default() -> Self {
        Self {
            bounds: BoundsCheck::default(),
            keys_max: 50,
            expired_keys_count: true,
            apis_max: 25,
            page_items_max: 25,
            list_order: ListOrder::default(),
            removal_lag_ms: 0,
            activation_delay_ms: 0,
            revocation_delay_ms: 0,
            list_lag_ms: 0,
            schema_creation_ms: 0,
            schema_locked: false,
            schema_lock_covers_key_changes: false,
            authentication_order: AuthenticationOrder::default(),
            missing_key_text: MissingKeyText::default(),
            missing_schema: MissingSchema::default(),
            field_values: FieldValues::default(),
            list_items: 2,
            marker_prefix: "smrot1".to_owned(),
            events: EventSettings::default(),
            apis: BTreeMap::new(),
        }
    }
}
