//! What fields hold where no resolver is: values of their types, the same each time, so that the
//! queries of an app work offline.
//!
//! An object takes what its question told of it: `getTodo(id: 7)` answers the Todo 7, and
//! `createTodo(input: {name: "a"})` one of that name. Everything else is made up. Lists have some
//! items, interfaces and unions show their types in turn, and what would make a client go on to a
//! next page for ever is null or false.

use apollo_compiler::ast::Type;
use apollo_compiler::resolvers::{FieldError, ObjectValue, ResolveInfo, ResolvedValue};
use apollo_compiler::response::{JsonMap, JsonValue};
use apollo_compiler::schema::{ExtendedType, FieldDefinition};

use crate::state::appsync::settings::FieldValues;

use super::execute::Run;
use super::graphql_error::FieldFault;
use super::scalar;

/// An object of the answer.
pub(super) struct Object<'a> {
    run: &'a Run<'a>,
    type_name: &'a str,
    /// How many fields lead to it.
    depth: usize,
    /// Its number among all objects that its lists make, from 0 on.
    number: usize,
    /// The field that it answers, with its arguments.
    asked: Option<Asked<'a>>,
}

#[derive(Clone, Copy)]
struct Asked<'a> {
    field: &'a FieldDefinition,
    arguments: &'a JsonMap,
    /// Is it one of several, which share what was asked but are not the same?
    is_item: bool,
}

impl<'a> Object<'a> {
    /// The object that an operation begins with.
    pub(super) fn root(run: &'a Run<'a>, type_name: &'a str) -> Self {
        Self {
            run,
            type_name,
            depth: 0,
            number: 0,
            asked: None,
        }
    }

    /// Why a field has no value, if it has none.
    fn fault(&self, field: &FieldDefinition) -> Option<FieldFault> {
        let conditions = self.run.conditions;
        let schema = conditions.schema.schema();
        if !conditions
            .entrance
            .opens(schema, self.type_name, &field.name)
        {
            return Some(FieldFault::Unauthorized);
        }
        if self.depth >= conditions.depth_max {
            return Some(FieldFault::TooDeep);
        }
        // Which fields have a resolver is not known here: those that an operation begins with do,
        // and those that take arguments.
        let has_resolver = self.depth == 0 || !field.arguments.is_empty();
        (has_resolver && !self.run.resolve()).then_some(FieldFault::TooManyResolvers)
    }

    fn value<'b>(&'b self, ty: &'b Type, asked: Asked<'b>, number: usize) -> ResolvedValue<'b> {
        if ty.is_list() {
            let items = self.run.conditions.list_items;
            let asked = Asked {
                is_item: true,
                ..asked
            };
            let item = move |at| {
                let number = number.saturating_mul(items).saturating_add(at);
                self.run
                    .pay()
                    .then(|| Ok(self.value(ty.item_type(), asked, number)))
            };
            return ResolvedValue::List(Box::new((0..items).map_while(item)));
        }
        self.named_value(ty, asked, number)
    }

    fn named_value<'b>(
        &'b self,
        ty: &'b Type,
        asked: Asked<'b>,
        number: usize,
    ) -> ResolvedValue<'b> {
        let conditions = self.run.conditions;
        let name = ty.inner_named_type();
        // Each of several in its turn.
        let turn = |all: usize| number.checked_rem(all).unwrap_or_default();
        let type_name = match conditions.schema.schema().types.get(name) {
            Some(ExtendedType::Scalar(_)) => {
                return ResolvedValue::Leaf(self.scalar(ty, asked.field, number));
            }
            Some(ExtendedType::Enum(words)) => {
                let word = words.values.get_index(turn(words.values.len()));
                return word.map_or_else(ResolvedValue::null, |(word, _)| {
                    ResolvedValue::leaf(word.as_str())
                });
            }
            Some(ExtendedType::Interface(_)) => {
                let objects = conditions.schema.objects_of(name);
                objects.get(turn(objects.len()))
            }
            Some(ExtendedType::Union(union)) => {
                let member = union.members.get_index(turn(union.members.len()));
                member.map(|member| &member.name)
            }
            _ => Some(name),
        };
        let Some(type_name) = type_name else {
            return ResolvedValue::null();
        };
        ResolvedValue::object(Object {
            run: self.run,
            type_name: type_name.as_str(),
            depth: self.depth + 1,
            number,
            asked: Some(asked),
        })
    }

    fn scalar(&self, ty: &Type, field: &FieldDefinition, number: usize) -> JsonValue {
        let now = self.run.conditions.now;
        scalar::placeholder(
            ty.inner_named_type(),
            &field.name,
            self.type_name,
            number,
            now,
        )
    }

    /// What the question told of a member of this object.
    fn told(&self, member: &FieldDefinition) -> Option<JsonValue> {
        let asked = self.asked?;
        let name = member.name.as_str();
        if asked.is_item && member.ty.inner_named_type() == "ID" {
            return None;
        }
        let direct = asked.field.argument_by_name(name);
        if direct.is_some_and(|argument| is_alike(&argument.ty, &member.ty)) {
            return scalar::as_answer(&member.ty, asked.arguments.get(name)?);
        }
        let schema = self.run.conditions.schema.schema();
        asked.field.arguments.iter().find_map(|argument| {
            let input = schema.get_input_object(argument.ty.inner_named_type())?;
            let known = input.fields.get(name)?;
            let given = asked.arguments.get(argument.name.as_str())?.get(name)?;
            is_alike(&known.ty, &member.ty).then(|| scalar::as_answer(&member.ty, given))?
        })
    }
}

/// Are both the same leaf type, whether null is allowed or not?
fn is_alike(asked: &Type, member: &Type) -> bool {
    !asked.is_list() && !member.is_list() && asked.inner_named_type() == member.inner_named_type()
}

/// A page has no next one: a client that reads all pages would never end.
fn ends_a_listing(field: &FieldDefinition) -> bool {
    field.name == "nextToken" && !field.ty.is_non_null()
}

impl ObjectValue for Object<'_> {
    fn type_name(&self) -> &str {
        self.type_name
    }

    fn resolve_field<'a>(
        &'a self,
        info: &'a ResolveInfo<'a>,
    ) -> Result<ResolvedValue<'a>, FieldError> {
        if !self.run.pay() {
            return Ok(ResolvedValue::SkipForPartialExecution);
        }
        // The field of this type, which the selection may know by an interface only.
        let field = info.schema().type_field(self.type_name, info.field_name());
        let field = field.map_or(info.field_definition(), |field| field);
        if let Some(fault) = self.fault(field) {
            let message = self.run.fault(fault, self.type_name, &field.name);
            return Err(FieldError { message });
        }
        let is_null = self.run.conditions.values == FieldValues::Null
            || ends_a_listing(field)
            || (self.run.is_subscription && self.depth == 0);
        if is_null {
            return Ok(ResolvedValue::null());
        }
        if let Some(told) = self.told(field) {
            return Ok(ResolvedValue::Leaf(told));
        }
        let asked = Asked {
            field,
            arguments: info.arguments(),
            is_item: false,
        };
        Ok(self.value(&field.ty, asked, self.number))
    }
}
