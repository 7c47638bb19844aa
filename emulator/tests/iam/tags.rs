//! Tags of roles, users and managed policies.

use keywheel_emulator::state::iam::settings::Enforcement;

use crate::client::{ACCOUNT, Client, TRUST_ACCOUNT, allow};

/// Something that can be tagged, and how its operations end.
struct Tagged {
    kind: &'static str,
    named: (&'static str, String),
    has_case: bool,
}

fn all(client: &mut Client) -> [Tagged; 3] {
    let role = [
        ("RoleName", "r"),
        ("AssumeRolePolicyDocument", TRUST_ACCOUNT),
    ];
    client.iam("CreateRole", &role).ok();
    client.iam("CreateUser", &[("UserName", "ann")]).ok();
    let text = allow("s3:*");
    let policy = [("PolicyName", "p"), ("PolicyDocument", &*text)];
    client.iam("CreatePolicy", &policy).ok();
    let arn = format!("arn:aws:iam::{ACCOUNT}:policy/p");
    let tagged = |kind, member, name: &str, has_case| Tagged {
        kind,
        named: (member, name.to_owned()),
        has_case,
    };
    [
        tagged("Role", "RoleName", "r", false),
        tagged("User", "UserName", "ann", false),
        tagged("Policy", "PolicyArn", &arn, true),
    ]
}

impl Tagged {
    fn call(
        &self,
        client: &mut Client,
        verb: &str,
        members: &[(&str, &str)],
    ) -> crate::client::Answer {
        let operation = match verb {
            "List" => format!("List{}Tags", self.kind),
            verb => format!("{verb}{}", self.kind),
        };
        let named = [(self.named.0, &*self.named.1)];
        client.iam(&operation, &[&named, members].concat())
    }

    fn put(&self, client: &mut Client, key: &str, value: &str) -> crate::client::Answer {
        let tag = [("Tags.member.1.Key", key), ("Tags.member.1.Value", value)];
        self.call(client, "Tag", &tag)
    }

    /// The keys, in order.
    fn keys(&self, client: &mut Client) -> Vec<String> {
        let list = self.call(client, "List", &[]).ok();
        let keys = list.text.split("<Key>").skip(1);
        keys.map(|rest| rest.split('<').next().unwrap().to_owned())
            .collect()
    }
}

/// TagRole, UntagRole, ListRoleTags, TagUser, UntagUser, ListUserTags, TagPolicy, UntagPolicy,
/// ListPolicyTags.
#[test]
fn tags_are_put_changed_listed_in_pages_and_taken_away() {
    let mut client = Client::new(Enforcement::Off);
    for tagged in all(&mut client) {
        assert!(tagged.keys(&mut client).is_empty());
        for key in ["b", "a"] {
            tagged.put(&mut client, key, "v").ok();
        }
        tagged.put(&mut client, "a", "").ok();
        assert_eq!(tagged.keys(&mut client), ["a", "b"], "{}", tagged.kind);
        let first = tagged.call(&mut client, "List", &[("MaxItems", "1")]).ok();
        assert_eq!(
            (first.element("Key"), first.element("IsTruncated")),
            ("a", "true")
        );
        let marker = ("Marker", first.element("Marker"));
        let second = tagged.call(&mut client, "List", &[marker]).ok();
        assert_eq!(
            (second.element("Key"), second.element("IsTruncated")),
            ("b", "false")
        );
        let removed = [("TagKeys.member.1", "a"), ("TagKeys.member.2", "never")];
        tagged.call(&mut client, "Untag", &removed).ok();
        assert_eq!(tagged.keys(&mut client), ["b"]);
    }
}

#[test]
fn keys_of_policies_have_case_and_others_have_not() {
    let mut client = Client::new(Enforcement::Off);
    for tagged in all(&mut client) {
        let twice = [
            ("Tags.member.1.Key", "a"),
            ("Tags.member.1.Value", "1"),
            ("Tags.member.2.Key", "A"),
            ("Tags.member.2.Value", "2"),
        ];
        let answer = tagged.call(&mut client, "Tag", &twice);
        if tagged.has_case {
            answer.ok();
            assert_eq!(tagged.keys(&mut client), ["A", "a"]);
            continue;
        }
        let text = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
        assert_eq!(answer.error(), (400, "InvalidInput", text));
    }
}

#[test]
fn tags_that_cannot_be_are_refused_as_recorded() {
    let mut client = Client::new(Enforcement::Off);
    for tagged in all(&mut client) {
        let mut told = |key: &str, value: &str| {
            let answer = tagged.put(&mut client, key, value);
            let (status, code, text) = answer.error();
            assert_eq!((status, code), (400, "ValidationError"), "{text}");
            text.to_owned()
        };
        let frame = "1 validation error detected: Value at 'tags.1.member.";
        let long = told(&"k".repeat(129), "v");
        let rule = "Member must have length less than or equal to 128";
        assert_eq!(
            long,
            format!("{frame}key' failed to satisfy constraint: {rule}")
        );
        let long = told("k", &"v".repeat(257));
        assert!(long.ends_with("value' failed to satisfy constraint: Member must have length less than or equal to 256"), "{long}");
        assert!(told("a&amp;b", "v").ends_with(r"pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+"));
        let reserved = tagged.put(&mut client, "aws:x", "v");
        assert_eq!(reserved.error().1, "InvalidInput");
        for number in 0..50 {
            tagged.put(&mut client, &number.to_string(), "v").ok();
        }
        let more = tagged.put(&mut client, "one-more", "v");
        assert_eq!((more.status, more.element("Code")), (409, "LimitExceeded"));
    }
    let missing = [("RoleName", "x"), ("Tags", "")];
    assert_eq!(client.iam("TagRole", &missing).error().1, "NoSuchEntity");
    let missing = ("PolicyArn", "arn:aws:iam::111122223333:policy/x");
    let answer = client.iam("UntagPolicy", &[missing, ("TagKeys.member.1", "a")]);
    let text = format!("Policy {} was not found.", missing.1);
    assert_eq!(answer.error(), (404, "NoSuchEntity", &*text));
}
