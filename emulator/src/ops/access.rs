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
//! | on a log group | `arn:aws:logs:R:A:log-group:NAME:*` |
//! | on a user, role or policy | its ARN |
//! | on nothing in particular | `*` |

mod lambda;

use serde_json::{Map, Value};

use crate::ids::{AccountId, Scope};
use crate::state::World;
use crate::state::iam::error::Kind;
use crate::state::iam::names::Place;
use crate::state::policy::{Context, Document, ResourceRule};
use crate::state::secrets::secret::Secret;
use crate::wire::payload::Payload;
use crate::wire::policy_document::{Form, parse};
use crate::wire::service::Service;

use super::{Binding, Row};

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

/// A call, as far as its permission is concerned.
struct Call<'a> {
    row: &'a Row,
    world: &'a World,
    scope: &'a Scope,
    members: Map<String, Value>,
}

/// What a call needs; nothing for a call that everybody may make. Several are needed where AWS
/// lists dependent actions.
pub fn needed(row: &Row, payload: &Payload<'_>, world: &World, scope: &Scope) -> Vec<Access> {
    let call = Call {
        row,
        world,
        scope,
        members: payload.decode().unwrap_or_else(|_| bound(payload)),
    };
    match row.service {
        Service::SecretsManager => call.secrets(),
        Service::AppSync => vec![call.appsync()],
        Service::Iam => vec![call.iam()],
        Service::Sts => call.sts(),
        Service::Lambda => call.lambda(),
        _ => vec![call.by_name()],
    }
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

    /// `arn:PARTITION:SERVICE:REGION:ACCOUNT:` and the rest.
    fn arn(&self, rest: &str) -> String {
        let Scope { account, region } = self.scope;
        let (partition, service) = (region.partition(), self.row.service.as_str());
        format!("arn:{partition}:{service}:{region}:{account}:{rest}")
    }

    fn secrets(&self) -> Vec<Access> {
        let access = match (self.text("SecretId"), self.text("Name")) {
            (Some(id), _) => self.secret(id),
            (None, Some(name)) if self.row.name == "CreateSecret" => self.new_secret(name),
            _ => Access::of_nothing(self.action(), self.scope),
        };
        let mut all = vec![access];
        if let (Some(function), "RotateSecret") = (self.text("RotationLambdaARN"), self.row.name) {
            let action = "lambda:InvokeFunction".to_owned();
            all.push(Access::new(action, function, self.scope));
        }
        if self.row.name == "BatchGetSecretValue" {
            all.extend(self.secrets_of_batch());
        }
        for access in &mut all {
            self.add_secret_keys(&mut access.context);
        }
        all
    }

    /// Each secret that is named must be readable by itself. AWS tells that for each in the answer;
    /// here the whole call is refused [D].
    fn secrets_of_batch(&self) -> Vec<Access> {
        let list = self.members.get("SecretIdList").and_then(Value::as_array);
        let ids = list.into_iter().flatten().filter_map(Value::as_str);
        let read = |id| Access {
            action: "secretsmanager:GetSecretValue".to_owned(),
            ..self.secret(id)
        };
        ids.map(read).collect()
    }

    fn new_secret(&self, name: &str) -> Access {
        let arn = self.arn(&format!("secret:{name}-??????"));
        Access {
            shown: Some(name.to_owned()),
            ..Access::new(self.action(), arn, self.scope)
        }
    }

    fn secret(&self, id: &str) -> Access {
        let partition = self.world.existing(self.scope);
        let found = partition.and_then(|it| it.secrets.find(id, self.scope).ok());
        let Some(secret) = found else {
            let arn = if id.starts_with("arn:") {
                id.to_owned()
            } else {
                self.arn(&format!("secret:{id}-??????"))
            };
            return Access {
                shown: Some(id.to_owned()),
                ..Access::new(self.action(), arn, self.scope)
            };
        };
        let mut access = Access::new(self.action(), secret.arn.as_str(), self.scope);
        access.shown = Some(id.to_owned());
        let text = secret.policy.as_deref();
        access.policy = text.and_then(|text| parse(text, Form::Resource).ok());
        add_secrets_own_keys(secret, &mut access.context);
        access
    }

    fn add_secret_keys(&self, context: &mut Context) {
        const KEYS: [(&str, &str); 12] = [
            ("SecretId", "secretsmanager:SecretId"),
            ("Name", "secretsmanager:Name"),
            ("Description", "secretsmanager:Description"),
            ("KmsKeyId", "secretsmanager:KmsKeyId"),
            ("VersionId", "secretsmanager:VersionId"),
            ("VersionStage", "secretsmanager:VersionStage"),
            (
                "RecoveryWindowInDays",
                "secretsmanager:RecoveryWindowInDays",
            ),
            (
                "ForceDeleteWithoutRecovery",
                "secretsmanager:ForceDeleteWithoutRecovery",
            ),
            ("BlockPublicPolicy", "secretsmanager:BlockPublicPolicy"),
            ("RotationLambdaARN", "secretsmanager:RotationLambdaARN"),
            ("RotateImmediately", "secretsmanager:RotateImmediately"),
            ("RotationRules", "secretsmanager:ModifyRotationRules"),
        ];
        for (member, key) in KEYS {
            let value = self.members.get(member).and_then(|value| match value {
                Value::String(text) => Some(text.clone()),
                Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
                Value::Object(_) => Some("true".to_owned()),
                Value::Null | Value::Array(_) => None,
            });
            context.set(key, value);
        }
        self.add_request_tags(context);
    }

    /// `aws:RequestTag/KEY` and `aws:TagKeys`, from whatever form the service has tags in.
    fn add_request_tags(&self, context: &mut Context) {
        let mut keys = Vec::new();
        for tag in self
            .members
            .get("Tags")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            if let (Some(key), Some(value)) = (tag["Key"].as_str(), tag["Value"].as_str()) {
                context.set(&format!("aws:RequestTag/{key}"), Some(value));
                keys.push(key.to_owned());
            }
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

    fn appsync(&self) -> Access {
        let Binding::Rest { path, .. } = self.row.binding else {
            return Access::of_nothing(self.action(), self.scope);
        };
        let mut access = match (path, self.text("resourceArn"), self.text("apiId")) {
            (_, Some(arn), _) => Access::new(self.action(), arn, self.scope),
            ("/v1/apis/{apiId}" | "/v2/apis/{apiId}", _, Some(id)) => {
                Access::new(self.action(), self.arn(&format!("apis/{id}")), self.scope)
            }
            _ => self.by_path(path),
        };
        self.add_request_tags(&mut access.context);
        access
    }

    /// The path of the call with its members; a key in it is not told.
    fn by_path(&self, path: &str) -> Access {
        let filled = |hides_keys: bool| {
            let segment =
                |part: &str| match part.strip_prefix('{').and_then(|it| it.strip_suffix('}')) {
                    Some("id") if hides_keys => "*".to_owned(),
                    Some(name) => self.text(name).unwrap_or("*").to_owned(),
                    None => part.to_owned(),
                };
            let segments: Vec<String> = path.split('/').map(segment).collect();
            self.arn(&segments.join("/"))
        };
        Access {
            least: filled(true),
            shown: Some(filled(true)),
            ..Access::new(self.action(), filled(false), self.scope)
        }
    }

    fn iam(&self) -> Access {
        let place = |path| Place {
            partition: self.scope.region.partition(),
            account: &self.scope.account,
            path,
        };
        let iam = self.world.iam.get(&self.scope.account);
        let arn = if let Some(name) = self.text("RoleName") {
            let found = iam.and_then(|iam| iam.role(name).ok());
            found.map_or_else(
                || place(self.text("Path").unwrap_or("/")).arn(Kind::Role, name),
                |role| role.identity.arn.clone(),
            )
        } else if let Some(name) = self.text("UserName") {
            let found = iam.and_then(|iam| iam.user(name).ok());
            found.map_or_else(
                || place(self.text("Path").unwrap_or("/")).arn(Kind::User, name),
                |user| user.identity.arn.clone(),
            )
        } else if let Some(arn) = self.text("PolicyArn") {
            arn.to_owned()
        } else if let Some(name) = self.text("PolicyName") {
            place(self.text("Path").unwrap_or("/")).arn(Kind::Policy, name)
        } else {
            "*".to_owned()
        };
        let mut access = Access::new(self.action(), arn, self.scope);
        let is_attachment =
            self.row.name.starts_with("Attach") || self.row.name.starts_with("Detach");
        let attached = self.text("PolicyArn").filter(|_| is_attachment);
        access.context.set("iam:PolicyARN", attached);
        self.add_request_tags(&mut access.context);
        access
    }

    /// GetCallerIdentity needs nothing [D]; AssumeRole needs the role's trust.
    fn sts(&self) -> Vec<Access> {
        let (Some(arn), "AssumeRole") = (self.text("RoleArn"), self.row.name) else {
            return Vec::new();
        };
        let mut access = Access::new(self.action(), arn, self.scope);
        access.rule = ResourceRule::MustAllow;
        if let Some(role) = self.world.role_of_arn(arn) {
            access.policy = Some(role.trust.document.clone());
            access.owner = self.world.account_of(role);
        }
        access
            .context
            .set("sts:ExternalId", self.text("ExternalId"));
        access
            .context
            .set("sts:RoleSessionName", self.text("RoleSessionName"));
        vec![access]
    }

    /// Services whose resources follow from one member.
    fn by_name(&self) -> Access {
        let function = self.text("FunctionName");
        let group = self.text("logGroupName");
        let resource = match (function, group) {
            (Some(arn), _) if arn.starts_with("arn:") => arn.to_owned(),
            (Some(name), _) => self.arn(&format!("function:{name}")),
            (None, Some(name)) => self.arn(&format!("log-group:{name}:*")),
            (None, None) => "*".to_owned(),
        };
        Access::new(self.action(), resource, self.scope)
    }
}

/// What is known of the secret itself.
fn add_secrets_own_keys(secret: &Secret, context: &mut Context) {
    for (key, value) in secret.tags.get().into_iter().flatten() {
        context.set(&format!("aws:ResourceTag/{key}"), Some(value.as_str()));
        context.set(
            &format!("secretsmanager:ResourceTag/{key}"),
            Some(value.as_str()),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Region;
    use crate::state::Settings;

    /// A member of every name by which a call can say what it is about.
    const BODY: &str = r#"{"SecretId":"s","Name":"n","FunctionName":"f","logGroupName":"g",
        "apiId":"a","name":"n","id":"i","resourceArn":"arn:aws:appsync:us-east-1:1:apis/a",
        "RoleName":"r","UserName":"u","PolicyArn":"arn:aws:iam::1:policy/p","PolicyName":"p",
        "RoleArn":"arn:aws:iam::1:role/r"}"#;

    #[test]
    fn every_operation_is_held_against_what_it_says_it_is_about() {
        let scope = Scope {
            account: AccountId::new("111122223333"),
            region: Region::new("us-east-1"),
        };
        let world = World::new(Settings::default());
        let payload = Payload {
            body: BODY.as_bytes(),
            bound: Vec::new(),
        };
        for row in crate::ops::rows() {
            let all = needed(row, &payload, &world, &scope);
            assert_eq!(
                all.is_empty(),
                row.name == "GetCallerIdentity",
                "{}",
                row.name
            );
            for access in all {
                let resource = &access.resource;
                assert!(resource.starts_with("arn:aws:"), "{}: {resource}", row.name);
            }
        }
    }
}
