//! What calls of IAM need: the user, the role or the policy.

use crate::state::iam::error::Kind;
use crate::state::iam::names::Place;
use crate::state::policy::Context;

use super::{Access, Call};

impl Call<'_> {
    pub(super) fn iam(&self) -> Access {
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
        self.add_tags_of_identity(&mut access.context);
        let is_attachment =
            self.row.name.starts_with("Attach") || self.row.name.starts_with("Detach");
        let attached = self.text("PolicyArn").filter(|_| is_attachment);
        access.context.set("iam:PolicyARN", attached);
        self.add_request_tags(&mut access.context);
        access
    }

    /// The tags of the user, the role or the policy that the call is about.
    fn add_tags_of_identity(&self, context: &mut Context) {
        let Some(iam) = self.world.iam.get(&self.scope.account) else {
            return;
        };
        let (role, user) = (self.text("RoleName"), self.text("UserName"));
        let role = role.and_then(|name| iam.role(name).ok());
        let user = user.and_then(|name| iam.user(name).ok());
        let policy = self
            .text("PolicyArn")
            .filter(|_| role.is_none() && user.is_none());
        let policy = policy.and_then(|arn| iam.policy(arn).ok());
        let tags = role.map(|it| &it.identity.tags);
        let tags = tags.or_else(|| user.map(|it| &it.identity.tags));
        let tags = tags.or_else(|| policy.map(|it| &it.tags));
        for (key, value) in tags.into_iter().flat_map(|tags| tags.iter()) {
            for prefix in ["aws:", "iam:"] {
                context.set(&format!("{prefix}ResourceTag/{key}"), Some(value.as_str()));
            }
        }
    }
}
