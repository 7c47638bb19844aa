//! Runs an operation against the built-in schema.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::wire::error_code::data_plane::DataPlaneError;

use super::View;
use super::document::{Document, Flag, Operation, RequiredVariable, Selected, Selection};
use super::graphql_error::GraphqlError;
use super::introspection;
use super::question::Question;
use super::validate::validate;

/// How many fields an answer may have. Fragments can ask for exponentially many.
const FIELDS_MAX: usize = 20_000;

/// How deep fragments may spread one another.
const SPREADS_MAX: usize = 200;

/// A GraphQL result.
#[derive(Debug, Serialize)]
pub(super) struct Outcome {
    data: Option<Data>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<GraphqlError>,
}

/// Members in the order of the question.
type Data = IndexMap<String, Tree>;

/// A value that keeps the order of its members.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
enum Tree {
    Leaf(Value),
    List(Vec<Tree>),
    Object(Data),
}

/// Chooses the operation, validates the document, checks the variables, runs it.
pub(super) fn execute(
    document: &Document,
    question: &Question,
    view: View,
) -> Result<Outcome, DataPlaneError> {
    let operation = choose(document, question.operation.as_deref())?;
    let mut errors = validate(document, view);
    if errors.is_empty() {
        let missing = operation.required_variables.iter().filter(|variable| {
            question
                .variables
                .get(&variable.name)
                .is_none_or(Value::is_null)
        });
        errors.extend(missing.map(|variable| missing_variable(document, variable)));
    }
    if !errors.is_empty() {
        return Ok(Outcome { data: None, errors });
    }
    let mut run = Run {
        document,
        variables: &question.variables,
        view,
        errors,
        fields_left: FIELDS_MAX,
        spreads: 0,
    };
    let mut data = Data::new();
    run.query(&operation.selections, &mut BTreeSet::new(), &mut data)?;
    Ok(Outcome {
        data: Some(data),
        errors: run.errors,
    })
}

fn choose<'a>(document: &'a Document, name: Option<&str>) -> Result<&'a Operation, DataPlaneError> {
    let mut operations = document.operations.iter();
    match name {
        Some(name) => operations
            .find(|operation| operation.name.as_deref() == Some(name))
            .ok_or_else(|| DataPlaneError::OperationUnknown(name.to_owned())),
        None => match document.operations.as_slice() {
            [only] => Ok(only),
            _ => Err(DataPlaneError::OperationNameMissing),
        },
    }
}

fn missing_variable(document: &Document, variable: &RequiredVariable) -> GraphqlError {
    let RequiredVariable {
        name,
        type_text,
        at,
    } = variable;
    let message =
        format!("Variable '{name}' has coerced Null value for NonNull type '{type_text}'");
    GraphqlError::invalid(document.location(*at), message)
}

struct Run<'a> {
    document: &'a Document,
    variables: &'a Map<String, Value>,
    view: View,
    errors: Vec<GraphqlError>,
    fields_left: usize,
    spreads: usize,
}

impl<'a> Run<'a> {
    /// Selections on `Query`; each fragment counts once for a selection set.
    fn query(
        &mut self,
        selections: &'a [Selection],
        seen: &mut BTreeSet<&'a str>,
        data: &mut Data,
    ) -> Result<(), DataPlaneError> {
        for selection in selections {
            if !self.counts(selection) {
                continue;
            }
            match &selection.what {
                Selected::Field {
                    key,
                    name,
                    selections,
                } => {
                    let value = self.field(name, selections, selection.at)?;
                    data.insert(key.clone(), value);
                }
                Selected::Inline { selections, .. } => self.query(selections, seen, data)?,
                Selected::Spread { fragment } => {
                    if let Some(selections) = self.enter(fragment, seen)? {
                        self.query(selections, seen, data)?;
                        self.spreads -= 1;
                    }
                }
            }
        }
        Ok(())
    }

