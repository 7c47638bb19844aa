//! What is asked: the GraphQL text, the name of the operation and the variables.

use apollo_compiler::response::JsonMap;
use http::Method;
use percent_encoding::percent_decode_str;
use serde::Deserialize;

use crate::wire::error_code::data_plane::DataPlaneError;
use crate::wire::request::Request;

/// The question of a request.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Question {
    /// The GraphQL text.
    pub(super) text: String,
    /// Which of its operations to run.
    pub(super) operation: Option<String>,
    /// The variables.
    pub(super) variables: JsonMap,
}

/// The members of a body; others are ignored, and null is as absent.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Members {
    query: Option<String>,
    operation_name: Option<String>,
    variables: Option<JsonMap>,
}

impl Question {
    /// Reads the question from the body, or from the query string of a GET [REC]. The content type
    /// is not looked at: AWS's own samples send JSON as `application/graphql` [DOCS-mem].
    pub(super) fn read(request: &Request<'_>) -> Result<Self, DataPlaneError> {
        match *request.method {
            Method::GET => Self::from_query_string(request.uri.query().unwrap_or_default()),
            Method::POST => Self::from_body(request.body),
            _ => Err(DataPlaneError::MethodUnknown),
        }
    }

    /// `meow`, `{}`, `{}}` and `[]` are all told the same [REC].
    fn from_body(body: &[u8]) -> Result<Self, DataPlaneError> {
        if body.is_empty() {
            return Err(DataPlaneError::BodyEmpty);
        }
        // Derived decoders would take an array for a struct.
        let is_object = body.trim_ascii_start().first() == Some(&b'{');
        let members: Option<Members> = is_object
            .then(|| serde_json::from_slice(body).ok())
            .flatten();
        let members = members.ok_or(DataPlaneError::QueryUnparsable)?;
        Ok(Self {
            text: members.query.ok_or(DataPlaneError::QueryUnparsable)?,
            operation: members.operation_name.filter(|name| !name.is_empty()),
            variables: members.variables.unwrap_or_default(),
        })
    }

    fn from_query_string(query: &str) -> Result<Self, DataPlaneError> {
        let member = |name: &str| {
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            let found = pairs.into_iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| decoded(value))
        };
        let variables: Option<Option<JsonMap>> = member("variables")
            .map(|text| serde_json::from_str(&text))
            .transpose()
            .map_err(|_| DataPlaneError::QueryUnparsable)?;
        Ok(Self {
            text: member("query").ok_or(DataPlaneError::UriInvalid)?,
            operation: member("operationName").filter(|name| !name.is_empty()),
            variables: variables.flatten().unwrap_or_default(),
        })
    }
}

fn decoded(value: &str) -> String {
    percent_decode_str(&value.replace('+', " "))
        .decode_utf8_lossy()
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> Result<Question, DataPlaneError> {
        Question::from_body(text.as_bytes())
    }

    #[test]
    fn bodies_that_cannot_be_read_are_told_as_recorded() {
        assert_eq!(body(""), Err(DataPlaneError::BodyEmpty));
        for text in [
            "meow",
            "{}",
            "{}}",
            "[]",
            r#"{"query":1}"#,
            r#"{"query":null}"#,
            "\u{0}",
        ] {
            assert_eq!(body(text), Err(DataPlaneError::QueryUnparsable), "{text}");
        }
    }

    #[test]
    fn deep_variables_do_not_overflow_the_stack() {
        let deep = format!(r#"{{"query":"{{a}}","variables":{}"#, "[".repeat(200_000));
        assert_eq!(body(&deep), Err(DataPlaneError::QueryUnparsable));
    }

    #[test]
    fn nulls_are_absent() {
        let question =
            body(r#"{"query":"{a}","variables":null,"operationName":null,"x":1}"#).unwrap();
        assert_eq!(
            question,
            Question {
                text: "{a}".to_owned(),
                ..Question::default()
            }
        );
    }

    #[test]
    fn a_query_string_is_decoded() {
        let question = Question::from_query_string(
            "query=query+Q%28%24a%3AInt%29%7B__typename%7D&operationName=Q&variables=%7B%22a%22%3A1%7D",
        )
        .unwrap();
        assert_eq!(question.text, "query Q($a:Int){__typename}");
        assert_eq!(question.operation.as_deref(), Some("Q"));
        assert_eq!(question.variables.get("a"), Some(&1.into()));
        assert_eq!(
            Question::from_query_string("a=b"),
            Err(DataPlaneError::UriInvalid)
        );
    }
}
