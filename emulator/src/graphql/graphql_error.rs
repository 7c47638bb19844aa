//! The errors inside a GraphQL result, with the members and their order as seen on AWS [REC].

use apollo_compiler::parser::LineColumn;
use apollo_compiler::response::ResponseDataPathSegment;
use serde::Serialize;

/// An entry of the list `errors`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(super) enum GraphqlError {
    /// The document or its variables are not valid.
    Invalid {
        path: (),
        locations: Option<Vec<Location>>,
        message: String,
    },
    /// A field has no value. The status stays 200.
    #[serde(rename_all = "camelCase")]
    Field {
        path: Vec<ResponseDataPathSegment>,
        data: (),
        error_type: &'static str,
        error_info: (),
        locations: Vec<Location>,
        message: String,
    },
}

/// A place in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Location {
    line: usize,
    column: usize,
    source_name: (),
}

impl From<LineColumn> for Location {
    fn from(place: LineColumn) -> Self {
        let LineColumn { line, column } = place;
        Self {
            line,
            column,
            source_name: (),
        }
    }
}

/// Why a field has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FieldFault {
    /// The way in does not open it [REC].
    Unauthorized,
    /// It lies deeper than `queryDepthLimit` [DOCS].
    TooDeep,
    /// `resolverCountLimit` resolvers have run [DOCS].
    TooManyResolvers,
}

impl FieldFault {
    /// The type of the error on the wire.
    const fn error_type(self) -> &'static str {
        match self {
            Self::Unauthorized => "Unauthorized",
            Self::TooDeep => "QueryDepthLimitReached",
            Self::TooManyResolvers => "ResolverExecutionLimitReached",
        }
    }

    /// The text: recorded for `Unauthorized`, unknown for the limits.
    fn message(self, object: &str, field: &str) -> String {
        match self {
            Self::Unauthorized => format!("Not Authorized to access {field} on type {object}"),
            Self::TooDeep => "Query depth limit reached.".to_owned(),
            Self::TooManyResolvers => "Resolver execution limit reached.".to_owned(),
        }
    }
}

impl GraphqlError {
    /// An error that leaves the whole question unanswered. Errors in variables have no place [REC].
    pub(super) fn invalid(location: Option<Location>, message: String) -> Self {
        Self::Invalid {
            path: (),
            locations: location.map(|location| vec![location]),
            message,
        }
    }

    /// An error that leaves a field null.
    pub(super) fn field(
        fault: FieldFault,
        object: &str,
        field: &str,
        path: Vec<ResponseDataPathSegment>,
        locations: Vec<LineColumn>,
    ) -> Self {
        Self::Field {
            path,
            data: (),
            error_type: fault.error_type(),
            error_info: (),
            locations: locations.into_iter().map(Location::from).collect(),
            message: fault.message(object, field),
        }
    }

    /// The text.
    #[cfg(test)]
    pub(super) fn message(&self) -> &str {
        match self {
            Self::Invalid { message, .. } | Self::Field { message, .. } => message,
        }
    }
}
