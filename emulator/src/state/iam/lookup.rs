//! What the world knows of callers and roles, across accounts.

use crate::entropy::Entropy;
use crate::ids::AccountId;
use crate::state::World;
use crate::state::policy::{
    Context, Decision, Document, Policies, Principal, Request, ResourceRule, decide,
};
use crate::time::Timestamp;

use super::identity::Identity;
use super::role::Role;
use super::session::{NewSession, Session};

impl World {
    /// A role by its ARN, in whatever account.
    pub fn role_of_arn(&self, arn: &str) -> Option<&Role> {
        let account = arn.split(':').nth(4)?;
        let iam = self.iam.get(&AccountId::new(account))?;
        iam.role_of_arn(arn)
    }

    /// The account of a role.
    pub fn account_of(&self, role: &Role) -> AccountId {
        AccountId::new(role.identity.arn.split(':').nth(4).unwrap_or_default())
    }

    /// The user or the role whose policies a caller has.
    pub fn identity_of(&self, principal: &Principal) -> Option<&Identity> {
        self.iam.get(principal.account()?)?.identity_of(principal)
    }

    /// The policies of a caller.
    pub fn policies_of(&self, principal: &Principal) -> Vec<&Document> {
        let iam = principal
            .account()
            .and_then(|account| self.iam.get(account));
        iam.map_or_else(Vec::new, |iam| iam.policies_of(principal))
    }

    /// May a service such as `lambda.amazonaws.com` assume the role?
    pub fn trusts(&self, role: &Role, service: &str) -> bool {
        let principal = Principal::Service(service.to_owned());
        let request = Request {
            principal: &principal,
            action: "sts:AssumeRole",
            resource: &role.identity.arn,
            context: &Context::default(),
        };
        let policies = Policies {
            identity: Vec::new(),
            session: None,
            resource: Some(&role.trust.document),
            owner: &self.account_of(role),
            rule: ResourceRule::MustAllow,
        };
        // What AWS sets besides for its services is not known: they have the benefit of the doubt.
        let decision = decide(&request, &policies);
        matches!(decision, Decision::Allowed | Decision::Undecided { .. })
    }

    /// Credentials of a new session of a role, as a service hands them to what runs under it; none
    /// if there is no such role. Whether the role trusts the service is for the caller to ask.
    pub fn issue_session(
        &mut self,
        role_arn: &str,
        new: NewSession,
        entropy: &mut Entropy,
        now: Timestamp,
    ) -> Option<&Session> {
        let role = self.role_of_arn(role_arn)?.clone();
        let account = self.account_of(&role);
        let credentials = &mut self.credentials;
        Some(credentials.issue_session(&role, &account, new, entropy, now))
    }
}
