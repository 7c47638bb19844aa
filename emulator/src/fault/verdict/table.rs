//! Every kind of fault in one line each.

use super::{Span, Verdict};

/// The span that stands for all spans of a verdict.
const ANY: Span = Span::seconds(1);

impl Verdict {
    /// Every verdict with one line about it; one with a second stands for all its durations.
    pub const ALL: [(Self, &'static str); 35] = [
        (
            Self::Reset,
            "the connection is closed before anything happened",
        ),
        (
            Self::Unreachable,
            "the request cannot be sent, in a way that the SDK does not retry; on sockets a reset",
        ),
        (Self::Error500, "answers 500 before anything happened"),
        (
            Self::Error502,
            "answers 502 before anything happened, as a proxy does",
        ),
        (Self::Error503, "answers 503 before anything happened"),
        (
            Self::Error504,
            "answers 504 before anything happened, as a proxy does",
        ),
        (
            Self::Throttled,
            "the service's throttling error: Secrets Manager ThrottlingException 400, AppSync TooManyRequestsException 429, GraphQL 429",
        ),
        (
            Self::ThrottledFor(ANY),
            "the same with the header x-amz-retry-after",
        ),
        (Self::Limit429, "AppSync LimitExceededException 429"),
        (
            Self::Quota,
            "the error of a quota that is used up, in the words of each service",
        ),
        (Self::AccessDenied, "the error of a missing permission"),
        (
            Self::KmsDenied,
            "the error of a KMS key whose policy does not let the caller use it",
        ),
        (
            Self::KmsUnusable,
            "DecryptionFailure of reads and EncryptionFailure of writes, as if the KMS key were disabled",
        ),
        (
            Self::Conflict,
            "AppSync ConcurrentModificationException 409",
        ),
        (
            Self::Unauthorized,
            "GraphQL 401, as if the key were not accepted",
        ),
        (
            Self::Forbidden,
            "GraphQL 403, as if a WAF rule stood before the API",
        ),
        (
            Self::Page200,
            "something in between answers 200 with a page, and nothing happens",
        ),
        (Self::Hang, "never answered, and nothing happens"),
        (
            Self::KillBefore,
            "the invocation dies before its call takes effect",
        ),
        (
            Self::Panic,
            "the function panics at its call, before it takes effect; on sockets it dies",
        ),
        (
            Self::Freeze(ANY),
            "the invocation is frozen so long before its call, and goes on when the service has given it up",
        ),
        (
            Self::Late(ANY),
            "never answered, and the call takes effect so much later",
        ),
        (
            Self::Stale(ANY),
            "a read is answered from the state of so long ago; a write passes",
        ),
        (
            Self::Delay(ANY),
            "the call is held up that long, nothing else changes",
        ),
        (
            Self::Duplicate,
            "the request is delivered twice, the first answer arrives",
        ),
        (
            Self::AnswerLost,
            "the call takes effect, then the connection is closed",
        ),
        (
            Self::Answer500,
            "the call takes effect, then 500 is answered",
        ),
        (
            Self::AnswerTruncated,
            "the call takes effect, then half of the answer arrives",
        ),
        (
            Self::AnswerNotJson,
            "the call takes effect, then the answer is not JSON",
        ),
        (
            Self::AnswerEmpty,
            "the call takes effect, then {} is answered",
        ),
        (
            Self::AnswerAsText,
            "the call takes effect, then its answer is called text/html",
        ),
        (
            Self::AnswerHang,
            "the call takes effect, then it is never answered",
        ),
        (
            Self::KillAfter,
            "the invocation dies after its call has taken effect",
        ),
        (
            Self::DateAhead(ANY),
            "the answer's Date header is ahead of the service's clock",
        ),
        (
            Self::DateBehind(ANY),
            "the answer's Date header is behind the service's clock",
        ),
    ];
}
