//! Whose an operation is.

use keywheel_emulator::ops;
use keywheel_emulator::realtime::address;
use keywheel_emulator::wire::service::Service;

/// The service of an operation, as fault addresses name it.
pub(crate) fn service_of(operation: &str) -> &'static str {
    service(operation).as_str()
}

/// Is it the control plane of AppSync?
pub(crate) fn is_of_appsync(operation: &str) -> bool {
    service(operation) == Service::AppSync
}

/// Is it asked of an API itself, with a key?
pub(crate) fn is_of_data_plane(operation: &str) -> bool {
    matches!(service(operation), Service::Events | Service::GraphQl)
}

fn service(operation: &str) -> Service {
    let row = ops::rows().find(|row| row.name == operation);
    match row {
        Some(row) => row.service,
        None if address::OPERATIONS.contains(&operation) => Service::Events,
        None => Service::GraphQl,
    }
}
