//! What a person does to the world while the function works.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use keywheel_emulator::engine::Engine;
use keywheel_emulator::fault::{Address, Rule, RuleId, Times, Verdict};
use keywheel_emulator::ids::{SecretArn, StagingLabel, VersionId};
use keywheel_emulator::time::HOUR_MS;
use keywheel_rotator::marker::{DEFAULT_PREFIX, Marker, Owner};
use serde_json::{Value, json};

use crate::event::FUNCTION;
use crate::history::{Unable, What};
use crate::oracle::Actor;
use crate::record::Problem;
use crate::scenario::{AdminAction, KeyRef, Payload, VersionRef, count, millis};

use super::setup::{API_ID_TAG, api_definition, first_hour_after, keyless_api_definition};
use super::{AdminAnswer, Core};

/// What people have done, and what they could not do.
#[derive(Debug, Default)]
pub(crate) struct People {
    /// The texts of the scenario's sections.
    pub(crate) sections: BTreeMap<String, String>,
    /// What could not be done.
    pub(crate) problems: Vec<Problem>,
    /// The rules by which the function's role has lost permissions.
    denied: BTreeMap<String, RuleId>,
    /// How many versions they have made.
    versions: usize,
}

impl Core {
    /// Does what a person does. A refusal is a problem of the scenario, not of the function.
    pub(crate) fn act(&mut self, action: &AdminAction) {
        self.note(What::Admin(action.clone()));
        if let Err(why) = self.try_to_act(action) {
            let action = action.clone();
            self.people.problems.push(Problem::Admin { action, why });
        }
        self.judge_commit(Actor::World);
    }

    fn try_to_act(&mut self, action: &AdminAction) -> Result<(), Unable> {
        match action {
            AdminAction::DeleteKey { key } => self.delete_key(key),
            AdminAction::ExpireKey { key, after } => self.expire_key(key, millis(*after)),
            AdminAction::CreateKeys { count } => self.create_keys(*count),
            AdminAction::DescribeKey { key, text } => self.describe_key(key, text),
            AdminAction::ForgeKey { name, version } => self.forge_key(name, version),
            AdminAction::PutValue { value } => self.put(value, "AWSCURRENT"),
            AdminAction::PutPending { value } => self.put(value, "AWSPENDING"),
            AdminAction::PutBinary { text } => self.put_binary(text),
            AdminAction::MoveLabel { label, to } => self.move_label(label, to),
            AdminAction::RemoveLabel { label } => done(self.remove_label(label)),
            AdminAction::CancelRotation => done(self.on_secret("CancelRotateSecret", json!({}))),
            AdminAction::DeleteSecret => {
                done(self.on_secret("DeleteSecret", json!({"RecoveryWindowInDays": 7})))
            }
            AdminAction::RestoreSecret => done(self.on_secret("RestoreSecret", json!({}))),
            AdminAction::Tag { name, value } => {
                let value = self.filled(value);
                self.tag(name, &value)
            }
            AdminAction::Retarget { api } => {
                let api = self.places.apis.get(count(*api).wrapping_sub(1)).cloned();
                self.tag(API_ID_TAG, api.ok_or(Unable::NoApi)?.as_str())
            }
            AdminAction::RotateAgain => self.rotate_again(),
            AdminAction::RotateReplica => self.rotate_replica(),
            AdminAction::RemoveReplica => done(self.remove_replica()),
            AdminAction::DeleteApi => done(self.on_api(&Method::DELETE, &json!({}))),
            AdminAction::ApiKeyMode { on } => done(self.set_api_key_mode(*on)),
            AdminAction::Deny { operation } => {
                self.deny(operation);
                Ok(())
            }
            AdminAction::Allow { operation } => self.allow(operation),
            AdminAction::RestartEmulator => {
                self.restart();
                Ok(())
            }
            AdminAction::FunctionClock { by } => {
                self.function_clock.set_skew_ms(by.as_millis());
                Ok(())
            }
            AdminAction::Jump { by } => {
                self.service.clock.jump(by.as_millis());
                Ok(())
            }
        }
    }

