//! Channels of Event APIs: paths of segments, the first of which is a namespace.

use std::fmt;

/// How many segments a channel may have [DOCS].
pub const SEGMENTS_MAX: usize = 5;
/// How long a segment may be, in characters [DOCS-mem].
pub const SEGMENT_CHARS_MAX: usize = 50;

/// A channel that events are published to: `/namespace/segment/…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel(Vec<String>);

/// What a subscription listens to: one channel, or all that begin like it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelPattern {
    segments: Vec<String>,
    is_open: bool,
}

/// The text is no channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a channel: use one to five segments of letters, digits and hyphens")]
pub struct NotAChannel;

impl Channel {
    /// Reads a channel. A slash before it and one behind it mean nothing: both forms are in use
    /// [DOCS]. Upper and lower case differ [DOCS-mem].
    pub fn parse(text: &str) -> Result<Self, NotAChannel> {
        segments(text).map(Self)
    }

    /// The name of its namespace.
    pub fn namespace(&self) -> &str {
        first(&self.0)
    }
}

impl ChannelPattern {
    /// Reads a channel or, with `*` as its last segment, all channels below one [DOCS]. The
    /// namespace itself cannot be left open: one can only subscribe within a namespace [DOCS].
    pub fn parse(text: &str) -> Result<Self, NotAChannel> {
        let closed = text.strip_suffix("/*");
        let segments = segments(closed.unwrap_or(text))?;
        Ok(Self {
            is_open: closed.is_some(),
            segments,
        })
    }

    /// The name of its namespace.
    pub fn namespace(&self) -> &str {
        first(&self.segments)
    }

    /// Whether it listens to a channel: `/a/*` to `/a/b` and `/a/b/c`, but not to `/a` [?].
    pub fn matches(&self, channel: &Channel) -> bool {
        if !self.is_open {
            return channel.0 == self.segments;
        }
        channel.0.len() > self.segments.len() && channel.0.starts_with(&self.segments)
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}", self.0.join("/"))
    }
}

/// One segment at least is there by construction.
fn first(segments: &[String]) -> &str {
    segments.first().map_or("", String::as_str)
}

fn segments(text: &str) -> Result<Vec<String>, NotAChannel> {
    let text = text.strip_prefix('/').unwrap_or(text);
    let text = text.strip_suffix('/').unwrap_or(text);
    // One more than there may be tells that there are too many, however long the text is.
    let segments: Vec<&str> = text.split('/').take(SEGMENTS_MAX + 1).collect();
    if segments.len() > SEGMENTS_MAX || !segments.iter().all(|segment| is_segment(segment)) {
        return Err(NotAChannel);
    }
    Ok(segments.into_iter().map(str::to_owned).collect())
}

/// The pattern of a namespace's name [MODEL] holds for every segment [DOCS-mem].
fn is_segment(text: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=SEGMENT_CHARS_MAX).contains(&text.len())
        && text.bytes().all(is_inner)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_to_five_segments_make_a_channel() {
        let longest = "s".repeat(SEGMENT_CHARS_MAX);
        for good in ["a", "/a", "a/", "/a/b/", "a/b/c/d/e", "A-1/b-2", &longest] {
            assert!(Channel::parse(good).is_ok(), "{good}");
        }
        let too_long = "s".repeat(SEGMENT_CHARS_MAX + 1);
        for bad in [
            "",
            "/",
            "//",
            "a//b",
            "a/b/c/d/e/f",
            "a b",
            "a_b",
            "ü",
            "-a",
            "a-",
            "a/*",
            "*",
            &too_long,
        ] {
            assert_eq!(Channel::parse(bad), Err(NotAChannel), "{bad}");
        }
    }

    #[test]
    fn a_star_stands_for_all_that_follows() {
        let matches = |pattern: &str, channel: &str| {
            let channel = Channel::parse(channel).unwrap();
            ChannelPattern::parse(pattern).unwrap().matches(&channel)
        };
        assert!(matches("/a/b", "a/b") && !matches("a/b", "a/b/c"));
        assert!(matches("/a/*", "a/b") && matches("a/*", "/a/b/c/d"));
        assert!(!matches("a/*", "a") && !matches("a/*", "ab/c") && !matches("a/b/*", "a/c/d"));
        assert!(!matches("a", "A"));
        for bad in ["*", "/*", "a/*/b", "a*", "a/*/", "a/b/c/d/e/f/*"] {
            assert_eq!(ChannelPattern::parse(bad), Err(NotAChannel), "{bad}");
        }
    }

    #[test]
    fn the_first_segment_is_the_namespace() {
        assert_eq!(Channel::parse("/chat/x").unwrap().namespace(), "chat");
        assert_eq!(ChannelPattern::parse("chat/*").unwrap().namespace(), "chat");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_and_a_channel_reads_back(text in "[ -~/*]{0,40}") {
            if let Ok(channel) = Channel::parse(&text) {
                let pattern = ChannelPattern::parse(&channel.to_string()).unwrap();
                prop_assert!(pattern.matches(&channel));
            }
        }
    }
}
