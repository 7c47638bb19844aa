//! What calls of CloudWatch Logs need: the streams of a group.

use super::{Access, Call};

impl Call<'_> {
    /// Denials name a stream of the group, or all of them by none; of no group where all groups are
    /// described [U]. Policies are written with `:*` after the group [D].
    pub(super) fn logs(&self) -> Access {
        let identifier = self.text("logGroupIdentifier");
        let identifier = identifier.or_else(|| self.text("resourceArn"));
        let in_arn = identifier.map(|it| it.split_once(":log-group:").map_or(it, |(_, name)| name));
        let in_arn = in_arn.map(|name| name.strip_suffix(":*").unwrap_or(name));
        let group = self.text("logGroupName").or(in_arn);
        let stream = match self.row.name {
            "GetLogEvents" | "PutLogEvents" | "CreateLogStream" | "DeleteLogStream" => {
                self.text("logStreamName").unwrap_or_default()
            }
            _ => "",
        };
        let name = group.unwrap_or_default();
        let resource = self.arn(&format!("log-group:{name}:log-stream:{stream}"));
        let least = match group {
            Some(name) => self.arn(&format!("log-group:{name}:*")),
            None => self.arn("log-group:*"),
        };
        let mut access = Access {
            least,
            ..Access::new(self.action(), resource, self.scope)
        };
        self.add_request_tags(&mut access.context);
        access
    }
}