    fn tag(&mut self, name: &str, value: &str) -> Result<(), Unable> {
        let tags = json!({"Tags": [{"Key": name, "Value": value}]});
        done(self.on_secret("TagResource", tags))
    }

    fn restart(&mut self) {
        self.service.engine = Engine::restored(self.service.engine.save());
        self.cut_subscribers_off();
    }

    fn put_binary(&mut self, text: &str) -> Result<(), Unable> {
        let token = self.version_to_write("AWSCURRENT");
        let members = json!({
            "SecretBinary": STANDARD.encode(text),
            "ClientRequestToken": token.as_str(),
        });
        done(self.on_secret("PutSecretValue", members))
    }

    fn describe_key(&mut self, named: &KeyRef, text: &str) -> Result<(), Unable> {
        let key = self.resolve_key(named)?;
        let record = self.judge.ledger().key(&key);
        let record = record.ok_or_else(|| Unable::NoKey(named.clone()))?;
        let body = json!({"description": text, "expires": record.expires.as_seconds()});
        let path = format!(
            "/v1/apis/{}/apikeys/{}",
            self.places.first.api,
            key.expose()
        );
        done(
            self.service
                .ask_appsync("UpdateApiKey", &Method::POST, &path, &body),
        )
    }

    /// A person makes a key that looks like the function's own.
    fn forge_key(&mut self, name: &str, version: &VersionRef) -> Result<(), Unable> {
        let marker = Marker {
            owner: Owner::of(self.places.first.secret.as_str()),
            version: self.resolve_version(version)?.to_string(),
            created: self.now().as_seconds(),
        };
        let description = marker.describe(DEFAULT_PREFIX);
        let api = self.places.first.api.clone();
        self.create_key_of(&api, name, &description, 90 * 24 * HOUR_MS)?;
        Ok(())
    }

    fn deny(&mut self, operation: &str) {
        let address = Address {
            step: None,
            service: None,
            operation: operation.to_owned(),
            nth: None,
            invocation: None,
        };
        let rule = Rule {
            times: Times::Forever,
            is_optional: true,
            ..Rule::once(address, Verdict::AccessDenied)
        };
        let rule = self.service.engine.faults().arm(rule);
        self.people.denied.insert(operation.to_owned(), rule);
    }

    fn allow(&mut self, operation: &str) -> Result<(), Unable> {
        let rule = self
            .people
            .denied
            .remove(operation)
            .ok_or(Unable::NotDenied)?;
        self.service.engine.faults().disarm(rule);
        Ok(())
    }

    /// RotateSecret with a new token, which the unfinished rotation must stand in the way of.
    fn rotate_again(&mut self) -> Result<(), Unable> {
        let token = VersionId::new(self.entropy.uuid().to_string());
        match self.rotate_secret(&token) {
            Err(refusal) if refusal.is_of_unfinished_rotation() => Ok(()),
            Err(refusal) => Err(refusal.into()),
            Ok(_) => Err(Unable::NotRefused),
        }
    }

    fn delete_key(&mut self, key: &KeyRef) -> Result<(), Unable> {
        let key = self.resolve_key(key)?;
        let path = format!(
            "/v1/apis/{}/apikeys/{}",
            self.places.first.api,
            key.expose()
        );
        done(
            self.service
                .ask_appsync("DeleteApiKey", &Method::DELETE, &path, &json!({})),
        )
    }

    fn expire_key(&mut self, key: &KeyRef, after_ms: i64) -> Result<(), Unable> {
        let key = self.resolve_key(key)?;
        let path = format!(
            "/v1/apis/{}/apikeys/{}",
            self.places.first.api,
            key.expose()
        );
        let expires = first_hour_after(self.now().plus_millis(after_ms), self.now());
        let body = json!({"expires": expires.as_seconds()});
        done(
            self.service
                .ask_appsync("UpdateApiKey", &Method::POST, &path, &body),
        )
    }