    fn field(
        &mut self,
        name: &str,
        selections: &'a [Selection],
        at: usize,
    ) -> Result<Tree, DataPlaneError> {
        self.pay()?;
        match name {
            "__typename" => Ok(Tree::Leaf("Query".into())),
            "__schema" => self.project(introspection::schema(), selections),
            // The argument is not read: the only object type is Query.
            "__type" => self.project(introspection::type_named("Query"), selections),
            _ if self.view.opens_unmarked_fields => Ok(Tree::Leaf(Value::Null)),
            _ => {
                let location = self.document.location(at);
                self.errors.push(GraphqlError::unauthorized(location, name));
                Ok(Tree::Leaf(Value::Null))
            }
        }
    }

    /// The selected members of a value of the introspection.
    fn project(
        &mut self,
        value: &'static Value,
        selections: &'a [Selection],
    ) -> Result<Tree, DataPlaneError> {
        match value {
            Value::Array(items) => {
                let items = items.iter().map(|item| self.project(item, selections));
                Ok(Tree::List(items.collect::<Result<_, _>>()?))
            }
            Value::Object(members) => {
                let mut data = Data::new();
                self.members(members, selections, &mut BTreeSet::new(), &mut data)?;
                Ok(Tree::Object(data))
            }
            leaf => Ok(Tree::Leaf(leaf.clone())),
        }
    }

    fn members(
        &mut self,
        members: &'static Map<String, Value>,
        selections: &'a [Selection],
        seen: &mut BTreeSet<&'a str>,
        data: &mut Data,
    ) -> Result<(), DataPlaneError> {
        for selection in selections {
            match &selection.what {
                Selected::Field {
                    key,
                    name,
                    selections,
                } => {
                    self.pay()?;
                    let value = members.get(name).unwrap_or(&Value::Null);
                    data.insert(key.clone(), self.project(value, selections)?);
                }
                Selected::Inline { selections, .. } => {
                    self.members(members, selections, seen, data)?;
                }
                Selected::Spread { fragment } => {
                    if let Some(selections) = self.enter(fragment, seen)? {
                        self.members(members, selections, seen, data)?;
                        self.spreads -= 1;
                    }
                }
            }
        }
        Ok(())
    }

