//! Two futures of which the first to end decides; where both could, the one that is named first.
//!
//! `tokio::select!` asks in a random order unless it is told otherwise.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

pub use either::Either;

/// Waits for the first of two futures to end; the other is dropped. `Left` is the one that is named
/// first.
pub async fn race<A, B>(
    first: impl Future<Output = A>,
    second: impl Future<Output = B>,
) -> Either<A, B> {
    let (mut first, mut second) = (pin!(first), pin!(second));
    poll_fn(|cx| {
        if let Poll::Ready(ended) = first.as_mut().poll(cx) {
            return Poll::Ready(Either::Left(ended));
        }
        second.as_mut().poll(cx).map(Either::Right)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_first_wins_where_both_are_ready() {
        assert_eq!(race(async { 1 }, async { 2 }).await, Either::Left(1));
        let never = std::future::pending::<()>();
        assert_eq!(race(never, async { 2 }).await, Either::Right(2));
    }
}