    fn put(&mut self, value: &Payload, label: &str) -> Result<(), Unable> {
        let text = self.text_of(value)?;
        let token = self.version_to_write(label);
        let members = json!({
            "SecretString": text,
            "ClientRequestToken": token.as_str(),
            "VersionStages": [label],
        });
        done(self.on_secret("PutSecretValue", members))
    }

    /// A pending version without a value is filled, as a person would who mends a rotation;
    /// anything else makes a version of its own.
    fn version_to_write(&mut self, label: &str) -> VersionId {
        if label == "AWSPENDING"
            && let Some(empty) = self.empty_pending_version()
        {
            return empty;
        }
        self.people.versions += 1;
        let token = VersionId::new(self.entropy.uuid().to_string());
        self.names
            .name_version(&token, format!("admin{}", self.people.versions));
        token
    }

    fn empty_pending_version(&mut self) -> Option<VersionId> {
        let snapshot = self.snapshot();
        let secret = self.secret_in(&snapshot)?;
        let pending = secret.labels.get(&StagingLabel::pending())?;
        let is_empty = secret.versions.get(pending)?.value.is_none();
        is_empty.then(|| pending.clone())
    }

    fn move_label(&mut self, label: &str, to: &VersionRef) -> Result<(), Unable> {
        let to = self.resolve_version(to)?;
        let from = self.judge.ledger().labels().get(label).cloned();
        let mut members = json!({"VersionStage": label, "MoveToVersionId": to.as_str()});
        if let Some(from) = from {
            members["RemoveFromVersionId"] = json!(from.as_str());
        }
        done(self.on_secret("UpdateSecretVersionStage", members))
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
        let body = if on {
            api_definition(&self.spec, 1)
        } else {
            keyless_api_definition(&self.spec, 1)
        };
        self.on_api(&Method::POST, &body)
    }

    fn create_keys(&mut self, count: u32) -> Result<(), Unable> {
        for number in 1..=count {
            self.create_key(&format!("extra{number}"), 90 * 24 * HOUR_MS)?;
        }
        Ok(())
    }

    /// A request about the first API.
    fn on_api(&mut self, method: &Method, body: &Value) -> AdminAnswer {
        let api = &self.places.first.api;
        let (path, kind) = if self.spec.is_event_api(1) {
            (format!("/v2/apis/{api}"), "Api")
        } else {
            (format!("/v1/apis/{api}"), "GraphqlApi")
        };
        let verb = if *method == Method::DELETE {
            "Delete"
        } else {
            "Update"
        };
        self.service
            .ask_appsync(&format!("{verb}{kind}"), method, &path, body)
    }

    /// A request about the secret.
    pub(crate) fn on_secret(&mut self, operation: &str, mut members: Value) -> AdminAnswer {
        members["SecretId"] = json!(self.places.first.secret.as_str());
        self.service.ask_secrets(operation, &members)
    }

    /// Asks for a rotation, as a person or a schedule would.
    pub(crate) fn rotate_secret(&mut self, token: &VersionId) -> AdminAnswer {
        let secret = self.places.first.secret.clone();
        self.rotate(&secret, token, true)
    }

    /// Asks for a rotation of any secret, at once or only for its test.
    pub(crate) fn rotate(
        &mut self,
        secret: &SecretArn,
        token: &VersionId,
        is_immediate: bool,
    ) -> AdminAnswer {
        let interval = millis(self.spec.interval);
        let days = interval / (24 * HOUR_MS);
        let rules = if days >= 1 {
            json!({"AutomaticallyAfterDays": days})
        } else {
            json!({"ScheduleExpression": format!("rate({} hours)", interval / HOUR_MS)})
        };
        let mut members = json!({
            "SecretId": secret.as_str(),
            "ClientRequestToken": token.as_str(),
            "RotationLambdaARN": FUNCTION,
            "RotationRules": rules,
        });
        if !is_immediate {
            members["RotateImmediately"] = json!(false);
        }
        self.service.ask_secrets("RotateSecret", &members)
    }
}

/// What came of a request of which only that matters.
fn done(answer: AdminAnswer) -> Result<(), Unable> {
    answer?;
    Ok(())
}
