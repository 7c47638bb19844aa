//! What calls of Lambda need: the function, its resource policy, and the right to pass a role on.

use std::borrow::Cow;

use serde_json::Value;

use crate::ids::Scope;
use crate::ops::lambda::policy_meaning;
use crate::state::lambda::reference::{Qualifier, Reference};
use crate::state::policy::{Context, Document};

use super::{Access, Call};

/// The service that a function's role is passed to.
const LAMBDA: &str = "lambda.amazonaws.com";

impl Call<'_> {
    pub(super) fn lambda(&self) -> Vec<Access> {
        let name = self.text("FunctionName").or_else(|| self.text("Resource"));
        let mut access = match name {
            Some(name) => self.function(name, self.action()),
            None => Access::new(self.action(), "*", self.scope),
        };
        self.add_request_tags(&mut access.context);
        self.add_function_keys(&mut access.context);
        // The body of an Invoke is the function's event.
        let role = self.text("Role").filter(|_| self.row.name != "Invoke");
        let role = role.map(|role| self.pass_role(role));
        std::iter::once(access).chain(role).collect()
    }

    /// What the call says of a function; of its network only what it names [D].
    fn add_function_keys(&self, context: &mut Context) {
        context.set("lambda:Principal", self.text("Principal"));
        context.set(
            "lambda:FunctionUrlAuthType",
            self.text("FunctionUrlAuthType"),
        );
        context.set(
            "lambda:CodeSigningConfigArn",
            self.text("CodeSigningConfigArn"),
        );
        if self.row.name == "Invoke" {
            context.set("lambda:InvokedViaFunctionUrl", Some("false"));
        }
        let layers = self.texts("Layers");
        if !layers.is_empty() {
            context.set_all("lambda:Layer", layers);
        }
        let network = self.members.get("VpcConfig");
        for (member, key) in [
            ("SubnetIds", "lambda:SubnetIds"),
            ("SecurityGroupIds", "lambda:SecurityGroupIds"),
        ] {
            let ids = network
                .and_then(|it| it.get(member))
                .and_then(Value::as_array);
            let ids: Vec<String> = ids
                .into_iter()
                .flatten()
                .filter_map(|it| it.as_str().map(str::to_owned))
                .collect();
            if !ids.is_empty() {
                context.set_all(key, ids);
                // Nobody knows here in which network a subnet is.
                context.hide("lambda:VpcIds");
            }
        }
    }

    /// Whoever has a function rotate a secret must be allowed to invoke it [D].
    pub(super) fn invocation(&self, function: &str) -> Access {
        self.function(function, "lambda:InvokeFunction".to_owned())
    }

    /// The function may be another account's, whose policy counts then [D].
    fn function(&self, text: &str, action: String) -> Access {
        let beside = self.text("Qualifier").and_then(Qualifier::parse);
        let Some(reference) = Reference::parse(text, beside) else {
            return Access::new(action, text, self.scope);
        };
        let owner = reference.owner(self.scope);
        let arn = if text.starts_with("arn:") && matches!(owner, Cow::Borrowed(_)) {
            // Another Region's, perhaps: nothing here has it.
            reference.arn(&reference.place(self.scope))
        } else {
            reference.arn(&owner)
        };
        let mut access = Access {
            policy: self.policy_of_function(&reference, &owner),
            ..Access::new(action, arn.as_str(), &owner)
        };
        let functions = self.world.existing(&owner).map(|it| &it.lambda);
        let function = functions.and_then(|it| it.get(&reference, &owner).ok());
        for (key, value) in function.into_iter().flat_map(|it| &it.tags) {
            let key = format!("aws:ResourceTag/{key}");
            access.context.set(&key, Some(value.as_str()));
        }
        access
    }

    /// Whoever gives a function a role must be allowed to pass it on [D].
    fn pass_role(&self, role: &str) -> Access {
        let mut access = Access::new("iam:PassRole".to_owned(), role, self.scope);
        access.context.set("iam:PassedToService", Some(LAMBDA));
        if let Some(name) = self.text("FunctionName") {
            let function = self.function(name, String::new()).resource;
            access
                .context
                .set("iam:AssociatedResourceArn", Some(function));
        }
        if let Some(role) = self.world.role_of_arn(role) {
            for (key, value) in role.identity.tags.iter() {
                for prefix in ["aws:", "iam:"] {
                    let key = format!("{prefix}ResourceTag/{key}");
                    access.context.set(&key, Some(value.as_str()));
                }
            }
        }
        access
    }

    /// The resource policy of the function, or of the version or alias that is named.
    fn policy_of_function(&self, reference: &Reference, owner: &Scope) -> Option<Document> {
        let functions = &self.world.existing(owner)?.lambda;
        let function = functions.get(reference, owner).ok()?;
        let policy = function.policy(reference.qualifier.as_ref())?;
        Some(policy_meaning(policy))
    }
}
