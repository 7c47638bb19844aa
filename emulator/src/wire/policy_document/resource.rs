//! What the ARN of a resource in a policy may be [R].

use super::malformed::Malformed;

/// The partitions of AWS [D].
const PARTITIONS: [&str; 8] = [
    "aws",
    "aws-cn",
    "aws-us-gov",
    "aws-iso",
    "aws-iso-b",
    "aws-iso-e",
    "aws-iso-f",
    "aws-eusc",
];

/// What the name of a thing in IAM begins with.
const IN_IAM: [&str; 13] = [
    "user/",
    "federated-user/",
    "role/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
];

/// Refuses what is no resource.
pub(super) fn check(text: &str) -> Result<(), Malformed> {
    if text == "*" {
        return Ok(());
    }
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let Some(partition) = parts.get(1) else {
        return Err(Malformed::NotArn(text.to_owned()));
    };
    if *partition != "*" && !PARTITIONS.contains(partition) {
        return Err(bad_partition(partition, &parts));
    }
    let part = |at: usize| parts.get(at).copied().unwrap_or_default();
    let (vendor, region, account) = (part(2), part(3), part(4));
    if parts.len() < 3 || vendor.contains(['*', '?']) {
        return Err(Malformed::ResourceVendor);
    }
    match vendor {
        "iam" if !region.is_empty() => return Err(Malformed::IamRegion(text.to_owned())),
        // Access points are in a Region and an account; buckets and objects in neither.
        "s3" if !region.is_empty() && account.is_empty() => {
            return Err(Malformed::Region(text.to_owned()));
        }
        "iam" if parts.len() == 6 && !is_in_iam(part(5)) => return Err(Malformed::IamPath),
        _ => {}
    }
    let lacks_parts = parts.len() < 6 && text.contains("::");
    if vendor.is_empty() || lacks_parts {
        return Err(Malformed::Legacy);
    }
    Ok(())
}

fn is_in_iam(name: &str) -> bool {
    name == "*" || IN_IAM.iter().any(|start| name.starts_with(start))
}

fn bad_partition(partition: &str, parts: &[&str]) -> Malformed {
    let mut shown = vec!["arn"];
    shown.extend(&parts[1..]);
    shown.resize(6, "*");
    Malformed::Partition {
        partition: partition.to_owned(),
        resource: shown.join(":"),
    }
}
