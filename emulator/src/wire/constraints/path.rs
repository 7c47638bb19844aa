//! Where a member stands in a request.

use std::fmt;

/// Where a member stands in a request, from the inside out.
#[derive(Clone, Copy)]
pub(super) enum Path<'a> {
    Top,
    Member(&'a Path<'a>, &'a str),
    Item(&'a Path<'a>, usize),
    Key(&'a Path<'a>, &'a str),
    Value(&'a Path<'a>, &'a str),
}

/// As the generic wording has it: `filters.1.member.key`.
impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Top => Ok(()),
            Path::Item(list, index) => write!(f, "{list}.{}.member", index + 1),
            Path::Key(map, _) => write!(f, "{map}.key"),
            Path::Value(map, key) => write!(f, "{map}.{key}.member"),
            Path::Member(parent, name) => {
                if !matches!(parent, Path::Top) {
                    write!(f, "{parent}.")?;
                }
                let (first, rest) = name.split_at(name.len().min(1));
                write!(f, "{}{rest}", first.to_ascii_lowercase())
            }
        }
    }
}

impl Path<'_> {
    /// As a reader of JSON would write it: `Filters[0].Key`.
    pub(super) fn in_json(&self) -> String {
        match self {
            Path::Top => String::new(),
            Path::Item(list, index) => format!("{}[{index}]", list.in_json()),
            Path::Key(map, key) | Path::Value(map, key) => format!("{}.{key}", map.in_json()),
            Path::Member(Path::Top, name) => (*name).to_owned(),
            Path::Member(parent, name) => format!("{}.{name}", parent.in_json()),
        }
    }

    /// The list that the structure here is an item of.
    pub(super) fn list(&self) -> Option<&str> {
        match self {
            Path::Item(Path::Member(_, name), _) => Some(name),
            _ => None,
        }
    }

    /// The member of the request itself that stands here.
    pub(super) fn top(&self) -> Option<&str> {
        match self {
            Path::Member(Path::Top, name) => Some(name),
            _ => None,
        }
    }
}
