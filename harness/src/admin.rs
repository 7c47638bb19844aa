//! What a person does to the world while the function works.

use http::Method;
use keywheel_emulator::ids::{ApiKeyId, StagingLabel, VersionId};
use keywheel_emulator::time::HOUR_MS;
use serde_json::{Value, json};

use crate::history::What;
use crate::oracle::Actor;
use crate::scenario::{AdminAction, KeyRef, Payload, VersionRef};
use crate::setup::{FUNCTION, first_hour_after, millis};
use crate::world::{AdminAnswer, AdminRefusal, Core};

impl Core {
    /// Does what a person does. A refusal is a problem of the scenario, not of the function.
    pub(crate) fn act(&mut self, action: &AdminAction) {
        self.note(What::Admin(action.to_string()));
        if let Err(problem) = self.try_to_act(action) {
            self.problems.push(format!("admin {action}: {problem}"));
        }
        self.judge_commit(Actor::World);
    }

    fn try_to_act(&mut self, action: &AdminAction) -> Result<(), String> {
        let done = match action {
            AdminAction::DeleteKey { key } => self.delete_key(key)?,
            AdminAction::ExpireKey { key, after } => self.expire_key(key, millis(*after))?,
            AdminAction::PutValue { value } => self.put(value, "AWSCURRENT")?,
            AdminAction::PutPending { value } => self.put(value, "AWSPENDING")?,
            AdminAction::MoveLabel { label, to } => self.move_label(label, to)?,
            AdminAction::RemoveLabel { label } => self.remove_label(label),
            AdminAction::CancelRotation => self.on_secret("CancelRotateSecret", json!({})),
            AdminAction::DeleteSecret => {
                self.on_secret("DeleteSecret", json!({"RecoveryWindowInDays": 7}))
            }
            AdminAction::RestoreSecret => self.on_secret("RestoreSecret", json!({})),
            AdminAction::DeleteApi => self.on_api(&Method::DELETE, "DeleteGraphqlApi", &json!({})),
            AdminAction::ApiKeyMode { on } => self.set_api_key_mode(*on),
            AdminAction::CreateKeys { count } => self.create_keys(*count),
        };
        done.map(drop).map_err(|refusal| refusal.to_string())
    }

    fn delete_key(&mut self, key: &KeyRef) -> Result<AdminAnswer, String> {
        let key = self.resolve_key(key)?;
        let path = format!("/v1/apis/{}/apikeys/{}", self.place.api, key.expose());
        Ok(self.ask_appsync("DeleteApiKey", &Method::DELETE, &path, &json!({})))
    }

    fn expire_key(&mut self, key: &KeyRef, after_ms: i64) -> Result<AdminAnswer, String> {
        let key = self.resolve_key(key)?;
        let path = format!("/v1/apis/{}/apikeys/{}", self.place.api, key.expose());
        let expires = first_hour_after(self.now().plus_millis(after_ms), self.now());
        let body = json!({"expires": expires.as_seconds()});
        Ok(self.ask_appsync("UpdateApiKey", &Method::POST, &path, &body))
    }

    fn put(&mut self, value: &Payload, label: &str) -> Result<AdminAnswer, String> {
        let text = match value {
            Payload::Text(text) => text.clone(),
            Payload::Section(name) => self.sections.get(name).cloned().unwrap_or_default(),
            Payload::Copy => self
                .current_value()
                .ok_or("there is no current value to copy")?,
        };
        let token = self.version_to_write(label);
        let members = json!({
            "SecretString": text,
            "ClientRequestToken": token.as_str(),
            "VersionStages": [label],
        });
        Ok(self.on_secret("PutSecretValue", members))
    }

    /// A pending version without a value is filled, as a person would who mends a rotation;
    /// anything else makes a version of its own.
    fn version_to_write(&mut self, label: &str) -> VersionId {
        if label == "AWSPENDING"
            && let Some(empty) = self.empty_pending_version()
        {
            return empty;
        }
        self.admin_versions += 1;
        let token = VersionId::new(self.entropy.uuid().to_string());
        self.names
            .name_version(&token, format!("admin{}", self.admin_versions));
        token
    }

    fn empty_pending_version(&mut self) -> Option<VersionId> {
        let snapshot = self.snapshot();
        let secret = snapshot.secrets.first()?;
        let pending = secret.labels.get(&StagingLabel::pending())?;
        let is_empty = secret.versions.get(pending)?.value.is_none();
        is_empty.then(|| pending.clone())
    }

