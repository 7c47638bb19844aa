//! Which condition keys a request can have, so that a key which is not there is told from one that
//! nobody can know here.
//!
//! The table of a service's keys by action is AWS's [D]: `facts/condition_keys.txt`, with its date. A
//! key that the table gives to another action of the service is certainly absent; so is one that is
//! given to this action, since all of those are set here if the request has them. Of any other key
//! it is not known whether AWS would set it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// Keys that every request may have and that are set here if it has them; in small letters.
const GLOBAL: [&str; 31] = [
    "aws:calledvia",
    "aws:calledviafirst",
    "aws:calledvialast",
    "aws:currenttime",
    "aws:epochtime",
    "aws:federatedprovider",
    "aws:multifactorauthage",
    "aws:multifactorauthpresent",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalisawsservice",
    "aws:principalservicename",
    "aws:principalservicenameslist",
    "aws:principaltag/*",
    "aws:principaltype",
    "aws:requestedregion",
    "aws:requesttag/*",
    "aws:resourceaccount",
    "aws:resourcetag/*",
    "aws:securetransport",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceidentity",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:tagkeys",
    "aws:tokenissuetime",
    "aws:userid",
    "aws:username",
    "aws:viaawsservice",
    "lambda:sourcefunctionarn",
];

/// The keys of each service, by its name; in small letters.
static BY_SERVICE: LazyLock<BTreeMap<&str, BTreeSet<String>>> = LazyLock::new(|| {
    let mut by_service: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (action, keys) in rows() {
        let service = action.split(':').next().unwrap_or(action);
        let keys = keys.map(str::to_ascii_lowercase);
        by_service.entry(service).or_default().extend(keys);
    }
    by_service
});

/// The rows of the table: an action and its keys, a variable part as `*`.
pub fn rows() -> impl Iterator<Item = (&'static str, impl Iterator<Item = &'static str>)> {
    let text = include_str!("../../../facts/condition_keys.txt");
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(|row| {
        let mut words = row.split(' ');
        Some((words.next()?, words))
    })
}

/// Is it certain that a request for this action has not the key, if it is not set?
pub(super) fn is_known(action: &str, key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    let is_it = |known: &str| match known.strip_suffix('*') {
        Some(start) => key.starts_with(start),
        None => known == key,
    };
    let service = action.split(':').next().unwrap_or(action);
    let of_service = BY_SERVICE.get(service).into_iter().flatten();
    GLOBAL.into_iter().any(is_it) || of_service.map(String::as_str).any(is_it)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_the_actions_of_six_services_and_their_keys() {
        assert_eq!(BY_SERVICE.len(), 6, "{:?}", BY_SERVICE.keys());
        let of = |wanted: &str| -> Vec<&str> {
            let row = rows().find(|(action, _)| *action == wanted);
            row.into_iter().flat_map(|(_, keys)| keys).collect()
        };
        let get = of("secretsmanager:GetSecretValue");
        assert!(
            get.contains(&"secretsmanager:resource/AllowRotationLambdaArn"),
            "{get:?}"
        );
        assert!(!get.contains(&"secretsmanager:RecoveryWindowInDays"));
        assert!(of("iam:AttachRolePolicy").contains(&"iam:PolicyARN"));
    }

    #[test]
    fn a_key_is_known_if_the_service_or_every_request_has_it() {
        let get = "secretsmanager:GetSecretValue";
        for key in [
            "AWS:PrincipalTag/team",
            "aws:username",
            "secretsmanager:RecoveryWindowInDays",
            "secretsmanager:ResourceTag/a:b",
            "SECRETSMANAGER:resource/type",
        ] {
            assert!(is_known(get, key), "{key}");
        }
        for key in [
            "aws:PrincipalOrgID",
            "aws:SourceIp",
            "aws:SourceVpce",
            "kms:ViaService",
            "secretsmanager:Never",
            "iam:PolicyARN",
            "anything",
        ] {
            assert!(!is_known(get, key), "{key}");
        }
    }
}
