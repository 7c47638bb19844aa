//! The rules of the grammar, each in the words that AWS has for it.

use super::*;

/// A statement that nothing is wrong with.
const GOOD: &str = r#""Effect":"Allow","Action":"s3:GetObject","Resource":"*""#;

fn whole(statements: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)
}

/// What becomes of one statement in a managed policy: the text of the refusal, or nothing.
fn told(statement: &str) -> String {
    outcome(&whole(&format!("{{{statement}}}")), Form::Managed)
}

fn outcome(text: &str, form: Form) -> String {
    parse(text, form).map_or_else(|why| why.to_string(), |_| String::new())
}

fn on(resource: &str) -> String {
    told(&format!(
        r#""Effect":"Allow","Action":"s3:GetObject","Resource":{resource}"#
    ))
}

fn under(condition: &str) -> String {
    told(&format!(r#"{GOOD},"Condition":{condition}"#))
}

fn doing(action: &str) -> String {
    told(&format!(
        r#""Effect":"Allow","Action":{action},"Resource":"*""#
    ))
}

const SYNTAX: &str = "Syntax errors in policy.";
const LEGACY: &str = "The policy failed legacy parsing";
const OLD: &str = "Policy document must be version 2012-10-17 or greater.";
const VENDOR: &str = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";

#[test]
fn the_shape_of_a_policy_is_looked_at_first() {
    let broken = outcome("{", Form::Managed);
    assert_eq!(broken, "This policy contains invalid Json");
    let in_statement = [
        r#""Effect":"Permit","Action":"a:b","Resource":"*""#,
        r#""Action":"a:b","Resource":"*""#,
        r#""Effect":"Allow","Action":[["a:b"]],"Resource":"*""#,
        r#""Effect":"Allow","Action":{},"Resource":"*""#,
        r#""Effect":"Allow","Action":"a:b","Resource":["*",{}]"#,
        r#""Effect":"Allow","Action":"a:b","NotAction":[],"Resource":"*""#,
        r#""Effect":"Allow","Action":"a:b","Resource":"*","NotResource":"*""#,
    ];
    for statement in in_statement {
        assert_eq!(told(statement), SYNTAX, "{statement}");
    }
    for more in [r#""More":1"#, r#""Sid":{}"#, r#""Condition":[]"#] {
        assert_eq!(told(&format!("{GOOD},{more}")), SYNTAX, "{more}");
    }
    for text in [
        "[]".to_owned(),
        r#""text""#.to_owned(),
        "{}".to_owned(),
        whole(""),
        whole("1"),
        whole(&format!("{{{GOOD}}}")).replace("2012", "2013"),
        format!(r#"{{"Version":"2012-10-17","Id":[],"Statement":{{{GOOD}}}}}"#),
        format!(r#"{{"Version":"2012-10-17","Extra":1,"Statement":{{{GOOD}}}}}"#),
    ] {
        assert_eq!(outcome(&text, Form::Managed), SYNTAX, "{text}");
    }
}

#[test]
fn conditions_have_known_operators_and_plain_values() {
    for bad in [
        r#"{"Equal":{"aws:username":"a"}}"#,
        r#"{"ForAnyValue::StringLike":{"aws:username":"a"}}"#,
        r#"{"StringLike":"a"}"#,
        r#"{"StringLike":[]}"#,
        r#"{"StringLike":{"aws:username":{}}}"#,
        r#"{"StringLike":{"aws:username":null}}"#,
    ] {
        assert_eq!(under(bad), SYNTAX, "{bad}");
    }
    for good in [
        "{}",
        r#"{"Equal":{}}"#,
        r#"{"StringLike":{}}"#,
        r#"{"StringLike":{"aws:username":[]}}"#,
        r#"{"StringLikeIfExists":{"a":"b"}}"#,
        r#"{"Bool":{"aws:SecureTransport":true},"Null":{"a":false}}"#,
        r#"{"NumericLessThan":{"s3:max-keys":10}}"#,
        r#"{"ForAnyValue:Bool":{"a":"True"}}"#,
    ] {
        assert_eq!(under(good), "", "{good}");
    }
}

#[test]
fn dates_are_read_as_loosely_as_aws_reads_them() {
    for (date, is_read) in [
        ("2026-11-22T10:00:00Z", true),
        ("2026-11-22t1:00:00.123456+22", true),
        ("2026-11-22T10:00:00.5-05:30", true),
        ("2026-11", true),
        ("7T", true),
        ("-292275054", true),
        ("1800000000", true),
        ("9223372036854775807", true),
        ("9223372036854775808", false),
        ("soon", false),
        ("26-13", false),
        ("2026-11-22T10:00:00.5+1", false),
        ("2026-11-22T10:00:00.0123456789Z", false),
        ("2026-11-22T24:00", false),
    ] {
        for operator in ["DateLessThan", "DateEqualsIfExists"] {
            let condition = format!(r#"{{"{operator}":{{"aws:CurrentTime":["{date}"]}}}}"#);
            let expected = if is_read { "" } else { LEGACY };
            assert_eq!(under(&condition), expected, "{date}");
        }
    }
}

#[test]
fn a_managed_policy_is_written_in_the_new_language() {
    for text in [
        format!(r#"{{"Statement":{{{GOOD}}}}}"#),
        whole(&format!("{{{GOOD}}}")).replace("2012", "2008"),
        r#"{"Statement":{"Effect":"deny"}}"#.to_owned(),
    ] {
        assert_eq!(outcome(&text, Form::Managed), OLD, "{text}");
    }
    let old = format!(r#"{{"Statement":{{{GOOD}}}}}"#);
    let old = parse(&old, Form::Identity).unwrap();
    assert_eq!(old.version, Version::V2008, "an inline policy may be old");
}

#[test]
fn resources_are_arns_of_what_there_can_be() {
    let not_arn = |text: &str| format!(r#"Resource {text} must be in ARN format or "*"."#);
    let partition =
        |name: &str, arn: &str| format!(r#"Partition "{name}" is not valid for resource "{arn}"."#);
    let vendor = "Resource vendor must be fully qualified and cannot contain regexes.".to_owned();
    for (resource, expected) in [
        (r#""bucket""#, not_arn("bucket")),
        (r#""""#, not_arn("")),
        (r#"["*","bucket"]"#, not_arn("bucket")),
        (r#""x:y""#, partition("y", "arn:y:*:*:*:*")),
        (r#""x:y:z""#, partition("y", "arn:y:z:*:*:*")),
        (r#""x:1:2:3:4:5:6""#, partition("1", "arn:1:2:3:4:5:6")),
        (r#""arn:aws""#, vendor.clone()),
        (r#""arn:aws:*:*:*:*""#, vendor),
        (r#""arn:aws:s3::bucket""#, LEGACY.to_owned()),
        (r#""arn:aws::bucket""#, LEGACY.to_owned()),
        (r#""arn:aws::::bucket""#, LEGACY.to_owned()),
        (
            r#""arn:aws:s3:eu-west-1::bucket""#,
            "Resource arn:aws:s3:eu-west-1::bucket can not contain region information.".to_owned(),
        ),
        (
            r#""arn:aws:iam:eu-west-1::role/r""#,
            "IAM resource arn:aws:iam:eu-west-1::role/r cannot contain region information."
                .to_owned(),
        ),
    ] {
        assert_eq!(on(resource), expected, "{resource}");
    }
    let path = on(r#""arn:aws:iam::111122223333:roles/r""#);
    assert!(path.starts_with("IAM resource path must either be \"*\" or start with user/, "));
    assert!(path.ends_with("report/, access-report/."), "{path}");
    for good in [
        r#"["*",null]"#,
        r#""arn:*:s3:::bucket""#,
        r#""arn:aws-cn:s3:::bucket""#,
        r#""arn:aws:s3:eu-west-1:111122223333:accesspoint/a""#,
        r#""arn:aws:iam::*:user/${aws:username}""#,
        r#""arn:aws:iam::111122223333:*""#,
        r#""arn:aws:bucket""#,
        r#""arn:aws:logs:*""#,
    ] {
        assert_eq!(on(good), "", "{good}");
    }
}

#[test]
fn actions_name_a_service_and_one_thing_in_it() {
    for (action, expected) in [
        (r#""GetObject""#, VENDOR),
        (r#""""#, VENDOR),
        (r#"":GetObject""#, VENDOR),
        (
            r#"["s3:GetObject","s3:Get:Object"]"#,
            "Actions/Condition can contain only one colon.",
        ),
        (r#""s 3:GetObject""#, "Vendor s 3 is not valid"),
        ("[]", "Policy statement must contain actions."),
        (r#""*""#, ""),
        (r#""what-ever.x: with blanks ""#, ""),
    ] {
        assert_eq!(doing(action), expected, "{action}");
    }
    let without = told(r#""Effect":"Allow","Resource":"*""#);
    assert_eq!(without, "Policy statement must contain actions.");
    for without in [
        r#""Effect":"Allow","Action":"s3:GetObject""#,
        r#""Effect":"Allow","Action":"s3:GetObject","Resource":[]"#,
        r#""Effect":"Allow","Action":"GetObject""#,
    ] {
        assert_eq!(told(without), "Policy statement must contain resources.");
    }
}

/// Where several rules are broken, AWS tells them in this order.
#[test]
fn rules_are_told_in_the_order_of_aws() {
    let two = |a: &str, b: &str| outcome(&whole(&format!("{{{a}}},{{{b}}}")), Form::Managed);
    let named = format!(r#"{GOOD},"Sid":"a""#);
    let twice = "Statement IDs (SID) in a single policy must be unique.";
    assert_eq!(two(&named, &named), twice);
    assert_eq!(two(&named, r#""Sid":"a","Effect":"Deny""#), twice);
    let loud = named.replace("Allow", "ALLOW");
    assert_eq!(two(&loud, r#""Sid":"a","Effect":"Deny""#), LEGACY);
    let no_action = r#""Effect":"allow","Resource":"arn:aws:s3:eu-west-1::b""#;
    assert_eq!(told(no_action), LEGACY);
    let short = r#""Effect":"Allow","Resource":"arn:aws:s3::b""#;
    assert_eq!(told(short), LEGACY);
    let dated = r#""Condition":{"DateEquals":{"a":"soon"}}"#;
    let elsewhere =
        format!(r#""Effect":"Allow","Action":"a:b","Resource":"arn:there:s3:::b",{dated}"#);
    assert_eq!(told(&elsewhere), LEGACY);
    let both = on(r#"["arn:there:s3:::b","arn:there:s3::b"]"#);
    assert!(both.starts_with("Partition \"there\""), "{both}");
    let colons = r#""Effect":"Allow","Action":"a:b:c","Resource":"bucket""#;
    assert!(told(colons).starts_with("Resource bucket must be"));
}

#[test]
fn principals_stand_in_policies_of_resources_only() {
    let everyone = format!(r#"{GOOD},"Principal":"*""#);
    let refused = told(&everyone);
    assert_eq!(refused, "Policy document should not specify a principal.");
    let of = |statement: &str, form| outcome(&whole(&format!("{{{statement}}}")), form);
    assert_eq!(of(&everyone, Form::Resource), "");
    let without = r#""Effect":"Allow","Action":"a:b","Principal":"*""#;
    assert_eq!(of(without, Form::Resource), "");
    let none = format!(r#"{without},"Resource":[]"#);
    assert_eq!(
        of(&none, Form::Resource),
        "Policy statement must contain resources."
    );
    assert_eq!(of(GOOD, Form::Resource), "Missing required field Principal");
    assert_eq!(of(&everyone, Form::Trust), "Has prohibited field Resource");
    let trust = |action: &str| {
        let text = format!(r#""Effect":"Allow","Action":"{action}","Principal":"*""#);
        of(&text, Form::Trust)
    };
    assert_eq!(trust("sts:AssumeRole"), "");
    assert_eq!(trust("sts:TagSession"), "");
    for action in ["*", "s3:GetObject"] {
        let expected = "AssumeRole policy may only specify STS AssumeRole actions.";
        assert_eq!(trust(action), expected);
    }
    for (bad, shown) in [
        (r#""someone""#, r#""AWS":"someone""#),
        (r#"{"AWS":"someone"}"#, r#""AWS":"someone""#),
        (
            r#"{"AWS":"arn:aws:iam::123:user/x"}"#,
            r#""AWS":"arn:aws:iam::123:user/x""#,
        ),
        (
            r#"{"AWS":["111122223333","arn:aws:iam::111122223333:user/*"]}"#,
            r#""AWS":"arn:aws:iam::111122223333:user/*""#,
        ),
        (
            r#"{"AWS":"AROAEXAMPLEEXAMPLEEXA"}"#,
            r#""AWS":"AROAEXAMPLEEXAMPLEEXA""#,
        ),
        (r#"{"Service":"lambda"}"#, r#""SERVICE":"lambda""#),
        (r#"{"Team":"x"}"#, r#""TEAM":"x""#),
        (r#"{"AWS":[]}"#, r#""AWS":"""#),
    ] {
        let told = of(&format!(r#"{GOOD},"Principal":{bad}"#), Form::Resource);
        assert_eq!(told, format!("Invalid principal in policy: {shown}"));
    }
}

#[test]
fn one_statement_may_stand_without_a_list_and_values_without_quotes() {
    let text = r#"{"Statement":{"Effect":"Deny","NotAction":"a:*","NotResource":["*"],
        "Condition":{"NumericLessThanIfExists":{"s3:max-keys":10},"Bool":{"aws:SecureTransport":[false]}}}}"#;
    let document = parse(text, Form::Identity).unwrap();
    let [statement] = &document.statements[..] else {
        panic!()
    };
    assert_eq!(statement.conditions.len(), 2);
    assert!(matches!(statement.actions, Selection::AllBut(_)));
}

#[test]
fn whoever_has_another_name_is_shown_by_it_and_nothing_else_changes() {
    let ann = "arn:aws:iam::111122223333:user/ann";
    let statement = |principal: &str| format!(r#"{{{GOOD},"Principal":{{"AWS":{principal}}}}}"#);
    let of_ann = |name: &str| (name == ann).then(|| "AIDAX".to_owned());
    let text = whole(&statement(&format!(r#"["{ann}","111122223333"]"#)));
    let shown = renamed(&text, &of_ann).unwrap();
    let value: Value = serde_json::from_str(&shown).unwrap();
    let names = &value["Statement"][0]["Principal"]["AWS"];
    assert_eq!(*names, serde_json::json!(["AIDAX", "111122223333"]));
    assert_eq!(value["Statement"][0]["Resource"], "*");
    let one = whole(&statement(&format!(r#""{ann}""#)));
    assert!(renamed(&one, &of_ann).unwrap().contains(r#""AWS":"AIDAX""#));
}
