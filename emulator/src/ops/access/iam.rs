//! What calls of IAM and STS need: the user, the role or the policy.

use crate::state::iam::error::Kind;
use crate::state::iam::names::Place;
use crate::state::policy::ResourceRule;

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
        let is_attachment =
            self.row.name.starts_with("Attach") || self.row.name.starts_with("Detach");
        let attached = self.text("PolicyArn").filter(|_| is_attachment);
        access.context.set("iam:PolicyARN", attached);
        self.add_request_tags(&mut access.context);
        access
    }

    /// GetCallerIdentity needs nothing [D]; AssumeRole needs the role's trust.
    pub(super) fn sts(&self) -> Vec<Access> {
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
}
