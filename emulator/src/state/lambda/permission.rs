//! Who may invoke a function: the statements that AddPermission makes, and what they grant.

use crate::state::policy::pattern::Pattern;
use crate::state::policy::{Context, Version};

use super::error::LambdaError;

/// A resource policy. Every statement allows; AddPermission makes no others [D].
#[derive(Clone, Debug, Default)]
pub struct Policy {
    statements: Vec<Statement>,
    /// Changes with every change.
    pub revision_id: String,
}

/// One permission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its id.
    pub sid: String,
    /// Who is permitted.
    pub principal: Principal,
    /// The unique id of the user or role that had the principal's ARN when it was permitted.
    pub principal_id: Option<String>,
    /// What, such as `lambda:InvokeFunction`; a `*` stands for anything.
    pub action: String,
    /// The function, perhaps with a qualifier.
    pub resource: String,
    /// Only for resources of this account.
    pub source_account: Option<String>,
    /// Only for these resources; `*` and `?` are wildcards.
    pub source_arn: Option<String>,
    /// Only for principals of this organisation.
    pub principal_org: Option<String>,
    /// Only for events that carry this token.
    pub event_source_token: Option<String>,
    /// Only for calls of the function's URL with this kind of authentication.
    pub url_auth_type: Option<String>,
    /// Only for calls that come by the function's URL, or only for others.
    pub is_via_url: Option<bool>,
}

/// Who is permitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// Everybody.
    Anyone,
    /// A service such as `secretsmanager.amazonaws.com`.
    Service(String),
    /// An account, as the ARN of its root, or another principal's ARN.
    Aws(String),
}

impl Principal {
    /// Reads what AddPermission takes: `*`, a service, an account or an ARN.
    ///
    /// # Errors
    /// [`LambdaError::PrincipalInvalid`].
    pub fn parse(text: &str, partition: &str) -> Result<Self, LambdaError> {
        let is_account = text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
        if text == "*" {
            Ok(Self::Anyone)
        } else if is_account {
            Ok(Self::Aws(format!("arn:{partition}:iam::{text}:root")))
        } else if text.starts_with("arn:") && text.contains(":iam::") {
            Ok(Self::Aws(text.to_owned()))
        } else if text.contains('.') && !text.contains(|c: char| c.is_whitespace() || c == '/') {
            Ok(Self::Service(text.to_owned()))
        } else {
            Err(LambdaError::PrincipalInvalid)
        }
    }
}

/// A service that wants to invoke a function, and on whose behalf.
#[derive(Clone, Copy, Debug)]
pub struct Invoker<'a> {
    /// The service, such as `secretsmanager.amazonaws.com`.
    pub service: &'a str,
    /// The account that owns what it acts for.
    pub source_account: &'a str,
    /// The ARN of what it acts for.
    pub source_arn: &'a str,
}

/// The service that rotates secrets.
pub const SECRETS_MANAGER: &str = "secretsmanager.amazonaws.com";

/// What is done to a function that is run.
const INVOKE: &str = "lambda:InvokeFunction";

impl Policy {
    /// Does it permit nothing?
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }

    /// Its statements, oldest first.
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// Adds a permission.
    ///
    /// # Errors
    /// Its id is taken.
    pub fn add(&mut self, statement: Statement, revision_id: String) -> Result<(), LambdaError> {
        if self
            .statements
            .iter()
            .any(|other| other.sid == statement.sid)
        {
            return Err(LambdaError::StatementExists(statement.sid));
        }
        self.statements.push(statement);
        self.revision_id = revision_id;
        Ok(())
    }

    /// Takes a permission away.
    ///
    /// # Errors
    /// There is none of that id.
    pub fn remove(&mut self, sid: &str, revision_id: String) -> Result<(), LambdaError> {
        let at = self
            .statements
            .iter()
            .position(|statement| statement.sid == sid);
        let at = at.ok_or_else(|| LambdaError::StatementNotFound(sid.to_owned()))?;
        self.statements.remove(at);
        self.revision_id = revision_id;
        Ok(())
    }

    /// Does a statement permit this? One is enough; all of its conditions must hold.
    pub fn grants(&self, invoker: &Invoker<'_>) -> bool {
        self.statements
            .iter()
            .any(|statement| statement.grants(invoker))
    }
}

