//! That no policy allows a call: one text for refusals and for the faults that play them.

use std::collections::BTreeSet;

use crate::state::policy::{Decision, Source};

use super::super::service::{Protocol, Service};
use super::WireError;

/// A call that no policy allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// The service that refuses.
    pub service: Service,
    /// Who called: an ARN.
    pub principal: String,
    /// The action, such as `secretsmanager:GetSecretValue`.
    pub action: String,
    /// The resource as the service names it; some actions are refused without one [U].
    pub resource: Option<String>,
    /// Why.
    pub decision: Decision,
}

impl Denial {
    /// Why, where the caller has no policy at all.
    pub const MISSING: Decision = Decision::ImplicitDeny {
        missing: Source::Identity,
    };

    /// The denial that a fault plays where neither caller nor resource are known.
    pub fn of_operation(service: Service, operation: &str) -> Self {
        let name = match service {
            Service::GraphQl | Service::Events => "appsync",
            other => other.as_str(),
        };
        Self {
            service,
            principal: "the rotation function's role".to_owned(),
            action: format!("{name}:{operation}"),
            resource: None,
            decision: Self::MISSING,
        }
    }

    /// 403 from the gateways in front of most services [REC], under IAM's code for Query
    /// services [M]; 400 from Secrets Manager, like all its errors [R].
    pub(crate) fn wire_error(&self) -> WireError {
        let (code, status) = match (self.service, self.service.protocol()) {
            (_, Protocol::Query) => ("AccessDenied", 403),
            (_, Protocol::AwsJson) => ("AccessDeniedException", 400),
            _ => ("AccessDeniedException", 403),
        };
        WireError::new(code, status, self.to_string())
    }
}

/// As users have pasted it [U]: the resource stands as the call named it, and AssumeRole gives no
/// reason.
impl std::fmt::Display for Denial {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            principal, action, ..
        } = self;
        if let Decision::Undecided { keys } = &self.decision {
            return self.write_undecided(f, keys);
        }
        write!(
            f,
            "User: {principal} is not authorized to perform: {action}"
        )?;
        if let Some(resource) = &self.resource {
            write!(f, " on resource: {resource}")?;
        }
        if action == "sts:AssumeRole" {
            return Ok(());
        }
        match &self.decision {
            Decision::Allowed | Decision::Undecided { .. } => Ok(()),
            Decision::ImplicitDeny { missing } => {
                let kind = kind(*missing);
                write!(f, " because no {kind} policy allows the {action} action")
            }
            Decision::ExplicitDeny { source, .. } => {
                let article = if *source == Source::Identity {
                    "an"
                } else {
                    "a"
                };
                let kind = kind(*source);
                write!(f, " with an explicit deny in {article} {kind} policy")
            }
        }
    }
}

impl Denial {
    /// In our words: AWS might allow the call.
    fn write_undecided(
        &self,
        f: &mut std::fmt::Formatter<'_>,
        keys: &BTreeSet<String>,
    ) -> std::fmt::Result {
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let resource = self.resource.as_deref().unwrap_or("*");
        write!(
            f,
            "Keywheel cannot decide whether {} may perform {} on {resource}: the policies depend on \
             {}, which cannot be known here. With --iam audit the call is made and reported.",
            self.principal,
            self.action,
            keys.join(", ")
        )
    }
}

fn kind(source: Source) -> &'static str {
    match source {
        Source::Identity => "identity-based",
        Source::Resource => "resource-based",
        Source::Session => "session",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn denial(action: &str, resource: Option<&str>, decision: Decision) -> String {
        let denial = Denial {
            service: Service::SecretsManager,
            principal: "arn:aws:iam::111122223333:user/ann".to_owned(),
            action: action.to_owned(),
            resource: resource.map(str::to_owned),
            decision,
        };
        denial.to_string()
    }

    #[test]
    fn what_is_undecided_is_told_in_words_of_ours() {
        let keys = ["aws:SourceVpce", "aws:PrincipalOrgID"].map(str::to_owned);
        let decision = Decision::Undecided { keys: keys.into() };
        assert_eq!(
            denial("secretsmanager:GetSecretValue", Some("db"), decision),
            "Keywheel cannot decide whether arn:aws:iam::111122223333:user/ann may perform \
             secretsmanager:GetSecretValue on db: the policies depend on aws:PrincipalOrgID, \
             aws:SourceVpce, which cannot be known here. With --iam audit the call is made and \
             reported."
        );
    }

    #[test]
    fn denials_read_as_users_have_pasted_them() {
        let missing = Decision::ImplicitDeny {
            missing: Source::Identity,
        };
        assert_eq!(
            denial("secretsmanager:GetSecretValue", Some("db"), missing.clone()),
            "User: arn:aws:iam::111122223333:user/ann is not authorized to perform: \
             secretsmanager:GetSecretValue on resource: db because no identity-based policy \
             allows the secretsmanager:GetSecretValue action"
        );
        let list = denial("secretsmanager:ListSecrets", None, missing.clone());
        assert!(
            list.contains("ListSecrets because no identity-based policy allows"),
            "{list}"
        );
        let assume = denial("sts:AssumeRole", Some("arn:r"), missing);
        assert!(
            assume.ends_with("sts:AssumeRole on resource: arn:r"),
            "{assume}"
        );
        for (source, end) in [
            (
                Source::Identity,
                "with an explicit deny in an identity-based policy",
            ),
            (
                Source::Resource,
                "with an explicit deny in a resource-based policy",
            ),
            (Source::Session, "with an explicit deny in a session policy"),
        ] {
            let decision = Decision::ExplicitDeny { source, sid: None };
            assert!(denial("a:b", Some("*"), decision).ends_with(end), "{end}");
        }
    }
}
