//! The errors inside a GraphQL result, with the members and their order as seen on AWS [REC].

use serde::Serialize;

use super::document::Location;

/// An entry of the list `errors`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(super) enum GraphqlError {
    /// The document or its variables are not valid.
    Invalid {
        path: (),
        locations: [Place; 1],
        message: String,
    },
    /// A field that the key does not open. The status stays 200.
    #[serde(rename_all = "camelCase")]
    Unauthorized {
        path: [String; 1],
        data: (),
        error_type: &'static str,
        error_info: (),
        locations: [Place; 1],
        message: String,
    },
}

/// A place in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Place {
    line: usize,
    column: usize,
    source_name: (),
}

impl From<Location> for Place {
    fn from(location: Location) -> Self {
        let Location { line, column } = location;
        Self {
            line,
            column,
            source_name: (),
        }
    }
}

impl GraphqlError {
    /// An error that leaves the whole question unanswered.
    pub(super) fn invalid(location: Location, message: String) -> Self {
        Self::Invalid {
            path: (),
            locations: [location.into()],
            message,
        }
    }

    /// An error that leaves a field of `Query` null.
    pub(super) fn unauthorized(location: Location, field: &str) -> Self {
        Self::Unauthorized {
            path: [field.to_owned()],
            data: (),
            error_type: "Unauthorized",
            error_info: (),
            locations: [location.into()],
            message: format!("Not Authorized to access {field} on type Query"),
        }
    }

    /// The text.
    #[cfg(test)]
    pub(super) fn message(&self) -> &str {
        match self {
            Self::Invalid { message, .. } | Self::Unauthorized { message, .. } => message,
        }
    }
}
