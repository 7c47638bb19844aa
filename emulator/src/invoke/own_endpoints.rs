//! Addresses of AWS in a function's own variables. Templates put
//! `https://secretsmanager.us-east-1.amazonaws.com` there; called from here, it would be AWS itself,
//! or ten seconds of waiting where there is no way out.

use std::collections::BTreeMap;

use crate::state::lambda::AwsAddresses;

/// The services whose endpoints lead to the emulator.
const EMULATED: [&str; 6] = ["secretsmanager", "appsync", "lambda", "logs", "iam", "sts"];

/// Lets addresses of emulated services lead to `endpoint`, if they are to be rewritten. Gives the
/// lines that the function's log is to say about it; values are not repeated, but for the host.
pub(super) fn lead_here(
    variables: &mut BTreeMap<String, String>,
    endpoint: &str,
    addresses: AwsAddresses,
) -> Vec<String> {
    let mut lines = Vec::new();
    for (name, value) in variables {
        let Some(host) = aws_host(value) else {
            continue;
        };
        let service = host.split('.').next().unwrap_or_default();
        let is_emulated = EMULATED.contains(&service);
        if addresses == AwsAddresses::Rewrite && is_emulated {
            lines.push(format!(
                "[KEYWHEEL] The variable {name} names {host}: the function gets {endpoint} instead."
            ));
            endpoint.clone_into(value);
        } else {
            lines.push(format!(
                "[KEYWHEEL] The variable {name} names {host}, which is AWS itself and not the \
                 emulator."
            ));
        }
    }
    lines
}

/// The host of a URL that is an endpoint of AWS and nothing more.
pub(super) fn aws_host(value: &str) -> Option<&str> {
    let rest = value
        .strip_prefix("https://")
        .or_else(|| value.strip_prefix("http://"))?;
    let host = rest.strip_suffix('/').unwrap_or(rest);
    let is_host = host
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-');
    let is_of_aws = host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn");
    (is_host && is_of_aws).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: &str = "http://127.0.0.1:9001";

    fn led(value: &str, addresses: AwsAddresses) -> (String, usize) {
        let mut variables = BTreeMap::from([("ENDPOINT".to_owned(), value.to_owned())]);
        let lines = lead_here(&mut variables, HERE, addresses);
        (variables.remove("ENDPOINT").unwrap(), lines.len())
    }

    #[test]
    fn addresses_of_emulated_services_lead_here() {
        for value in [
            "https://secretsmanager.us-east-1.amazonaws.com",
            "https://secretsmanager.us-east-1.amazonaws.com/",
            "https://lambda.cn-north-1.amazonaws.com.cn",
            "https://iam.amazonaws.com",
        ] {
            assert_eq!(
                led(value, AwsAddresses::Rewrite),
                (HERE.to_owned(), 1),
                "{value}"
            );
            assert_eq!(
                led(value, AwsAddresses::Warn),
                (value.to_owned(), 1),
                "{value}"
            );
        }
    }

    #[test]
    fn others_stay_and_those_of_aws_are_told() {
        for (value, lines) in [
            ("https://sqs.us-east-1.amazonaws.com", 1),
            ("https://secretsmanager.us-east-1.amazonaws.com/path", 0),
            ("https://example.com", 0),
            ("secretsmanager.us-east-1.amazonaws.com", 0),
            ("", 0),
        ] {
            assert_eq!(
                led(value, AwsAddresses::Rewrite),
                (value.to_owned(), lines),
                "{value}"
            );
        }
    }
}
