//! `RotationRules`, in requests and in answers.

use serde::{Deserialize, Serialize};

use crate::state::secrets::error::SecretsError;
use crate::state::secrets::rotation::Rotation;
use crate::state::secrets::schedule::{Frequency, RotationRules};
use crate::wire::validate::{Violations, between};

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
    /// 1 to 1000 days, a duration of 2 to 3 characters, an expression of 1 to 256 [M].
    pub(super) fn check(&self, violations: &mut Violations) {
        let days = "rotationRules.automaticallyAfterDays";
        violations.number(days, self.automatically_after_days, between(1, 1000));
        let duration = self.duration.as_ref();
        violations.optional_text("rotationRules.duration", duration, between(2, 3));
        if let Some(text) = duration {
            let hours = text.strip_suffix('h').unwrap_or_default();
            let is_met = !hours.is_empty() && hours.bytes().all(|byte| byte.is_ascii_digit());
            violations.pattern("rotationRules.duration", text, "[0-9]+h", is_met);
        }
        let expression = self.schedule_expression.as_ref();
        violations.optional_text(
            "rotationRules.scheduleExpression",
            expression,
            between(1, 256),
        );
    }

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
