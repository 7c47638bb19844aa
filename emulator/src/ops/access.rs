//! The permission that a call needs: action, resource and condition keys, for every operation.
//!
//! Actions are named as operations are, with few exceptions. Resources have the forms that AWS
//! enforces, which for AppSync's keys are not those that it documents [REC]:
//!
//! | calls | resource |
//! |---|---|
//! | on one secret | its full ARN; before it exists, its ARN with any suffix |
//! | on an AppSync API, on tags | `arn:aws:appsync:R:A:apis/ID` |
//! | on what an AppSync API holds | `arn:aws:appsync:R:A:/v1/apis/ID/apikeys`, the path of the call |
//! | on one API key | `…/apikeys/KEY`, which reports and denials tell as `…/apikeys/*` |
//! | on a function | `arn:aws:lambda:R:A:function:NAME`; `iam:PassRole` on the role that it is given |
//! | on a log group | `arn:aws:logs:R:A:log-group:NAME:log-stream:`, by `…:NAME:*` in policies |
//! | on a user, role or policy | its ARN |
//! | on nothing in particular | `*` |

mod appsync;
mod iam;
mod lambda;
mod logs;
pub mod part;
mod secrets;
pub mod sts;

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::ids::{AccountId, Scope};
use crate::state::World;
use crate::state::policy::{Context, Document, ResourceRule};
use crate::state::secrets::lookup;
use crate::state::secrets::secret::Secret;
use crate::wire::payload::Payload;
use crate::wire::service::Service;

use super::Row;

/// What a call needs to be allowed.
#[derive(Clone, Debug)]
pub struct Access {
    /// The action.
    pub action: String,
    /// The resource that policies are held against.
    pub resource: String,
    /// The resource as a least policy should name it.
    pub least: String,
    /// The resource as a denial names it.
    pub shown: Option<String>,
    /// The policy of the resource.
    pub policy: Option<Document>,
    /// What that policy is needed for.
    pub rule: ResourceRule,
    /// The account that the resource belongs to.
    pub owner: AccountId,
    /// The condition keys of the service.
    pub context: Context,
}

impl Access {
    fn new(action: String, resource: impl Into<String>, scope: &Scope) -> Self {
        let resource = resource.into();
        Self {
            action,
            least: resource.clone(),
            shown: Some(resource.clone()),
            resource,
            policy: None,
            rule: ResourceRule::Adds,
            owner: scope.account.clone(),
            context: Context::default(),
        }
    }

    /// An action that has no resource; Secrets Manager's denials do not name any then [U].
    fn of_nothing(action: String, scope: &Scope) -> Self {
        Self {
            shown: None,
            ..Self::new(action, "*", scope)
        }
    }
}

/// Are condition keys wanted? Only policies ask for them, and most callers have none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conditions {
    /// They are read from the call.
    Read,
    /// The call is not searched for them.
    Unread,
}

/// A call, as far as its permission is concerned.
struct Call<'a> {
    row: &'a Row,
    world: &'a World,
    scope: &'a Scope,
    members: Cow<'a, Map<String, Value>>,
    conditions: Conditions,
}

/// What a call needs; nothing for a call that everybody may make. Several are needed where AWS
/// lists dependent actions.
pub fn needed<'a>(
    row: &'a Row,
    payload: &'a Payload<'_>,
    world: &'a World,
    scope: &'a Scope,
    conditions: Conditions,
) -> Vec<Access> {
    let call = Call {
        row,
        world,
        scope,
        members: payload
            .members()
            .map_or_else(|_| Cow::Owned(bound(payload)), Cow::Borrowed),
        conditions,
    };
    match row.service {
        Service::SecretsManager => call.secrets(),
        Service::AppSync => vec![call.appsync()],
        Service::Iam => vec![call.iam()],
        Service::Sts => call.sts(),
        Service::Lambda => call.lambda(),
        _ => vec![call.logs()],
    }
}

/// The secret of a call that needs its action on that secret and nothing else, where no policy
/// but the caller's own can say so: the secret is kept where the caller is, and has none.
pub fn sole_secret<'a>(
    row: &Row,
    payload: &Payload<'_>,
    world: &'a World,
    scope: &Scope,
) -> Option<&'a Secret> {
    let needs_more = ["RotateSecret", "BatchGetSecretValue"].contains(&row.name);
    if row.service != Service::SecretsManager || needs_more {
        return None;
    }
    let id = payload.members().ok()?.get("SecretId")?.as_str()?;
    if *lookup::owner(id, scope) != *scope {
        return None;
    }
    let secret = world.existing(scope)?.secrets.find(id, scope).ok()?;
    secret.policy.is_none().then_some(secret)
}

/// What the path and the query say. A body that is no object is refused later, by whom it
/// concerns, unless it is the event of an Invoke.
fn bound(payload: &Payload<'_>) -> Map<String, Value> {
    let members = payload.bound.iter();
    members
        .map(|(name, value)| (name.to_string(), value.clone()))
        .collect()
}

impl Call<'_> {
    fn text(&self, member: &str) -> Option<&str> {
        self.members.get(member)?.as_str()
    }

    fn action(&self) -> String {
        let name = match self.row.name {
            "Invoke" => "InvokeFunction",
            other => other,
        };
        format!("{}:{name}", self.row.service.as_str())
    }

    fn arn(&self, rest: &str) -> String {
        arn(self.row.service.as_str(), rest, self.scope)
    }

    /// `aws:RequestTag/KEY` and `aws:TagKeys`, from whatever form the service has tags in.
    fn add_request_tags(&self, context: &mut Context) {
        if self.conditions == Conditions::Unread {
            return;
        }
        let mut keys = Vec::new();
        for (key, value) in self.tags() {
            context.set(&format!("aws:RequestTag/{key}"), Some(value));
            keys.push(key);
        }
        for (key, value) in self
            .members
            .get("tags")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            context.set(&format!("aws:RequestTag/{key}"), value.as_str());
            keys.push(key.clone());
        }
        let removed = self
            .members
            .get("TagKeys")
            .or_else(|| self.members.get("tagKeys"));
        let removed = removed.and_then(Value::as_array).into_iter().flatten();
        keys.extend(removed.filter_map(Value::as_str).map(str::to_owned));
        if !keys.is_empty() {
            context.set_all("aws:TagKeys", keys);
        }
    }
}

/// `arn:PARTITION:SERVICE:REGION:ACCOUNT:` and the rest.
fn arn(service: &str, rest: &str, scope: &Scope) -> String {
    let Scope { account, region } = scope;
    let partition = region.partition();
    format!("arn:{partition}:{service}:{region}:{account}:{rest}")
}

#[cfg(test)]
mod tests;
