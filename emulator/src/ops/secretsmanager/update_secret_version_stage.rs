//! UpdateSecretVersionStage: moves, adds or removes one label.

use serde::Deserialize;

use crate::ids::{StagingLabel, VersionId};
use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;

use super::shape::Identity;
use super::target::{Call, Target};

const CALL: Call = Call::on_metadata(UpdateSecretVersionStage::NAME);

/// UpdateSecretVersionStage [M].
pub(super) struct UpdateSecretVersionStage;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    secret_id: String,
    version_stage: String,
    remove_from_version_id: Option<String>,
    move_to_version_id: Option<String>,
}

impl Operation for UpdateSecretVersionStage {
    const NAME: &'static str = "UpdateSecretVersionStage";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = Identity;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Identity, ApiError> {
        let label = StagingLabel::new(input.version_stage.as_str());
        let from = input.remove_from_version_id.map(VersionId::new);
        let to = input.move_to_version_id.map(VersionId::new);

        let Target {
            mut secret,
            rotations,
            settings,
            ..
        } = CALL.write(world, cx, &input.secret_id)?;
        secret.update_stage(&label, from.as_ref(), to.as_ref(), cx.now)?;
        if let Some(to) = to.filter(|_| label == StagingLabel::current()) {
            rotations.current_was_moved(&mut secret, &to, &settings.rotation);
        }
        Ok(Identity::from(&*secret))
    }
}