    /// The selections of a fragment, unless the selection set has them already.
    fn enter(
        &mut self,
        fragment: &'a str,
        seen: &mut BTreeSet<&'a str>,
    ) -> Result<Option<&'a [Selection]>, DataPlaneError> {
        if !seen.insert(fragment) {
            return Ok(None);
        }
        self.pay()?;
        self.spreads += 1;
        if self.spreads > SPREADS_MAX {
            return Err(DataPlaneError::QueryUnparsable);
        }
        let fragment = self.document.fragments.get(fragment);
        Ok(fragment.map(|fragment| fragment.selections.as_slice()))
    }

    fn pay(&mut self) -> Result<(), DataPlaneError> {
        self.fields_left = self
            .fields_left
            .checked_sub(1)
            .ok_or(DataPlaneError::QueryUnparsable)?;
        Ok(())
    }

    fn counts(&self, selection: &Selection) -> bool {
        selection
            .conditions
            .iter()
            .all(|(flag, wanted)| match flag {
                Flag::Literal(value) => value == wanted,
                Flag::Variable(name) => self.variables.get(name) == Some(&Value::Bool(*wanted)),
            })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const OPEN: View = View {
        opens_unmarked_fields: true,
        has_introspection: true,
    };

    fn run(text: &str, variables: Value, view: View) -> Result<String, DataPlaneError> {
        let question = Question {
            variables: variables.as_object().cloned().unwrap_or_default(),
            ..Question::default()
        };
        let outcome = execute(&Document::parse(text).unwrap(), &question, view);
        outcome.map(|outcome| serde_json::to_string(&outcome).unwrap())
    }

    #[test]
    fn data_is_in_the_order_of_the_question() {
        let text = "{b:__typename _ a:__typename ...F} fragment F on Query{c:_}";
        assert_eq!(
            run(text, Value::Null, OPEN).unwrap(),
            r#"{"data":{"b":"Query","_":null,"a":"Query","c":null}}"#
        );
    }

    #[test]
    fn fields_can_be_left_out() {
        let text = "query($y:Boolean){_@skip(if:true) a:_@include(if:$y) __typename@skip(if:$y)}";
        assert_eq!(
            run(text, json!({"y": false}), OPEN).unwrap(),
            r#"{"data":{"__typename":"Query"}}"#
        );
    }

    #[test]
    fn a_missing_variable_is_an_error_with_status_200() {
        let text = "query($a: Int!, $b: Int! = 1, $c: Int){__typename}";
        let answer = run(text, Value::Null, OPEN).unwrap();
        assert!(
            answer.starts_with(r#"{"data":null,"errors":[{"#),
            "{answer}"
        );
        assert!(answer.contains("Variable 'a' has coerced Null value for NonNull type 'Int!'"));
        assert!(!answer.contains("'b'") && !answer.contains("'c'"));
        assert_eq!(
            run(text, json!({"a": 1}), OPEN).unwrap(),
            r#"{"data":{"__typename":"Query"}}"#
        );
    }

    #[test]
    fn a_key_that_is_an_additional_mode_opens_only_the_type_name() {
        let view = View {
            opens_unmarked_fields: false,
            ..OPEN
        };
        let answer: Value =
            serde_json::from_str(&run("{__typename _}", Value::Null, view).unwrap()).unwrap();
        assert_eq!(answer["data"], json!({"__typename": "Query", "_": null}));
        assert_eq!(answer["errors"][0]["errorType"], "Unauthorized");
        assert_eq!(
            answer["errors"][0]["message"],
            "Not Authorized to access _ on type Query"
        );
    }

    #[test]
    fn the_schema_can_be_asked_for() {
        let text = "{__schema{queryType{...T} types{name fields{name type{kind}}}}} \
                    fragment T on __Type{name}";
        assert_eq!(
            run(text, Value::Null, OPEN).unwrap(),
            r#"{"data":{"__schema":{"queryType":{"name":"Query"},"types":[{"name":"Query","fields":[{"name":"_","type":{"kind":"SCALAR"}}]},{"name":"String","fields":null}]}}}"#
        );
    }

    #[test]
    fn one_of_several_operations_is_chosen_by_name() {
        let document = Document::parse("query A{a:_} query B{b:_}").unwrap();
        let ask = |name: Option<&str>| {
            let operation = name.map(str::to_owned);
            execute(
                &document,
                &Question {
                    operation,
                    ..Question::default()
                },
                OPEN,
            )
        };
        assert_eq!(ask(None).err(), Some(DataPlaneError::OperationNameMissing));
        assert_eq!(
            ask(Some("C")).err(),
            Some(DataPlaneError::OperationUnknown("C".to_owned()))
        );
        let answer = serde_json::to_string(&ask(Some("B")).unwrap()).unwrap();
        assert_eq!(answer, r#"{"data":{"b":null}}"#);
    }

    #[test]
    fn neither_a_bomb_nor_a_chain_of_fragments_overflows() {
        let mut chain = "{...F0}".to_owned();
        for n in 0..900 {
            chain.push_str(&format!("fragment F{n} on Query{{...F{}}}", n + 1));
        }
        chain.push_str("fragment F900 on Query{_}");
        assert_eq!(
            run(&chain, Value::Null, OPEN),
            Err(DataPlaneError::QueryUnparsable)
        );
        let wide = (0..500)
            .map(|n| format!("a{n}:types{{...T}}"))
            .collect::<String>();
        let names = (0..500).map(|n| format!("b{n}:name ")).collect::<String>();
        let bomb = format!("{{__schema{{{wide}}}}} fragment T on __Type{{{names}}}");
        assert_eq!(
            run(&bomb, Value::Null, OPEN),
            Err(DataPlaneError::QueryUnparsable)
        );
    }
}
