//! Pages of what belongs to one function. A marker is a position.

/// How many items a page has at most, whatever is asked for [D].
const PAGE: usize = 50;

/// Cuts a page out of a list: what follows the marker, and the marker of the rest. A marker that
/// was not given out begins at the start [?].
pub(super) fn page<T>(
    items: Vec<T>,
    marker: Option<&str>,
    max_items: Option<i64>,
) -> (Vec<T>, Option<String>) {
    let start: usize = marker.and_then(|it| it.parse().ok()).unwrap_or_default();
    let asked = max_items.and_then(|max| usize::try_from(max).ok());
    let length = asked.unwrap_or(PAGE).min(PAGE);
    let end = start.saturating_add(length);
    let next = (items.len() > end).then(|| end.to_string());
    (items.into_iter().skip(start).take(length).collect(), next)
}
