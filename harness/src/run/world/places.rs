//! Where in the emulated world the run takes place: its secrets and their APIs.

use keywheel_emulator::ids::{ApiId, SecretArn, VersionId};

/// A secret and the API whose keys it holds.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// How the scenario calls the secret.
    pub(crate) name: String,
    /// The AppSync API whose keys are rotated.
    pub(crate) api: ApiId,
    /// The secret that holds the key.
    pub(crate) secret: SecretArn,
    /// The token of the rotation that runs or ran last.
    pub(crate) token: Option<VersionId>,
    /// What the secret's first version held.
    pub(crate) first_value: String,
}

/// All secrets of a world.
pub(crate) struct Places {
    /// The APIs, in the order in which the scenario counts them.
    pub(crate) apis: Vec<ApiId>,
    /// The first secret, `s`.
    pub(crate) first: Place,
    /// The others, `s2`, ….
    pub(crate) others: Vec<Place>,
}

impl Default for Places {
    /// None is made yet.
    fn default() -> Self {
        Self {
            apis: Vec::new(),
            first: Place {
                name: "s".to_owned(),
                api: ApiId::new(""),
                secret: SecretArn::new(""),
                token: None,
                first_value: String::new(),
            },
            others: Vec::new(),
        }
    }
}

impl Places {
    /// Every secret, `s` first.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Place> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// The secret that the scenario calls so.
    pub(crate) fn named(&self, name: &str) -> Option<&Place> {
        self.all().find(|place| place.name == name)
    }

    /// Notes the token of the rotation that runs or ran last.
    pub(crate) fn set_token(&mut self, secret: &SecretArn, token: VersionId) {
        let mut places = std::iter::once(&mut self.first).chain(&mut self.others);
        if let Some(place) = places.find(|place| place.secret == *secret) {
            place.token = Some(token);
        }
    }
}
