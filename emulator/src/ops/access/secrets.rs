//! What calls of Secrets Manager need: the secret, and the right to have a function rotate it.

use serde_json::Value;

use crate::ids::{Region, Scope};
use crate::state::World;
use crate::state::policy::Context;
use crate::state::secrets::lookup;
use crate::state::secrets::secret::Secret;

use super::{Access, Call, Conditions, arn};

/// Members of requests, and the condition keys that tell them [D].
const KEYS: [(&str, &str); 16] = [
    ("SecretId", "secretsmanager:SecretId"),
    ("Name", "secretsmanager:Name"),
    ("Description", "secretsmanager:Description"),
    ("KmsKeyId", "secretsmanager:KmsKeyId"),
    ("Type", "secretsmanager:Type"),
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
    (
        "ForceOverwriteReplicaSecret",
        "secretsmanager:ForceOverwriteReplicaSecret",
    ),
    ("BlockPublicPolicy", "secretsmanager:BlockPublicPolicy"),
    ("RotationLambdaARN", "secretsmanager:RotationLambdaARN"),
    ("RotateImmediately", "secretsmanager:RotateImmediately"),
    (
        "ExternalSecretRotationRoleArn",
        "secretsmanager:ExternalSecretRotationRoleArn",
    ),
    ("RotationRules", "secretsmanager:ModifyRotationRules"),
    ("AddReplicaRegions", "secretsmanager:AddReplicaRegions"),
];

impl Call<'_> {
    pub(super) fn secrets(&self) -> Vec<Access> {
        let access = match (self.text("SecretId"), self.text("Name")) {
            (Some(id), _) => self.secret(id),
            (None, Some(name)) if self.row.name == "CreateSecret" => self.new_secret(name),
            _ => Access::of_nothing(self.action(), self.scope),
        };
        let mut all = vec![access];
        if let (Some(function), "RotateSecret") = (self.text("RotationLambdaARN"), self.row.name) {
            all.push(self.invocation(function));
        }
        if self.row.name == "BatchGetSecretValue" && self.members.contains_key("Filters") {
            let list = "secretsmanager:ListSecrets".to_owned();
            all.push(Access::of_nothing(list, self.scope));
        }
        if self.conditions == Conditions::Read {
            for access in &mut all {
                self.add_secret_keys(&mut access.context);
            }
        }
        all
    }

    fn new_secret(&self, name: &str) -> Access {
        let arn = self.arn(&format!("secret:{name}-??????"));
        Access {
            shown: Some(name.to_owned()),
            ..Access::new(self.action(), arn, self.scope)
        }
    }

    /// The secret may be another account's, whose policy counts then [D].
    fn secret(&self, id: &str) -> Access {
        secret(id, self.action(), self.world, self.scope)
    }

    fn add_secret_keys(&self, context: &mut Context) {
        for (member, key) in KEYS {
            match self.members.get(member) {
                Some(Value::String(text)) => context.set(key, Some(text.as_str())),
                Some(value @ (Value::Bool(_) | Value::Number(_))) => {
                    context.set(key, Some(value.to_string()));
                }
                Some(Value::Object(_)) => context.set(key, Some("true")),
                Some(Value::Array(regions)) => {
                    let regions = regions.iter().filter_map(|it| it["Region"].as_str());
                    context.set_all(key, regions.map(str::to_owned).collect());
                }
                None | Some(Value::Null) => {}
            }
        }
        match self.text("KmsKeyId") {
            Some(key) if key.starts_with("arn:") && key.contains(":key/") => {
                context.set("secretsmanager:KmsKeyArn", Some(key));
            }
            // Whatever key the alias or the id stands for.
            Some(_) => context.hide("secretsmanager:KmsKeyArn"),
            None => {}
        }
        self.add_request_tags(context);
    }
}

/// What an action on a secret needs. What is not there is asked for by the ARN that it would have.
pub(super) fn secret(id: &str, action: String, world: &World, scope: &Scope) -> Access {
    let owner = lookup::owner(id, scope);
    let partition = world.existing(&owner);
    let found = partition.and_then(|it| it.secrets.find(id, &owner).ok());
    let shown = Some(id.to_owned());
    let Some(secret) = found else {
        let arn = if id.starts_with("arn:") {
            id.to_owned()
        } else {
            arn("secretsmanager", &format!("secret:{id}-??????"), scope)
        };
        return Access {
            shown,
            ..Access::new(action, arn, &owner)
        };
    };
    let policy = secret.policy.as_ref();
    let mut access = Access {
        shown,
        policy: policy.map(|policy| policy.document.clone()),
        ..Access::new(action, secret.arn.as_str(), &owner)
    };
    add_own_keys(secret, &owner.region, &mut access.context);
    access
}

/// What is known of the secret itself.
fn add_own_keys(secret: &Secret, here: &Region, context: &mut Context) {
    let function = secret.rotation().map(|it| it.function().to_string());
    context.set("secretsmanager:resource/AllowRotationLambdaArn", function);
    let partner = secret.external.as_ref().and_then(|it| it.partner.clone());
    context.set("secretsmanager:resource/Type", partner);
    let copies = secret.copies.as_deref();
    let primary = copies.and_then(|copies| copies.primary_region.as_ref());
    let primary = primary.unwrap_or(here);
    context.set("secretsmanager:SecretPrimaryRegion", Some(primary.as_str()));
    for (key, value) in secret.tags.get().into_iter().flatten() {
        for prefix in ["aws:", "secretsmanager:"] {
            context.set(&format!("{prefix}ResourceTag/{key}"), Some(value.as_str()));
        }
    }
}
