//! What CreateApi and UpdateApi share: the attributes of an Event API.
//!
//! Each has the members in its own input, since a flattened one would hide from errors which member
//! is wrong.

use crate::state::appsync::error::AppSyncError;
use crate::state::appsync::event_api::EventApiDefinition;
use crate::wire::payload::Required;
use crate::wire::validate::{Violations, between};

use super::event_config::EventConfigShape;

/// The model's constraints. It bounds the contact only where it is returned; what is returned has
/// been sent, so the bounds hold for both [INF].
pub(super) fn check(
    name: &Required<String>,
    contact: Option<&String>,
    config: Option<&EventConfigShape>,
    violations: &mut Violations,
) {
    violations.required_text("name", name, between(1, 50));
    if name.is_present() {
        let is_met = name.chars().all(is_of_name);
        violations.pattern("name", name, r"[A-Za-z0-9_\-\ ]+", is_met);
    }
    if let Some(contact) = contact {
        violations.text("ownerContact", contact, between(0, 250));
        let is_met = contact.chars().all(|c| is_of_name(c) || c == '.');
        violations.pattern("ownerContact", contact, r"[A-Za-z0-9_\-\ \.]+", is_met);
    }
    match config {
        Some(config) => config.check(violations),
        None => violations.add("null", "eventConfig", "not be null"),
    }
}

/// The definition of the API, if its ways in can be combined.
pub(super) fn definition(
    name: Required<String>,
    owner_contact: Option<String>,
    config: Option<EventConfigShape>,
) -> Result<EventApiDefinition, AppSyncError> {
    let config = config.ok_or(AppSyncError::ProvidersMissing)?;
    Ok(EventApiDefinition {
        name: name.into_inner(),
        owner_contact,
        event_config: config.into_config()?,
    })
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ' ')
}
