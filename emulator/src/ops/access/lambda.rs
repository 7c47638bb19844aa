//! What calls of Lambda need: the function, its resource policy for Invoke, and the right to pass a
//! role on.

use crate::ops::lambda::policy_document;
use crate::state::lambda::reference::Reference;
use crate::state::policy::Document;
use crate::wire::policy_document::{Form, parse};

use super::{Access, Call};

/// The service that a function's role is passed to.
const LAMBDA: &str = "lambda.amazonaws.com";

impl Call<'_> {
    pub(super) fn lambda(&self) -> Vec<Access> {
        let mut access = self.by_name();
        if self.row.name == "Invoke" {
            access.policy = self.policy_of_function();
        }
        self.add_request_tags(&mut access.context);
        // The body of an Invoke is the function's event.
        let role = self.text("Role").filter(|_| self.row.name != "Invoke");
        let role = role.map(|role| self.pass_role(role));
        std::iter::once(access).chain(role).collect()
    }

    /// Whoever gives a function a role must be allowed to pass it on [D].
    fn pass_role(&self, role: &str) -> Access {
        let mut access = Access::new("iam:PassRole".to_owned(), role, self.scope);
        access.context.set("iam:PassedToService", Some(LAMBDA));
        access
    }

    /// The resource policy of the function, or of the version or alias that is invoked.
    fn policy_of_function(&self) -> Option<Document> {
        let reference = Reference::parse(self.text("FunctionName")?, None)?;
        let functions = &self.world.existing(self.scope)?.lambda;
        let function = functions.get(&reference, self.scope).ok()?;
        let policy = function.policy(reference.qualifier.as_ref())?;
        parse(&policy_document(policy), Form::Resource).ok()
    }
}