impl Statement {
    fn grants(&self, invoker: &Invoker<'_>) -> bool {
        let is_principal = match &self.principal {
            Principal::Anyone => true,
            Principal::Service(service) => service == invoker.service,
            Principal::Aws(_) => false,
        };
        let is_account = |account: &String| account == invoker.source_account;
        let pattern = |text: &String| Pattern::new(text.as_str(), Version::V2012);
        let context = Context::default();
        let is_source = |arn: &String| pattern(arn).is_like_arn(invoker.source_arn, &context);
        is_principal
            && pattern(&self.action).matches_action(INVOKE)
            // Secrets Manager is of no organisation, carries no token and calls no URL.
            && self.principal_org.is_none()
            && self.event_source_token.is_none()
            && self.url_auth_type.is_none()
            && self.is_via_url.is_none()
            && self.source_account.as_ref().is_none_or(is_account)
            && self.source_arn.as_ref().is_none_or(is_source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "arn:aws:secretsmanager:us-east-1:000000000000:secret:s-AbCdEf";
    const INVOKER: Invoker<'_> = Invoker {
        service: "secretsmanager.amazonaws.com",
        source_account: "000000000000",
        source_arn: SECRET,
    };

    fn statement() -> Statement {
        Statement {
            sid: "s".to_owned(),
            principal: Principal::Service("secretsmanager.amazonaws.com".to_owned()),
            principal_id: None,
            action: INVOKE.to_owned(),
            resource: "arn:aws:lambda:us-east-1:000000000000:function:f".to_owned(),
            source_account: None,
            source_arn: None,
            principal_org: None,
            event_source_token: None,
            url_auth_type: None,
            is_via_url: None,
        }
    }

    #[track_caller]
    fn check(is_granted: bool, change: impl FnOnce(&mut Statement)) {
        let mut statement = statement();
        change(&mut statement);
        assert_eq!(statement.grants(&INVOKER), is_granted, "{statement:?}");
    }

    #[test]
    fn the_service_must_be_the_principal() {
        check(true, |_| {});
        check(true, |s| s.principal = Principal::Anyone);
        let service = |name: &str| Principal::Service(name.to_owned());
        check(false, |s| s.principal = service("events.amazonaws.com"));
        let root = Principal::parse("000000000000", "aws").unwrap();
        check(false, |s| s.principal = root);
    }

    #[test]
    fn action_source_account_and_source_arn_must_match() {
        check(true, |s| s.action = "lambda:*".to_owned());
        check(false, |s| s.action = "lambda:GetFunction".to_owned());
        check(true, |s| s.source_account = Some("000000000000".to_owned()));
        check(false, |s| {
            s.source_account = Some("111122223333".to_owned());
        });
        check(true, |s| s.source_arn = Some(SECRET.to_owned()));
        let any = "arn:aws:secretsmanager:us-east-1:000000000000:secret:s-??????";
        check(true, |s| s.source_arn = Some(any.to_owned()));
        let other = "arn:aws:secretsmanager:us-east-1:000000000000:secret:t-*";
        check(false, |s| s.source_arn = Some(other.to_owned()));
        check(false, |s| s.principal_org = Some("o-aaaaaaaaaa".to_owned()));
        check(false, |s| s.event_source_token = Some("t".to_owned()));
        check(false, |s| s.url_auth_type = Some("NONE".to_owned()));
        check(false, |s| s.is_via_url = Some(false));
    }

    #[test]
    fn one_statement_of_many_is_enough_and_ids_are_taken_once() {
        let mut policy = Policy::default();
        let mut other = statement();
        other.sid = "t".to_owned();
        other.action = "lambda:GetFunction".to_owned();
        policy.add(other.clone(), "1".to_owned()).unwrap();
        assert!(!policy.grants(&INVOKER));
        policy.add(statement(), "2".to_owned()).unwrap();
        assert!(policy.grants(&INVOKER));
        let taken = Err(LambdaError::StatementExists("t".to_owned()));
        assert_eq!(policy.add(other, "3".to_owned()), taken);
        policy.remove("s", "4".to_owned()).unwrap();
        assert!(!policy.grants(&INVOKER));
        let gone = Err(LambdaError::StatementNotFound("s".to_owned()));
        assert_eq!(policy.remove("s", "5".to_owned()), gone);
    }
}
