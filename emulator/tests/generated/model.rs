//! The models, as the tables of constraints have them.

use keywheel_emulator::ops::Row;
use keywheel_emulator::wire::service::Service;
use serde_json::Value;

/// The input of an operation.
pub(crate) struct Model {
    pub(crate) service: Service,
    pub(crate) members: Vec<Value>,
}

impl Model {
    pub(crate) fn of(row: &Row) -> Option<Self> {
        let text = match row.service {
            Service::SecretsManager => include_str!("../../constraints/secretsmanager.json"),
            Service::AppSync => include_str!("../../constraints/appsync.json"),
            Service::Lambda => include_str!("../../constraints/lambda.json"),
            Service::Logs => include_str!("../../constraints/logs.json"),
            Service::Iam => include_str!("../../constraints/iam.json"),
            Service::Sts => include_str!("../../constraints/sts.json"),
            _ => return None,
        };
        let table: Value = serde_json::from_str(text).unwrap();
        let members = table["operations"].get(row.name)?.as_array()?.clone();
        Some(Self {
            service: row.service,
            members,
        })
    }
}

/// The name of a member.
pub(crate) fn name(member: &Value) -> &str {
    member["name"].as_str().unwrap()
}

pub(crate) fn is_required(member: &Value) -> bool {
    member["required"] == true
}

/// The members of a structure.
pub(crate) fn members(shape: &Value) -> &[Value] {
    shape["members"].as_array().map_or(&[], Vec::as_slice)
}
