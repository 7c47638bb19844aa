//! `RotationRules`, in requests and in answers.

use serde::{Deserialize, Serialize};

use crate::state::secrets::error::SecretsError;
use crate::state::secrets::rotation::Rotation;
use crate::state::secrets::schedule::{Frequency, RotationRules};

/// `RotationRulesType` [M].
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct RulesShape {
    #[serde(skip_serializing_if = "Option::is_none")]
    automatically_after_days: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    schedule_expression: Option<String>,
}

impl RulesShape {
    /// The rules; both kinds of frequency at once are refused [U].
    pub(super) fn rules(&self) -> Result<RotationRules, SecretsError> {
        let frequency = match (self.automatically_after_days, &self.schedule_expression) {
            (Some(_), Some(_)) => return Err(SecretsError::TwoFrequencies),
            (Some(days), None) => Some(Frequency::Days(days)),
            (None, Some(text)) => Some(Frequency::expression(text)?),
            (None, None) => None,
        };
        Ok(RotationRules::new(frequency, self.duration.as_deref())?)
    }

    /// The rules as they were set; beside an expression stands a computed number of days after a
    /// successful rotation [D].
    pub(super) fn of(rotation: &Rotation) -> Option<Self> {
        let rules = rotation.rules()?;
        let (days, expression) = match rules.frequency() {
            Some(Frequency::Days(days)) => (Some(*days), None),
            Some(Frequency::Expression { text, .. }) => {
                (rotation.computed_days(), Some(text.clone()))
            }
            None => (None, None),
        };
        Some(Self {
            automatically_after_days: days,
            duration: rules.duration_hours().map(|hours| format!("{hours}h")),
            schedule_expression: expression,
        })
    }
}
