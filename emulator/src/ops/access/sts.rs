//! What calls of STS need: nothing to ask who one is, and the role's trust to assume it.

use serde_json::Value;

use crate::ids::Scope;
use crate::state::World;
use crate::state::policy::{Context, ResourceRule};

use super::{Access, Call};

/// A call of AssumeRole, as far as its permission is concerned.
#[derive(Clone, Debug, Default)]
pub struct Assumption {
    /// The ARN of the role.
    pub role: String,
    /// The name of the session to be.
    pub session_name: String,
    /// What the role's owner and whoever assumes it agreed on.
    pub external_id: Option<String>,
    /// How long the session is to last, in seconds.
    pub seconds: Option<u32>,
    /// Who really acts.
    pub source_identity: Option<String>,
    /// The tags of the session.
    pub tags: Vec<(String, String)>,
    /// The keys of those that go on to the next session.
    pub transitive: Vec<String>,
}

impl Assumption {
    /// What it needs: besides the role, the right to hand tags and an identity over [D].
    pub fn needs(&self, world: &World, scope: &Scope) -> Vec<Access> {
        let has_tags = !self.tags.is_empty() || !self.transitive.is_empty();
        let actions = [
            Some("sts:AssumeRole"),
            has_tags.then_some("sts:TagSession"),
            self.source_identity
                .is_some()
                .then_some("sts:SetSourceIdentity"),
        ];
        let actions = actions.into_iter().flatten();
        actions
            .map(|action| self.need(action, world, scope))
            .collect()
    }

    fn need(&self, action: &str, world: &World, scope: &Scope) -> Access {
        let mut access = Access::new(action.to_owned(), self.role.as_str(), scope);
        access.rule = ResourceRule::MustAllow;
        if let Some(role) = world.role_of_arn(&self.role) {
            access.policy = Some(role.trust.document.clone());
            access.owner = world.account_of(role);
            for (key, value) in role.identity.tags.iter() {
                access
                    .context
                    .set(&format!("aws:ResourceTag/{key}"), Some(value.as_str()));
                access
                    .context
                    .set(&format!("iam:ResourceTag/{key}"), Some(value.as_str()));
            }
        }
        self.add_keys(&mut access.context);
        access
    }

    fn add_keys(&self, context: &mut Context) {
        context.set("sts:ExternalId", self.external_id.as_deref());
        context.set("sts:RoleSessionName", Some(self.session_name.as_str()));
        context.set("sts:DurationSeconds", self.seconds.map(|it| it.to_string()));
        context.set("sts:SourceIdentity", self.source_identity.as_deref());
        if !self.transitive.is_empty() {
            context.set_all("sts:TransitiveTagKeys", self.transitive.clone());
        }
        for (key, value) in &self.tags {
            context.set(&format!("aws:RequestTag/{key}"), Some(value.as_str()));
        }
        if !self.tags.is_empty() {
            let keys = self.tags.iter().map(|(key, _)| key.clone());
            context.set_all("aws:TagKeys", keys.collect());
        }
    }
}

impl Call<'_> {
    /// GetCallerIdentity needs nothing [D]; AssumeRole needs the role's trust.
    pub(super) fn sts(&self) -> Vec<Access> {
        let (Some(role), "AssumeRole") = (self.text("RoleArn"), self.row.name) else {
            return Vec::new();
        };
        let text = |member: &str| self.text(member).map(str::to_owned);
        let assumption = Assumption {
            role: role.to_owned(),
            session_name: text("RoleSessionName").unwrap_or_default(),
            external_id: text("ExternalId"),
            seconds: self.text("DurationSeconds").and_then(|it| it.parse().ok()),
            source_identity: text("SourceIdentity"),
            tags: self.tags(),
            transitive: self.texts("TransitiveTagKeys"),
        };
        assumption.needs(self.world, self.scope)
    }

    /// The tags of a request that are a list of keys and values.
    pub(super) fn tags(&self) -> Vec<(String, String)> {
        let tags = self.members.get("Tags").and_then(Value::as_array);
        let tag = |tag: &Value| {
            let (key, value) = (tag["Key"].as_str()?, tag["Value"].as_str()?);
            Some((key.to_owned(), value.to_owned()))
        };
        tags.into_iter().flatten().filter_map(tag).collect()
    }

    /// A list of texts.
    pub(super) fn texts(&self, member: &str) -> Vec<String> {
        let list = self.members.get(member).and_then(Value::as_array);
        let texts = list.into_iter().flatten().filter_map(Value::as_str);
        texts.map(str::to_owned).collect()
    }
}
