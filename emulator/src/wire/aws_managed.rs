//! The managed policies of AWS that are known here, with their documents as they were in August
//! 2026 [D]. The ids of most are not told by anything public, and are made up.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use serde::Deserialize;
use serde_json::Value;

use crate::state::iam::managed_policy::ManagedPolicy;
use crate::state::iam::tags::Tags;
use crate::state::policy::PolicyText;
use crate::time::Timestamp;

use super::policy_document::{Form, parse};

/// A policy, as the table has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    name: String,
    path: String,
    id: String,
    /// Of the version that is the default.
    version: String,
    /// When that version was made.
    date: String,
    document: Value,
}

/// By path and name.
static KNOWN: LazyLock<BTreeMap<String, ManagedPolicy>> = LazyLock::new(|| {
    let text = include_str!("../../facts/aws_managed_policies.json");
    let all: Vec<Known> = serde_json::from_str(text).expect("the table is a constant, and tested");
    let policy = |known: Known| (format!("{}{}", known.path, known.name), policy(known));
    all.into_iter().map(policy).collect()
});

fn policy(known: Known) -> ManagedPolicy {
    let text = known.document.to_string();
    let document = parse(&text, Form::Managed).expect("the documents are constants, and tested");
    ManagedPolicy {
        arn: format!("arn:aws:iam::aws:policy{}{}", known.path, known.name),
        name: known.name,
        path: known.path,
        id: known.id,
        description: None,
        created: Timestamp::parse(&known.date).unwrap_or(Timestamp::EPOCH),
        text: Arc::new(PolicyText { text, document }),
        version: known.version,
        others: Vec::new(),
        tags: Tags::default(),
    }
}

/// A policy of AWS by its ARN, in whatever partition.
pub fn find(arn: &str) -> Option<&'static ManagedPolicy> {
    KNOWN.get(name_in(arn)?)
}

/// Is it the ARN of a policy of AWS?
pub fn is_of_aws(arn: &str) -> bool {
    name_in(arn).is_some()
}

/// Path and name.
fn name_in(arn: &str) -> Option<&str> {
    let (head, name) = arn.split_once(":iam::aws:policy")?;
    let is_partition = head.starts_with("arn:aws") && !head["arn:".len()..].contains(':');
    (is_partition && name.starts_with('/')).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_document_is_a_policy_that_may_be_attached() {
        assert!(KNOWN.len() >= 25, "{}", KNOWN.len());
        for (name, policy) in KNOWN.iter() {
            assert!(policy.created > Timestamp::EPOCH, "{name}");
            assert!(!policy.text.document.statements.is_empty(), "{name}");
            assert!(
                policy.id.starts_with("ANPA") && policy.id.len() >= 20,
                "{name}"
            );
        }
    }

    #[test]
    fn they_are_found_by_path_and_name_in_every_partition() {
        let name = "policy/service-role/AWSLambdaVPCAccessExecutionRole";
        for partition in ["aws", "aws-cn", "aws-us-gov"] {
            let found = find(&format!("arn:{partition}:iam::aws:{name}")).unwrap();
            assert_eq!(
                (found.version.as_str(), &*found.path),
                ("v3", "/service-role/")
            );
        }
        for other in [
            "arn:aws:iam::aws:policy/AWSLambdaVPCAccessExecutionRole",
            "arn:aws:iam::111122223333:policy/AdministratorAccess",
            "AdministratorAccess",
        ] {
            assert!(find(other).is_none(), "{other}");
        }
        assert!(is_of_aws("arn:aws:iam::aws:policy/SecurityAudit"));
        assert!(!is_of_aws("arn:x:y:iam::aws:policy/SecurityAudit"));
    }
}
