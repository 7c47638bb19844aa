//! The policies of AWS that are known here. Others cannot be attached, which is said, rather than
//! attached without effect.

use std::sync::LazyLock;

use crate::ids::AccountId;
use crate::state::policy::pattern::Pattern;
use crate::state::policy::{Document, Effect, Selection, Statement, Version};
use crate::time::Timestamp;

use super::managed_policy::ManagedPolicy;
use super::names::Place;
use super::text::PolicyText;

/// A policy of AWS by its ARN, in whatever partition.
pub fn find(arn: &str) -> Option<&'static ManagedPolicy> {
    let (head, name) = arn.split_once(":iam::aws:policy")?;
    let is_partition = ["arn:aws", "arn:aws-cn", "arn:aws-us-gov"].contains(&head);
    let is_it = |policy: &&ManagedPolicy| format!("{}{}", policy.path, policy.name) == name;
    KNOWN.iter().filter(|_| is_partition).find(is_it)
}

/// Name, path, id, and what is allowed on every resource [D].
type Known = (
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
);

const ALLOWED: &[Known] = &[
    ("AdministratorAccess", "/", "ANPAIWMBCKSKIEE64ZLYK", &["*"]),
    (
        "AWSLambdaBasicExecutionRole",
        "/service-role/",
        "ANPAJNCQGXC42545SKXIK",
        &[
            "logs:CreateLogGroup",
            "logs:CreateLogStream",
            "logs:PutLogEvents",
        ],
    ),
    (
        "AWSAppSyncAdministrator",
        "/",
        "ANPAJBYY36AJPXTTWIXCY",
        &["appsync:*"],
    ),
];

static KNOWN: LazyLock<Vec<ManagedPolicy>> = LazyLock::new(|| ALLOWED.iter().map(policy).collect());

fn policy((name, path, id, actions): &Known) -> ManagedPolicy {
    let place = Place {
        partition: "aws",
        account: &AccountId::new("aws"),
        path,
    };
    let id = (*id).to_owned();
    ManagedPolicy::with_id(name, id, None, text(actions), &place, Timestamp::EPOCH)
}

fn text(actions: &[&str]) -> PolicyText {
    let quoted: Vec<String> = actions.iter().map(|it| format!("\"{it}\"")).collect();
    let list = quoted.join(", ");
    let text = format!(
        "{{\"Version\": \"2012-10-17\", \"Statement\": [{{\"Effect\": \"Allow\", \
         \"Action\": [{list}], \"Resource\": \"*\"}}]}}"
    );
    let pattern = |text: &&str| Pattern::new(*text, Version::V2012);
    let statement = Statement {
        sid: None,
        effect: Effect::Allow,
        principals: None,
        actions: Selection::Only(actions.iter().map(pattern).collect()),
        resources: Some(Selection::Only(vec![pattern(&"*")])),
        conditions: vec![],
    };
    let document = Document {
        version: Version::V2012,
        statements: vec![statement],
    };
    PolicyText { text, document }
}
