//! GetIntrospectionSchema: the schema of an API, as SDL or as the answer to the standard question.

use apollo_compiler::introspection::partial_execute;
use apollo_compiler::request::coerce_variable_values;
use apollo_compiler::response::{ExecutionResponse, JsonMap};
use apollo_compiler::schema::{DirectiveList, ExtendedType};
use apollo_compiler::{ExecutableDocument, Schema};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::ids::ApiId;
use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::appsync::error::AppSyncError;
use crate::state::appsync::schema::reading::{ReadSchema, is_own_directive, is_own_scalar};
use crate::state::error::ApiError;
use crate::wire::payload::Required;
use crate::wire::validate::{Constrained, Violations};

/// The question that tools ask.
const QUESTION: &str = include_str!("introspection.graphql");

/// GetIntrospectionSchema [MODEL].
pub(super) struct GetIntrospectionSchema;

/// Input: the API, and the form of the answer.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Input {
    api_id: ApiId,
    #[serde(default)]
    format: Required<String>,
    include_directives: Option<bool>,
}

/// Output: the schema, which is the whole body [MODEL].
#[derive(Debug, Serialize)]
pub(super) struct Output {
    schema: Vec<u8>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        violations.present("format", &self.format);
        let format = self.format.is_present().then_some(&*self.format);
        violations.one_of("format", format, &["SDL", "JSON"]);
    }
}

impl Operation for GetIntrospectionSchema {
    const NAME: &'static str = "GetIntrospectionSchema";
    const KIND: Kind = Kind::Read;
    type Input = Input;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        let api = cx.partition(world).appsync.api(&input.api_id)?;
        let schema = api.schema.in_force(cx.now);
        let schema = schema.ok_or_else(|| AppSyncError::SchemaMissing(api.id.clone()))?;
        // Left out it is true [INF]: the console shows directives.
        let has_directives = input.include_directives.unwrap_or(true);
        let schema = match input.format.as_str() {
            "JSON" => as_json(schema),
            _ => as_sdl(schema, has_directives).into_bytes(),
        };
        Ok(Output { schema })
    }

    fn encode(output: &Output) -> Vec<u8> {
        output.schema.clone()
    }
}

/// The schema without what AppSync adds by itself, and without its directives if they are not
/// asked for.
fn as_sdl(read: &ReadSchema, has_directives: bool) -> String {
    let mut schema: Schema = (**read.schema()).clone();
    schema
        .directive_definitions
        .retain(|name, _| !is_own_directive(name));
    schema.types.retain(|name, _| !is_own_scalar(name));
    if !has_directives {
        let types = schema.types.values_mut();
        types.for_each(strip);
    }
    schema.to_string()
}

fn strip(of: &mut ExtendedType) {
    let strip_own = |directives: &mut DirectiveList| {
        directives.retain(|mark| !is_own_directive(&mark.name));
    };
    match of {
        ExtendedType::Object(object) => {
            let object = object.make_mut();
            strip_own(&mut object.directives);
            for field in object.fields.values_mut() {
                let directives = &mut field.make_mut().directives;
                directives.retain(|mark| !is_own_directive(&mark.name));
            }
        }
        ExtendedType::Interface(interface) => {
            let interface = interface.make_mut();
            strip_own(&mut interface.directives);
            for field in interface.fields.values_mut() {
                let directives = &mut field.make_mut().directives;
                directives.retain(|mark| !is_own_directive(&mark.name));
            }
        }
        ExtendedType::Scalar(_)
        | ExtendedType::Union(_)
        | ExtendedType::Enum(_)
        | ExtendedType::InputObject(_) => {}
    }
}

/// `{"data": {"__schema": …}}` [DOCS-mem].
fn as_json(read: &ReadSchema) -> Vec<u8> {
    let answer = answer(read);
    let body = json!({ "data": answer.data });
    serde_json::to_vec(&body).expect("an answer has text keys and plain members")
}

fn answer(read: &ReadSchema) -> ExecutionResponse {
    let question = ExecutableDocument::parse_and_validate(read.schema(), QUESTION, "question");
    let question = question.expect("the standard question is valid for every schema");
    let operation = question.operations.get(None);
    let operation = operation.expect("the standard question is one operation");
    let variables = coerce_variable_values(read.schema(), operation, &JsonMap::new());
    let variables = variables.expect("the standard question has no variables");
    let (schema, implementers) = (read.schema(), read.schema().implementers_map());
    partial_execute(schema, &implementers, &question, operation, &variables)
        .expect("the standard question is a query")
}
