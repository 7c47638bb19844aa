//! The replicas of a world's secrets: made, looked at, asked for what only a primary does.

use keywheel_emulator::ids::DEFAULT_REGION;
use serde_json::json;

use crate::event::FUNCTION;
use crate::history::{AdminRefusal, Unable};
use crate::record::Mismatch;
use crate::scenario::{AdminAction, ReplicaSpec, ReplicaState};

use super::AdminAnswer;
use super::Core;

/// Where a replica would be of a secret that has none.
const ELSEWHERE: &str = "eu-central-1";

impl Core {
    /// Gives a new secret the replica that the world has.
    pub(crate) fn replicate(&mut self, name: &str) -> Result<(), AdminRefusal> {
        let Some(ReplicaSpec { region, is_failed }) = self.spec.replica.clone() else {
            return Ok(());
        };
        if is_failed {
            let theirs = json!({
                "Name": name,
                "SecretString": "another secret of that name",
                "ClientRequestToken": self.entropy.uuid().to_string(),
            });
            self.service
                .ask_secrets_in(&region, "CreateSecret", &theirs)?;
        }
        let regions = json!({"SecretId": name, "AddReplicaRegions": [{"Region": region}]});
        self.service
            .ask_secrets("ReplicateSecretToRegions", &regions)?;
        Ok(())
    }

    /// A secret's ARN, as its replica has it.
    pub(crate) fn replica_of(&self, arn: &str) -> String {
        let replica = self.spec.replica.as_ref();
        let region = replica.map_or(ELSEWHERE, |replica| &replica.region);
        arn.replace(DEFAULT_REGION, region)
    }

    /// RotateSecret of the replica, which only its primary changes.
    pub(crate) fn rotate_replica(&mut self) -> Result<(), Unable> {
        let replica = self.spec.replica.clone().ok_or(Unable::NoReplica)?;
        let members = json!({
            "SecretId": self.replica_of(self.places.first.secret.as_str()),
            "ClientRequestToken": self.entropy.uuid().to_string(),
            "RotationLambdaARN": FUNCTION,
        });
        match self
            .service
            .ask_secrets_in(&replica.region, "RotateSecret", &members)
        {
            Err(refusal) if refusal.is_of_replica() => Ok(()),
            Err(refusal) => Err(refusal.into()),
            Ok(_) => Err(Unable::NotRefused),
        }
    }

    /// Takes the replica away, or the try to make one.
    pub(crate) fn remove_replica(&mut self) -> AdminAnswer {
        let region = self
            .spec
            .replica
            .as_ref()
            .map(|replica| replica.region.clone());
        self.on_secret(
            "RemoveRegionsFromReplication",
            json!({"RemoveReplicaRegions": [region]}),
        )
    }

    /// Compares how far the replica is.
    pub(crate) fn replica_is(&mut self, expected: ReplicaState) -> Result<(), Mismatch> {
        let described = self.on_secret("DescribeSecret", json!({}));
        let described = described.map_err(Unable::from)?;
        let found = match described["ReplicationStatus"][0]["Status"].as_str() {
            Some("InSync") => Some(ReplicaState::InSync),
            Some("InProgress") => Some(ReplicaState::InProgress),
            Some("Failed") => Some(ReplicaState::Failed),
            _ => None,
        };
        if found == Some(expected) {
            return Ok(());
        }
        Err(Mismatch::Replica { expected, found })
    }

    /// Replicas catch up; what failed is taken away by a person.
    pub(crate) fn heal_replicas(&mut self) {
        self.service
            .engine
            .world()
            .settings
            .secrets
            .replication_delay_ms = 0;
        if self.replica_is(ReplicaState::Failed).is_ok() {
            self.act(&AdminAction::RemoveReplica);
        }
    }
}
