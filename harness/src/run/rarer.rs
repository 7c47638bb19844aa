//! Statements that few scenarios have: invocations by hand, several secrets, tests of the function, events that no service
//! sends.

use keywheel_emulator::ids::{SecretArn, VersionId};

use crate::event::Event;
use crate::history::{ServiceEvent, Unable, What};
use crate::oracle::Actor;
use crate::record::Mismatch;
use crate::run::driver::Delivered;
use crate::scenario::{InvokeOutcome, RotateOutcome, SentEvent, VersionRef};

use super::Bench;

impl Bench<'_> {
    /// RotateSecret of one other secret, or of all at once.
    pub(super) async fn rotate_several(&mut self, secret: &str, expected: RotateOutcome) {
        let names: Vec<(String, SecretArn)> = {
            let core = self.world.lock();
            let meant = core
                .places
                .all()
                .filter(|place| secret == "all" || place.name == secret);
            meant
                .map(|place| (place.name.clone(), place.secret.clone()))
                .collect()
        };
        let mut begun = Vec::new();
        for (name, secret) in &names {
            let mut core = self.world.lock();
            let id = VersionId::new(core.entropy.uuid().to_string());
            self.rotations += 1;
            core.names
                .name_version(&id, format!("token{}", self.rotations));
            if let Err(refusal) = core.rotate(secret, &id, true) {
                let secret = name.clone();
                core.note(What::Service(ServiceEvent::RotationRefused {
                    secret,
                    refusal,
                }));
                continue;
            }
            core.tokens.insert(id.clone());
            core.places.set_token(secret, id.clone());
            core.judge_commit(Actor::Service);
            begun.push((secret.clone(), id));
        }
        self.driver.settle_all().await;
        let snapshot = self.world.lock().snapshot();
        let is_done = |(arn, id): &&(SecretArn, VersionId)| {
            let view = snapshot.secrets.iter().find(|view| view.arn == *arn);
            let labels = view.map(|view| &view.labels);
            labels.is_some_and(|labels| labels.get("AWSCURRENT") == Some(id))
        };
        let done = begun.iter().filter(is_done).count();
        let outcome = match done {
            _ if begun.is_empty() => RotateOutcome::Refused,
            0 => RotateOutcome::Failed,
            all if all == names.len() => RotateOutcome::Ok,
            _ => RotateOutcome::Some,
        };
        if outcome != expected {
            self.require(Err(Mismatch::Rotations {
                expected,
                found: outcome,
                done,
                of: names.len(),
            }));
        }
    }

    /// The function is called directly for one step.
    pub(super) async fn invoke(&mut self, step: &str, token: &VersionRef, expect: &InvokeOutcome) {
        let event = {
            let mut core = self.world.lock();
            match core.resolve_version(token) {
                Ok(token) => {
                    core.places.first.token = Some(token.clone());
                    Event::of(step, core.places.first.secret.clone(), token)
                }
                Err(unable) => {
                    drop(core);
                    return self.require(Err(unable.into()));
                }
            }
        };
        let delivered = self.driver.invoke(event).await;
        self.require(compare(&delivered, expect));
    }

    /// RotateSecret that is to test the function only.
    pub(super) async fn test_rotation(&mut self, expect: &InvokeOutcome) {
        {
            let mut core = self.world.lock();
            let id = VersionId::new(core.entropy.uuid().to_string());
            core.names.name_version(&id, "test");
            let secret = core.places.first.secret.clone();
            if let Err(refusal) = core.rotate(&secret, &id, false) {
                drop(core);
                return self.require(Err(Unable::from(refusal).into()));
            }
            core.places.first.token = Some(id);
            core.judge_commit(Actor::Service);
        }
        self.driver.settle_scheduled().await;
        let delivered = self.driver.last_delivered();
        self.require(compare(&delivered, expect));
    }

    /// A user begins to listen.
    pub(super) fn subscribe(&mut self, name: &str) {
        let found = self.world.lock().subscribe(name);
        self.require(found);
    }

    /// The function is called with an event that the service would not send.
    pub(super) async fn send(&mut self, sent: &SentEvent) {
        let event = self.world.lock().event_of(sent);
        match event {
            Ok(event) => {
                let delivered = self.driver.invoke(event).await;
                self.require(compare(&delivered, &sent.expect));
            }
            Err(unable) => self.require(Err(unable.into())),
        }
    }
}

/// Compares how an invocation ended with how it had to.
fn compare(delivered: &Delivered, expected: &InvokeOutcome) -> Result<(), Mismatch> {
    let is_as_expected = match (delivered, expected) {
        (Ok(()), InvokeOutcome::Ok) | (Err(_), InvokeOutcome::Failed) => true,
        (Err(failure), InvokeOutcome::Error(error_type)) => failure.error_type == *error_type,
        (Ok(()), _) | (Err(_), InvokeOutcome::Ok) => false,
    };
    if is_as_expected {
        return Ok(());
    }
    let failure = delivered.as_ref().err();
    Err(Mismatch::Invocation {
        expected: expected.clone(),
        found: failure.map(|failure| failure.error_type.clone()),
    })
}
