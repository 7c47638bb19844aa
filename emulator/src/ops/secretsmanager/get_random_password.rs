//! GetRandomPassword.

use serde::{Deserialize, Serialize};

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::secrets::password::{DEFAULT_LENGTH, PasswordRules};

/// GetRandomPassword [M].
pub(super) struct GetRandomPassword;

/// Input.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    password_length: Option<i64>,
    exclude_characters: Option<String>,
    exclude_numbers: Option<bool>,
    exclude_punctuation: Option<bool>,
    exclude_uppercase: Option<bool>,
    exclude_lowercase: Option<bool>,
    include_space: Option<bool>,
    require_each_included_type: Option<bool>,
}

/// Output. It has no `Debug`, since it is all secret.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    random_password: String,
}

impl Operation for GetRandomPassword {
    const NAME: &'static str = "GetRandomPassword";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = Output;

    fn apply(_: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        let length = input
            .password_length
            .and_then(|length| usize::try_from(length).ok());
        let rules = PasswordRules {
            length: length.unwrap_or(DEFAULT_LENGTH),
            excluded: input.exclude_characters.unwrap_or_default(),
            is_without_lowercase: input.exclude_lowercase.unwrap_or(false),
            is_without_uppercase: input.exclude_uppercase.unwrap_or(false),
            is_without_numbers: input.exclude_numbers.unwrap_or(false),
            is_without_punctuation: input.exclude_punctuation.unwrap_or(false),
            is_with_space: input.include_space.unwrap_or(false),
            is_with_each_type: input.require_each_included_type.unwrap_or(true),
        };
        Ok(Output {
            random_password: rules.generate(cx.entropy)?,
        })
    }
}
