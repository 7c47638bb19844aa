//! What calls of Lambda need: the function, its resource policy, and the right to pass a role on.

use std::borrow::Cow;

use crate::ids::Scope;
use crate::ops::lambda::policy_document;
use crate::state::lambda::reference::{Qualifier, Reference};
use crate::state::policy::Document;
use crate::wire::policy_document::{Form, parse};

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
        // The body of an Invoke is the function's event.
        let role = self.text("Role").filter(|_| self.row.name != "Invoke");
        let role = role.map(|role| self.pass_role(role));
        std::iter::once(access).chain(role).collect()
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
        Access {
            policy: self.policy_of_function(&reference, &owner),
            ..Access::new(action, arn.as_str(), &owner)
        }
    }

    /// Whoever gives a function a role must be allowed to pass it on [D].
    fn pass_role(&self, role: &str) -> Access {
        let mut access = Access::new("iam:PassRole".to_owned(), role, self.scope);
        access.context.set("iam:PassedToService", Some(LAMBDA));
        access
    }

    /// The resource policy of the function, or of the version or alias that is named.
    fn policy_of_function(&self, reference: &Reference, owner: &Scope) -> Option<Document> {
        let functions = &self.world.existing(owner)?.lambda;
        let function = functions.get(reference, owner).ok()?;
        let policy = function.policy(reference.qualifier.as_ref())?;
        parse(&policy_document(policy), Form::Resource).ok()
    }
}
