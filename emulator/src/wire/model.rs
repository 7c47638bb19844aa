//! What the models of the emulated services have: every operation, emulated or not, with its place
//! and the members of its input. A table, derived by `constraints/operations.py`.
//!
//! It is what lets a request for anything that is not emulated be told by its name: an operation on
//! a path that is known by another method, and a member that no input here reads.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use http::Uri;
use serde::Deserialize;

use super::service::Service;

/// The models of all services.
pub static MODELS: LazyLock<Models> = LazyLock::new(|| {
    let text = include_str!("../../constraints/operations.json");
    serde_json::from_str(text).expect("the table is derived from the models and tested")
});

/// All models, by the names of the services.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Models {
    /// What they were derived from.
    pub source: String,
    services: BTreeMap<String, Model>,
}

/// The model of one service.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Its operations by name.
    pub operations: BTreeMap<String, Modelled>,
    /// Its errors by name, with the name of the member that has the text.
    errors: BTreeMap<String, String>,
}

/// An operation of a model.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Modelled {
    /// The HTTP method, in a REST protocol.
    pub method: Option<String>,
    /// The path, in a REST protocol, with its members in braces.
    pub path: Option<String>,
    /// Does an answer in XML have a result, be it empty?
    #[serde(default)]
    pub result: bool,
    /// The members of the input, but for those in the path.
    pub members: Vec<Member>,
}

/// A member of an input, by where it travels.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(from = "String")]
pub enum Member {
    /// In the body, by its path: `Tags[].Key`.
    Body(String),
    /// In the query of the URL.
    Query(String),
    /// In a header.
    Header(String),
}

impl From<String> for Member {
    fn from(text: String) -> Self {
        match text.split_at_checked(1) {
            Some(("?", name)) => Self::Query(name.to_owned()),
            Some(("^", name)) => Self::Header(name.to_owned()),
            _ => Self::Body(text),
        }
    }
}

impl Models {
    /// The model of a service; none for the data plane, which has none.
    pub fn of(&'static self, service: Service) -> Option<&'static Model> {
        self.services.get(service.as_str())
    }
}

impl Model {
    /// The name of the operation with this method at this path, of which the query may decide.
    pub fn operation_at(&'static self, method: &str, uri: &Uri) -> Option<&'static str> {
        let is_there = |modelled: &Modelled| {
            modelled.method.as_deref() == Some(method)
                && modelled.path.as_deref().is_some_and(|p| fits(p, uri))
        };
        let found = self.operations.iter().filter(|(_, it)| is_there(it));
        // A path that says more is meant before one that takes anything.
        let openness = |modelled: &Modelled| {
            let path = modelled.path.as_deref().unwrap_or_default();
            (!path.contains('?'), path.matches('{').count())
        };
        let found = found.min_by_key(|(_, it)| openness(it));
        found.map(|(name, _)| name.as_str())
    }

    /// The member that has the text of an error; none if the error is not the model's.
    pub fn text_member(&self, error: &str) -> Option<&str> {
        self.errors.get(error).map(String::as_str)
    }
}

/// Does a path have the form of a template? A slash at the end counts for nothing; a query in the
/// template must be there.
fn fits(template: &str, uri: &Uri) -> bool {
    let (template, query) = template.split_once('?').unwrap_or((template, ""));
    let pairs = uri.query().unwrap_or_default();
    let has_query = query.is_empty() || pairs.split('&').any(|pair| pair == query);
    let parts = |text: &str| text.trim_end_matches('/').split('/').count();
    let path = uri.path();
    let segments = path.trim_end_matches('/').split('/');
    let templates = template.trim_end_matches('/').split('/');
    has_query
        && parts(template) == parts(path)
        && templates.zip(segments).all(|(part, segment)| {
            if part.starts_with('{') {
                !segment.is_empty()
            } else {
                part == segment
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops;

    fn lambda() -> &'static Model {
        MODELS.of(Service::Lambda).unwrap()
    }

    #[test]
    fn every_emulated_operation_is_one_of_the_models() {
        assert!(MODELS.source.starts_with("botocore "));
        for row in ops::rows() {
            let model = MODELS.of(row.service).unwrap();
            assert!(model.operations.contains_key(row.name), "{}", row.name);
        }
    }

    #[test]
    fn an_operation_is_found_by_its_place() {
        for (method, path, expected) in [
            ("GET", "/2015-03-31/functions/", Some("ListFunctions")),
            ("GET", "/2015-03-31/functions/f", Some("GetFunction")),
            (
                "PUT",
                "/2015-03-31/functions/f/aliases/a",
                Some("UpdateAlias"),
            ),
            ("PATCH", "/2015-03-31/functions/f", None),
            ("GET", "/2015-03-31/functions/f/x/y/z", None),
            ("GET", "/2018-10-31/layers", Some("ListLayers")),
            (
                "GET",
                "/2018-10-31/layers?find=LayerVersion",
                Some("GetLayerVersionByArn"),
            ),
        ] {
            let uri: Uri = path.parse().unwrap();
            assert_eq!(lambda().operation_at(method, &uri), expected, "{path}");
        }
    }

    #[test]
    fn members_are_told_by_where_they_travel() {
        let members = &lambda().operations["Invoke"].members;
        assert!(members.contains(&Member::Query("Qualifier".to_owned())));
        assert!(members.contains(&Member::Header("X-Amz-Log-Type".to_owned())));
        let members = &lambda().operations["CreateFunction"].members;
        assert!(members.contains(&Member::Body("Code.ZipFile".to_owned())));
    }
}
