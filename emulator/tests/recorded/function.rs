//! The rotation function of the recordings.

use keywheel_emulator::ids::Step;
use keywheel_emulator::invoke::RotationEvent;
use serde_json::{Value, json};

use super::stage::Stage;

impl Stage {
    /// Runs every rotation to its end with the function of the recordings.
    pub(crate) fn rotate(&mut self) {
        self.rotate_with(Self::step);
    }

    /// What AWS's sample functions do in a step; they never touch AWSPENDING.
    pub(crate) fn step(&mut self, event: &RotationEvent) {
        let (id, token) = (&event.secret_id, &event.client_request_token);
        match event.step {
            Step::CreateSecret => {
                self.must("GetSecretValue", json!({"SecretId": id}));
                let pending =
                    json!({"SecretId": id, "VersionId": token, "VersionStage": "AWSPENDING"});
                assert_eq!(self.call("GetSecretValue", pending).status, 400);
                let put = json!({
                    "SecretId": id, "ClientRequestToken": token, "VersionStages": ["AWSPENDING"],
                    "SecretString": format!("value of {token}"),
                    "RotationToken": event.rotation_token,
                });
                self.must("PutSecretValue", put);
            }
            Step::SetSecret | Step::TestSecret => {}
            Step::FinishSecret => {
                let described = self.must("DescribeSecret", json!({"SecretId": id}));
                let stages = described["VersionIdsToStages"].as_object().expect("labels");
                let is_current = |stages: &Value| {
                    stages
                        .as_array()
                        .is_some_and(|it| it.contains(&json!("AWSCURRENT")))
                };
                let current = stages.iter().find(|(_, stages)| is_current(stages));
                let moved = json!({
                    "SecretId": id, "VersionStage": "AWSCURRENT", "MoveToVersionId": token,
                    "RemoveFromVersionId": current.map(|(version, _)| version),
                });
                self.must("UpdateSecretVersionStage", moved);
            }
        }
    }
}
