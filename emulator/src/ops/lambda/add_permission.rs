//! AddPermission: lets a service or an account invoke a function.

use serde::{Deserialize, Serialize};

use crate::ops::{Context, Kind, Operation};
use crate::state::World;
use crate::state::error::ApiError;
use crate::state::lambda::error::Revised;
use crate::state::lambda::permission::{Principal, Statement};
use crate::state::lambda::revision;
use crate::wire::payload::Required;
use crate::wire::validate::{Constrained, Violations, between};

use super::input::{Named, check_revision, check_sid};
use super::policy;

/// AddPermission [MODEL].
pub(super) struct AddPermission;

/// Input: the function, and what is permitted to whom.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Input {
    #[serde(flatten)]
    function: Named,
    #[serde(default)]
    statement_id: Required<String>,
    #[serde(default)]
    action: Required<String>,
    #[serde(default)]
    principal: Required<String>,
    source_arn: Option<String>,
    source_account: Option<String>,
    #[serde(rename = "PrincipalOrgID")]
    principal_org_id: Option<String>,
    event_source_token: Option<String>,
    function_url_auth_type: Option<String>,
    invoked_via_function_url: Option<bool>,
    revision_id: Option<String>,
}

impl Constrained for Input {
    fn check(&self, violations: &mut Violations) {
        self.function.check(violations);
        violations.present("statementId", &self.statement_id);
        if self.statement_id.is_present() {
            check_sid(violations, &self.statement_id);
        }
        violations.present("action", &self.action);
        if self.action.is_present() {
            let pattern = "(lambda:[*]|lambda:[a-zA-Z]+|[*])";
            violations.pattern("action", &self.action, pattern, is_action(&self.action));
        }
        violations.required_text("principal", &self.principal, between(1, 2048));
        let words = ["NONE", "AWS_IAM"];
        let url_auth_type = self.function_url_auth_type.as_ref();
        violations.one_of("functionUrlAuthType", url_auth_type, &words);
        if let Some(token) = &self.event_source_token {
            violations.text("eventSourceToken", token, between(0, 256));
            let is_letter = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
            let is_met = !token.is_empty() && token.bytes().all(is_letter);
            let pattern = "[a-zA-Z0-9._\\-]+";
            violations.pattern("eventSourceToken", token, pattern, is_met);
        }
        if let Some(account) = &self.source_account {
            let is_met = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
            violations.pattern("sourceAccount", account, "\\d{12}", is_met);
        }
        if let Some(arn) = &self.source_arn {
            let pattern = "arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\\-])+:([a-z]{2}(-gov)?-[a-z]+-\\d{1})?:(\\d{12})?:(.*)";
            let is_met = arn.starts_with("arn:aws") && arn.split(':').count() >= 6;
            violations.pattern("sourceArn", arn, pattern, is_met);
        }
    }
}

fn is_action(text: &str) -> bool {
    let name = text.strip_prefix("lambda:");
    text == "*"
        || name.is_some_and(|name| {
            let is_word = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphabetic());
            name == "*" || is_word
        })
}

/// Output: the statement, as JSON in a text.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Output {
    statement: String,
}

impl Operation for AddPermission {
    const NAME: &'static str = "AddPermission";
    const KIND: Kind = Kind::Write;
    const STATUS: u16 = 201;
    type Input = Input;
    type Output = Output;

    fn apply(world: &mut World, cx: &mut Context<'_>, input: Input) -> Result<Output, ApiError> {
        let reference = input.function.reference()?;
        let principal = Principal::parse(&input.principal, cx.scope.region.partition())?;
        let principal_id = match &principal {
            Principal::Aws(arn) => world.iam.unique_id(arn),
            _ => None,
        };
        let statement = Statement {
            sid: input.statement_id.into_inner(),
            principal,
            principal_id,
            action: input.action.into_inner(),
            resource: reference.arn(cx.scope).to_string(),
            source_account: input.source_account,
            source_arn: input.source_arn,
            principal_org: input.principal_org_id,
            event_source_token: input.event_source_token,
            url_auth_type: input.function_url_auth_type,
            is_via_url: input.invoked_via_function_url,
        };
        policy::check(&statement, world)?;
        let functions = &mut cx.partition(world).lambda;
        let function = functions.get_mut(&reference, cx.scope)?;
        let qualifier = reference.qualifier.as_ref();
        if function.version(qualifier).is_none() {
            return Err(reference.not_found(cx.scope).into());
        }
        let policy = function.policy_mut(qualifier);
        let latest = &policy.revision_id;
        check_revision(input.revision_id.as_ref(), latest, Revised::Policy)?;
        let shown = policy::statement(&statement).to_string();
        policy.add(statement, revision(cx.entropy))?;
        Ok(Output { statement: shown })
    }
}
