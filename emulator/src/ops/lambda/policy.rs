//! Resource policies as JSON text, with the keys that Lambda writes [R].

use serde_json::{Map, Value, json};

use crate::state::lambda::permission::{Policy, Principal, Statement};

/// The whole policy.
pub(in crate::ops) fn document(policy: &Policy) -> String {
    let statements: Vec<Value> = policy.statements().iter().map(statement).collect();
    json!({ "Version": "2012-10-17", "Id": "default", "Statement": statements }).to_string()
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