    fn move_label(&mut self, label: &str, to: &VersionRef) -> Result<AdminAnswer, String> {
        let to = self.resolve_version(to)?;
        let from = self.judge.ledger().labels().get(label).cloned();
        let mut members = json!({"VersionStage": label, "MoveToVersionId": to.as_str()});
        if let Some(from) = from {
            members["RemoveFromVersionId"] = json!(from.as_str());
        }
        Ok(self.on_secret("UpdateSecretVersionStage", members))
    }

    /// Takes a label off whatever version has it.
    pub(crate) fn remove_label(&mut self, label: &str) -> AdminAnswer {
        let holder = self
            .judge
            .ledger()
            .labels()
            .get(label)
            .map(ToString::to_string);
        let members = json!({"VersionStage": label, "RemoveFromVersionId": holder});
        self.on_secret("UpdateSecretVersionStage", members)
    }

    fn set_api_key_mode(&mut self, on: bool) -> AdminAnswer {
        let mode = if on { "API_KEY" } else { "AWS_IAM" };
        let body = json!({"name": "mobile", "authenticationType": mode});
        self.on_api(&Method::POST, "UpdateGraphqlApi", &body)
    }

    fn create_keys(&mut self, count: u32) -> AdminAnswer {
        for number in 1..=count {
            self.create_key(&format!("extra{number}"), 90 * 24 * HOUR_MS)?;
        }
        Ok(Value::Null)
    }

    fn on_api(&mut self, method: &Method, operation: &str, body: &Value) -> AdminAnswer {
        let path = format!("/v1/apis/{}", self.place.api);
        self.ask_appsync(operation, method, &path, body)
    }

    /// A request about the secret.
    pub(crate) fn on_secret(&mut self, operation: &str, mut members: Value) -> AdminAnswer {
        members["SecretId"] = json!(self.place.secret.as_str());
        self.ask_secrets(operation, &members)
    }

    /// Asks for a rotation, as a person or a schedule would.
    pub(crate) fn rotate_secret(&mut self, token: &VersionId) -> AdminAnswer {
        let interval = millis(self.spec.interval);
        let days = interval / (24 * HOUR_MS);
        let rules = if days >= 1 {
            json!({"AutomaticallyAfterDays": days})
        } else {
            json!({"ScheduleExpression": format!("rate({} hours)", interval / HOUR_MS)})
        };
        let members = json!({
            "ClientRequestToken": token.as_str(),
            "RotationLambdaARN": FUNCTION,
            "RotationRules": rules,
        });
        self.on_secret("RotateSecret", members)
    }

    /// The text of AWSCURRENT's version.
    pub(crate) fn current_value(&mut self) -> Option<String> {
        let snapshot = self.snapshot();
        let secret = snapshot.secrets.first()?;
        let version = secret.labels.get(&StagingLabel::current())?;
        let value = secret.versions.get(version)?.value.as_ref()?;
        Some(value.expose().to_owned())
    }

    /// The key of a symbolic name.
    pub(crate) fn resolve_key(&self, key: &KeyRef) -> Result<ApiKeyId, String> {
        let labelled = |label: &StagingLabel| self.judge.ledger().key_labelled(label).cloned();
        let found = match key {
            KeyRef::Pending => labelled(&StagingLabel::pending()),
            KeyRef::Current => labelled(&StagingLabel::current()),
            KeyRef::Previous => labelled(&StagingLabel::previous()),
            KeyRef::Numbered(_) | KeyRef::Foreign(_) => self.names.key_named(&key.to_string()),
        };
        found.ok_or_else(|| format!("there is no key {key} at this point"))
    }

    /// The version of a symbolic name.
    pub(crate) fn resolve_version(&self, version: &VersionRef) -> Result<VersionId, String> {
        let labelled = |label: &StagingLabel| self.judge.ledger().labels().get(label).cloned();
        let found = match version {
            VersionRef::Pending => labelled(&StagingLabel::pending()),
            VersionRef::Current => labelled(&StagingLabel::current()),
            VersionRef::Previous => labelled(&StagingLabel::previous()),
            VersionRef::First
            | VersionRef::Token(_)
            | VersionRef::Admin(_)
            | VersionRef::Word(_) => self.names.version_named(&version.to_string()),
        };
        found.ok_or_else(|| format!("there is no version {version} at this point"))
    }
}

/// Whether a refusal is the one of a rotation that is not complete (E15).
pub(crate) fn is_unfinished_rotation(refusal: &AdminRefusal) -> bool {
    refusal.code == "InvalidRequestException" && refusal.message.contains("isn't complete")
}
