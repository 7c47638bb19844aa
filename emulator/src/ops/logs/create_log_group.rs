//! CreateLogGroup: makes a group before anything is written to it.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::logs::error::LogsError;
use crate::state::logs::group::Group;
use crate::wire::payload::Required;
use crate::wire::validate::{Constrained, Violations, between};

use super::group::{CLASSES, NAME_MAX, check_required_group};

/// CreateLogGroup [MODEL].
pub(super) struct CreateLogGroup;

/// Input: the name, and what the group is to be.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Input {
    log_group_name: Required<String>,
    kms_key_id: Option<String>,
    tags: Option<BTreeMap<String, String>>,
    log_group_class: Option<String>,
    deletion_protection_enabled: Option<bool>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        // A name that is too long is told in other words [R].
        if self.log_group_name.chars().count() <= NAME_MAX {
            check_required_group(violations, &self.log_group_name);
        }
        violations.optional_text("kmsKeyId", self.kms_key_id.as_ref(), between(0, 256));
        violations.one_of("logGroupClass", self.log_group_class.as_ref(), &CLASSES);
    }
}

impl Operation for CreateLogGroup {
    const NAME: &'static str = "CreateLogGroup";
    const KIND: Kind = Kind::Write;
    type Input = Input;
    type Output = ();

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<(), ApiError> {
        if input.log_group_name.chars().count() > NAME_MAX {
            return Err(LogsError::NameTooLong.into());
        }
        let mut group = Group::new(cx.now);
        group.kms_key = input.kms_key_id;
        group.is_protected = input.deletion_protection_enabled == Some(true);
        if let Some(class) = input.log_group_class {
            group.class = class;
        }
        group.tag(input.tags.unwrap_or_default())?;
        let logs = &mut cx.partition(world).logs;
        Ok(logs.create(&input.log_group_name, group)?)
    }
}
