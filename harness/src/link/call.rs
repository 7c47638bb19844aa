//! One call on a link, and what became of it: what addresses name, histories keep and reports show.

use std::fmt;

/// A call on a link: a connection that is made, a statement, a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The protocol, as addresses name it: `postgres`.
    pub service: &'static str,
    /// The operation: `Connect`, `ALTER`, `POST /tokens`.
    pub operation: String,
    /// What was asked, without values: `ALTER ROLE app PASSWORD '…'`. Bounded.
    pub text: String,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.service, self.operation)
    }
}

/// What the target answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It did what was asked; the words that it has for that: `ALTER ROLE`, `200`.
    Done(String),
    /// It refused; its code: an SQLSTATE, an error number, a status.
    Refused(String),
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done(word) | Self::Refused(word) => f.write_str(word),
        }
    }
}

/// How a call ended, as the function saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// It was answered.
    Answered(Answer),
    /// The connection was closed without an answer. What the target had answered by then, if it was
    /// asked: the response was lost after the effect.
    Closed(Option<Answer>),
    /// Nothing ever came. What the target had answered, if it was asked.
    Silence(Option<Answer>),
    /// The function died. What the target had answered, if it was asked.
    Killed(Option<Answer>),
}

impl End {
    /// What the target answered, whether or not the function heard it.
    pub fn answer(&self) -> Option<&Answer> {
        match self {
            Self::Answered(answer) => Some(answer),
            Self::Closed(answer) | Self::Silence(answer) | Self::Killed(answer) => answer.as_ref(),
        }
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seen = match self {
            Self::Answered(answer) => return answer.fmt(f),
            Self::Closed(_) => "connection closed",
            Self::Silence(_) => "no answer",
            Self::Killed(_) => "the function dies here",
        };
        f.write_str(seen)?;
        match self.answer() {
            Some(answer) => write!(f, " (the target had answered {answer})"),
            None => Ok(()),
        }
    }
}
