//! Who signed a request.

use crate::ids::{AccountId, Scope};
use crate::state::World;
use crate::state::policy::principal::is_account;
use crate::state::policy::{Context, Document, Principal};
use crate::time::Timestamp;

use super::credentials::{Credentials, Holder};
use super::session::Session;

/// Who signed a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    /// Who.
    pub principal: Principal,
    /// The access key id; none if nobody signed.
    pub access_key_id: Option<String>,
    /// The account in which the call takes place.
    pub account: AccountId,
}

impl Signer {
    /// The signer of an access key id.
    ///
    /// An id that is not IAM's own stands for a whole account: twelve digits for that account,
    /// any other, and none at all, for the emulator's own. So quick starts with `test` go on.
    pub fn of(access_key_id: Option<&str>, credentials: &Credentials, default: &Scope) -> Self {
        let key = access_key_id.unwrap_or_default();
        let holder = credentials.holder(key);
        let root = |account: AccountId| Principal::Root {
            account,
            partition: default.region.partition(),
        };
        let (principal, account) = match holder {
            Some(holder) => (holder.principal(), holder.account().clone()),
            None if credentials.is_dead(key) => (Principal::Anonymous, default.account.clone()),
            None if is_account(key) => {
                let account = AccountId::new(key);
                (root(account.clone()), account)
            }
            None => (root(default.account.clone()), default.account.clone()),
        };
        Self {
            principal,
            access_key_id: access_key_id.map(str::to_owned),
            account,
        }
    }

    /// The unique id that GetCallerIdentity and `aws:userid` tell; an account's is its number.
    pub fn user_id<'a>(&'a self, credentials: &'a Credentials) -> &'a str {
        let key = self.access_key_id.as_deref().unwrap_or_default();
        let holder = credentials.holder(key);
        holder.map_or(self.account.as_str(), |holder| holder.user_id())
    }

    /// The caller's session, if it is one.
    pub fn session<'a>(&self, credentials: &'a Credentials) -> Option<&'a Session> {
        match credentials.holder(self.access_key_id.as_deref()?)? {
            Holder::Session(session) => Some(session),
            Holder::User(_) => None,
        }
    }

    /// The policy that limits the caller's session.
    pub fn session_policy<'a>(&self, credentials: &'a Credentials) -> Option<&'a Document> {
        self.session(credentials)?.policy.as_ref()
    }

    /// The condition keys that every request has [D]. There is no TLS here, but where the same call
    /// is made to AWS there is; of addresses nothing is known.
    pub fn context(&self, world: &World, scope: &Scope, now: Timestamp) -> Context {
        let mut context = Context::default();
        let second = Timestamp::from_seconds(now.as_seconds());
        context.set("aws:CurrentTime", Some(second.to_string()));
        context.set("aws:EpochTime", Some(now.as_seconds().to_string()));
        context.set("aws:SecureTransport", Some("true"));
        context.set("aws:ViaAWSService", Some("false"));
        context.set("aws:RequestedRegion", Some(scope.region.as_str()));
        let account = self.principal.account();
        context.set("aws:PrincipalAccount", account.map(AccountId::as_str));
        let is_service = matches!(self.principal, Principal::Service(_));
        context.set("aws:PrincipalIsAWSService", Some(is_service.to_string()));
        context.set("aws:userid", Some(self.user_id(&world.credentials)));
        let (kind, arn) = match &self.principal {
            Principal::Root { .. } => ("Account", self.principal.to_string()),
            Principal::User { arn, .. } => {
                context.set("aws:username", arn.rsplit('/').next());
                ("User", arn.clone())
            }
            Principal::Session { role, .. } => ("AssumedRole", role.clone()),
            Principal::Service(_) | Principal::Anonymous => return context,
        };
        context.set("aws:PrincipalType", Some(kind));
        context.set("aws:PrincipalArn", Some(arn));
        self.add_tags(world, &mut context);
        if let Some(session) = self.session(&world.credentials) {
            add_session(session, &mut context);
        }
        context
    }

    /// The tags of the user or of the role.
    fn add_tags(&self, world: &World, context: &mut Context) {
        let identity = world.identity_of(&self.principal);
        let tags = identity
            .into_iter()
            .flat_map(|identity| identity.tags.iter());
        for (key, value) in tags {
            context.set(&format!("aws:PrincipalTag/{key}"), Some(value.as_str()));
        }
    }
}

/// What a session adds: its tags stand in front of the role's, and nobody assumes roles here with a
/// second factor.
fn add_session(session: &Session, context: &mut Context) {
    for (key, value) in session.tags.iter() {
        context.set(&format!("aws:PrincipalTag/{key}"), Some(value));
    }
    let issued = Timestamp::from_seconds(session.issued.as_seconds());
    context.set("aws:TokenIssueTime", Some(issued.to_string()));
    context.set("aws:MultiFactorAuthPresent", Some("false"));
    context.set("aws:SourceIdentity", session.source_identity.as_deref());
    context.set("lambda:SourceFunctionArn", session.function.as_deref());
}
