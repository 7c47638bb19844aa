//! Resource policies as JSON text, with the keys that Lambda writes [R].

use serde_json::{Map, Value, json};

use crate::ops::iam::policy::read_of_resource;
use crate::state::World;
use crate::state::iam::Accounts;
use crate::state::lambda::error::LambdaError;
use crate::state::lambda::permission::{Policy, Principal, Statement};
use crate::state::policy::Document;
use crate::wire::policy_document::{Form, parse};

fn document(statements: &[Value]) -> String {
    json!({ "Version": "2012-10-17", "Id": "default", "Statement": statements }).to_string()
}

/// The whole policy: whoever is gone is shown by the unique id [U].
pub(super) fn shown(policy: &Policy, accounts: &Accounts) -> String {
    let shown = |it: &Statement| {
        let mut value = statement(it);
        if let (Principal::Aws(arn), Some(id)) = (&it.principal, &it.principal_id)
            && accounts.unique_id(arn).as_ref() != Some(id)
        {
            value["Principal"] = json!({ "AWS": id });
        }
        value
    };
    let statements: Vec<Value> = policy.statements().iter().map(shown).collect();
    document(&statements)
}

/// What a policy means: each statement means who had the ARN when it was made.
pub(in crate::ops) fn meaning(policy: &Policy) -> Document {
    let statements: Vec<Value> = policy.statements().iter().map(statement).collect();
    let read = parse(&document(&statements), Form::Resource);
    let mut document = read.expect("each statement was read before it was added");
    for (read, made) in document.statements.iter_mut().zip(policy.statements()) {
        read.bind(&|_| made.principal_id.clone());
    }
    document
}

/// Refuses a statement that is no statement of a policy, or whose principal is not there.
pub(super) fn check(made: &Statement, world: &World) -> Result<(), LambdaError> {
    let text = document(&[statement(made)]);
    match read_of_resource(text, Form::Resource, world) {
        Ok(_) => Ok(()),
        Err(_) => Err(LambdaError::PrincipalInvalid),
    }
}

/// One permission.
pub(super) fn statement(statement: &Statement) -> Value {
    let principal = match &statement.principal {
        Principal::Anyone => json!("*"),
        Principal::Service(name) => json!({ "Service": name }),
        Principal::Aws(arn) => json!({ "AWS": arn }),
    };
    let mut value = json!({
        "Sid": statement.sid,
        "Effect": "Allow",
        "Principal": principal,
        "Action": statement.action,
        "Resource": statement.resource,
    });
    let conditions = conditions(statement);
    if !conditions.is_empty() {
        value["Condition"] = Value::Object(conditions);
    }
    value
}

fn conditions(statement: &Statement) -> Map<String, Value> {
    let mut equal = Map::new();
    if let Some(account) = &statement.source_account {
        equal.insert("AWS:SourceAccount".to_owned(), json!(account));
    }
    if let Some(kind) = &statement.url_auth_type {
        equal.insert("lambda:FunctionUrlAuthType".to_owned(), json!(kind));
    }
    if let Some(token) = &statement.event_source_token {
        equal.insert("lambda:EventSourceToken".to_owned(), json!(token));
    }
    if let Some(organisation) = &statement.principal_org {
        equal.insert("aws:PrincipalOrgID".to_owned(), json!(organisation));
    }
    let mut conditions = Map::new();
    if !equal.is_empty() {
        conditions.insert("StringEquals".to_owned(), Value::Object(equal));
    }
    if let Some(is_via_url) = statement.is_via_url {
        let flag = json!({ "lambda:InvokedViaFunctionUrl": is_via_url.to_string() });
        conditions.insert("Bool".to_owned(), flag);
    }
    if let Some(arn) = &statement.source_arn {
        conditions.insert("ArnLike".to_owned(), json!({ "AWS:SourceArn": arn }));
    }
    conditions
}
