//! What names, paths and ids in IAM are.

use crate::entropy::Entropy;
use crate::ids::AccountId;

use super::error::Kind;

/// Where something in IAM is made.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The ARN partition.
    pub partition: &'a str,
    /// The account.
    pub account: &'a AccountId,
    /// The path: `/` or `/a/b/`.
    pub path: &'a str,
}

impl Place<'_> {
    /// The ARN of a thing of that kind and name in this place.
    pub fn arn(&self, kind: Kind, name: &str) -> String {
        let Self {
            partition,
            account,
            path,
        } = self;
        let kind = match kind {
            Kind::Role | Kind::RolePolicy => "role",
            Kind::User | Kind::UserPolicy | Kind::AccessKey => "user",
            Kind::Policy => "policy",
        };
        format!("arn:{partition}:iam::{account}:{kind}{path}{name}")
    }
}

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// An id that begins as its kind does: `AROA…` for roles, `AIDA…` for users, `AKIA…` for access
/// keys [D]. Keys have 20 characters, all others 21.
pub fn unique_id(prefix: &str, length: usize, entropy: &mut Entropy) -> String {
    let rest = (prefix.len()..length).map(|_| char::from(BASE32[entropy.below(BASE32.len())]));
    prefix.chars().chain(rest).collect()
}
