//! What calls of AppSync need: an API, or the path of the call.

use crate::ids::ApiId;
use crate::ops::Binding;
use crate::state::policy::Context;

use super::{Access, Call};

impl Call<'_> {
    pub(super) fn appsync(&self) -> Access {
        let Binding::Rest { path, .. } = self.row.binding else {
            return Access::of_nothing(self.action(), self.scope);
        };
        let mut access = match (path, self.text("resourceArn"), self.text("apiId")) {
            (_, Some(arn), _) => Access::new(self.action(), arn, self.scope),
            ("/v1/apis/{apiId}" | "/v2/apis/{apiId}", _, Some(id)) => {
                Access::new(self.action(), self.arn(&format!("apis/{id}")), self.scope)
            }
            _ => self.by_path(path),
        };
        self.add_request_tags(&mut access.context);
        self.add_tags_of_api(&mut access.context);
        if self.row.name == "CreateGraphqlApi" {
            let visibility = self.text("visibility").unwrap_or("GLOBAL");
            access.context.set("appsync:Visibility", Some(visibility));
        }
        access
    }

    /// The tags of the API that the call is about, or that holds what it is about.
    fn add_tags_of_api(&self, context: &mut Context) {
        let in_arn = self
            .text("resourceArn")
            .and_then(|arn| arn.rsplit('/').next());
        let id = self.text("apiId").or(in_arn).map(ApiId::new);
        let appsync = self.world.existing(self.scope).map(|it| &it.appsync);
        let tags = appsync.zip(id).and_then(|(appsync, id)| appsync.tags(&id));
        for (key, value) in tags.into_iter().flat_map(|tags| tags.all()) {
            context.set(&format!("aws:ResourceTag/{key}"), Some(value.as_str()));
        }
    }

    /// The path of the call with its members; a key in it is not told.
    fn by_path(&self, path: &str) -> Access {
        let filled = |hides_keys: bool| {
            let segment =
                |part: &str| match part.strip_prefix('{').and_then(|it| it.strip_suffix('}')) {
                    Some("id") if hides_keys => "*".to_owned(),
                    Some(name) => self.text(name).unwrap_or("*").to_owned(),
                    None => part.to_owned(),
                };
            let segments: Vec<String> = path.split('/').map(segment).collect();
            self.arn(&segments.join("/"))
        };
        Access {
            least: filled(true),
            shown: Some(filled(true)),
            ..Access::new(self.action(), filled(false), self.scope)
        }
    }
}
