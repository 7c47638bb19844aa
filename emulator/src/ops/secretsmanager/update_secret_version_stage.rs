//! UpdateSecretVersionStage: moves, adds or removes one label.

use serde::Deserialize;

use crate::ids::{StagingLabel, VersionId};
use crate::ops::{Context, Kind, Operation};
use crate::state::error::ApiError;
use crate::state::{Rotating, World};
use crate::wire::payload::Required;
use crate::wire::validate::{Constrained, Violations, between};

use super::input;
use super::shape::Identity;

/// UpdateSecretVersionStage [M].
pub(super) struct UpdateSecretVersionStage;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    secret_id: Required<String>,
    version_stage: Required<String>,
    remove_from_version_id: Option<String>,
    move_to_version_id: Option<String>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        input::check_secret_id(violations, &self.secret_id);
        violations.required_text("versionStage", &self.version_stage, between(1, 256));
        let (from, to) = (&self.remove_from_version_id, &self.move_to_version_id);
        input::check_token(violations, "removeFromVersionId", from.as_ref());
        input::check_token(violations, "moveToVersionId", to.as_ref());
    }
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

        let Rotating {
            secrets,
            rotations,
            settings,
            ..
        } = world.rotating(cx.scope);
        let secret = secrets.live_mut(&input.secret_id, cx.scope)?;
        secret.update_stage(&label, from.as_ref(), to.as_ref(), cx.now)?;
        if let Some(to) = to.filter(|_| label == StagingLabel::current()) {
            rotations.current_was_moved(secret, &to, &settings.rotation);
        }
        Ok(Identity::from(&*secret))
    }
}
