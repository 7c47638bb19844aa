//! The replicas of a world's secrets: made, looked at, asked for what only a primary does.

use keywheel_emulator::ids::DEFAULT_REGION;
use serde_json::{Value, json};

use crate::scenario::{ReplicaSpec, ReplicaState};
use crate::setup::FUNCTION;

use super::Core;
use super::requests::{AdminAnswer, AdminRefusal};

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
            self.ask_secrets_in(&region, "CreateSecret", &theirs)?;
        }
        let regions = json!({"SecretId": name, "AddReplicaRegions": [{"Region": region}]});
        self.ask_secrets("ReplicateSecretToRegions", &regions)?;
        Ok(())
    }

    /// A secret's ARN, as its replica has it.
    pub(crate) fn replica_of(&self, arn: &str) -> String {
        let replica = self.spec.replica.as_ref();
        let region = replica.map_or(ELSEWHERE, |replica| &replica.region);
        arn.replace(DEFAULT_REGION, region)
    }

    /// RotateSecret of the replica, which only its primary changes.
    pub(crate) fn rotate_replica(&mut self) -> Result<AdminAnswer, String> {
        let replica = self.spec.replica.clone().ok_or("there is no replica")?;
        let members = json!({
            "SecretId": self.replica_of(self.place.secret.as_str()),
            "ClientRequestToken": self.entropy.uuid().to_string(),
            "RotationLambdaARN": FUNCTION,
        });
        match self.ask_secrets_in(&replica.region, "RotateSecret", &members) {
            Err(refusal) if refusal.message.contains("replica secret") => Ok(Ok(Value::Null)),
            Err(refusal) => Ok(Err(refusal)),
            Ok(_) => Err("a rotation of the replica was begun".to_owned()),
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
    pub(crate) fn replica_is(&mut self, expected: ReplicaState) -> Result<(), String> {
        let described = self.on_secret("DescribeSecret", json!({}));
        let described = described.map_err(|refusal| refusal.to_string())?;
        let status = described["ReplicationStatus"][0]["Status"].as_str();
        let found = match status {
            Some("InSync") => ReplicaState::InSync,
            Some("InProgress") => ReplicaState::InProgress,
            Some("Failed") => ReplicaState::Failed,
            other => return Err(format!("replica: expected {expected}, found {other:?}")),
        };
        if found == expected {
            return Ok(());
        }
        Err(format!("replica: expected {expected}, found {found}"))
    }

    /// Replicas catch up; what failed is taken away by a person.
    pub(crate) fn heal_replicas(&mut self) {
        self.engine.world().settings.secrets.replication_delay_ms = 0;
        if self.replica_is(ReplicaState::Failed).is_ok() {
            self.act(&crate::scenario::AdminAction::RemoveReplica);
        }
    }
}
