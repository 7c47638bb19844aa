//! Shards: item i of a plan belongs to shard i mod N.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One of several equal parts of a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Shard {
    /// Which, from 1.
    pub index: u32,
    /// Of how many.
    pub of: u32,
}

impl Shard {
    /// Everything.
    pub const WHOLE: Self = Self { index: 1, of: 1 };

    /// A shard, if there can be such a one.
    ///
    /// # Errors
    /// What is wrong with the numbers.
    pub fn new(index: u32, of: u32) -> Result<Self, BadShard> {
        if of == 0 || index == 0 || index > of {
            return Err(BadShard::Range { index, of });
        }
        Ok(Self { index, of })
    }

    /// Does the item with this number belong to it?
    pub const fn has(self, number: u32) -> bool {
        number % self.of == self.index - 1
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

/// Why a text or an environment names no shard.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadShard {
    /// Not a shard at all.
    #[error("{0:?} is not a shard: write I/N with I from 1 to N, or auto, or auto/N")]
    Form(String),
    /// Not within its bounds.
    #[error("there is no shard {index} of {of}: the first is 1")]
    Range {
        /// As asked.
        index: u32,
        /// As asked.
        of: u32,
    },
    /// `auto` where nothing says which.
    #[error(
        "--shard auto: none of JOB_COMPLETION_INDEX, AWS_BATCH_JOB_ARRAY_INDEX, \
         SLURM_ARRAY_TASK_ID and CI_NODE_INDEX is set"
    )]
    NoVariable,
    /// A variable that is no number.
    #[error("--shard auto: {name}={value:?} is not a whole number")]
    NotANumber {
        /// The variable.
        name: &'static str,
        /// Its value.
        value: String,
    },
    /// Nothing says of how many.
    #[error("--shard auto: {index} is set, but {count} is not; write --shard auto/N")]
    NoCount {
        /// The variable that is there.
        index: &'static str,
        /// The one that is missing.
        count: &'static str,
    },
}

/// `I/N`, or `auto` and `auto/N`, which take what the scheduler has set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// This one.
    Given(Shard),
    /// What the environment says; of so many, if it does not say.
    Auto(Option<u32>),
}

impl FromStr for Asked {
    type Err = BadShard;

    fn from_str(text: &str) -> Result<Self, BadShard> {
        let bad = || BadShard::Form(text.to_owned());
        let number = |digits: &str| digits.parse::<u32>().map_err(|_| bad());
        match text.split_once('/') {
            None if text == "auto" => Ok(Self::Auto(None)),
            Some(("auto", of)) => Ok(Self::Auto(Some(number(of)?))),
            Some((index, of)) => Shard::new(number(index)?, number(of)?).map(Self::Given),
            None => Err(bad()),
        }
    }
}

/// Where a scheduler tells which task of an array this is.
struct Variables {
    index: &'static str,
    /// The number of the first task; its variable, if the user chooses it.
    first: (u32, Option<&'static str>),
    count: &'static str,
}

const KNOWN: [Variables; 4] = [
    Variables {
        index: "SLURM_ARRAY_TASK_ID",
        first: (0, Some("SLURM_ARRAY_TASK_MIN")),
        count: "SLURM_ARRAY_TASK_COUNT",
    },
    Variables {
        index: "AWS_BATCH_JOB_ARRAY_INDEX",
        first: (0, None),
        count: "AWS_BATCH_JOB_ARRAY_SIZE",
    },
    // Kubernetes tells an indexed job's pod its index only.
    Variables {
        index: "JOB_COMPLETION_INDEX",
        first: (0, None),
        count: "JOB_COMPLETIONS",
    },
    Variables {
        index: "CI_NODE_INDEX",
        first: (1, None),
        count: "CI_NODE_TOTAL",
    },
];

impl Asked {
    /// The shard, with what `variable` says of the environment.
    ///
    /// # Errors
    /// Nothing says which shard this is, or of how many.
    pub fn resolve(self, variable: impl Fn(&str) -> Option<String>) -> Result<Shard, BadShard> {
        let given = match self {
            Self::Given(shard) => return Ok(shard),
            Self::Auto(given) => given,
        };
        let number = |name: &'static str| match variable(name) {
            None => Ok(None),
            Some(value) => match value.trim().parse::<u32>() {
                Ok(number) => Ok(Some(number)),
                Err(_) => Err(BadShard::NotANumber { name, value }),
            },
        };
        for known in &KNOWN {
            let Some(index) = number(known.index)? else {
                continue;
            };
            let first = known.first.1.map_or(Ok(None), &number)?;
            let first = first.unwrap_or(known.first.0);
            let of = given.map_or_else(|| number(known.count), |of| Ok(Some(of)))?;
            let of = of.ok_or(BadShard::NoCount {
                index: known.index,
                count: known.count,
            })?;
            let from_zero = index.checked_sub(first);
            let index = from_zero.map_or(0, |index| index.saturating_add(1));
            return Shard::new(index, of);
        }
        Err(BadShard::NoVariable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(text: &str, set: &[(&str, &str)]) -> Result<Shard, BadShard> {
        let asked: Asked = text.parse()?;
        asked.resolve(|name| {
            let found = set.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    fn shard(index: u32, of: u32) -> Result<Shard, BadShard> {
        Ok(Shard { index, of })
    }

    #[test]
    fn every_item_belongs_to_one_shard() {
        for number in 0..20 {
            let having = (1..=3).filter(|index| {
                Shard {
                    index: *index,
                    of: 3,
                }
                .has(number)
            });
            assert_eq!(having.count(), 1);
        }
    }

    #[test]
    fn schedulers_variables_are_understood() {
        assert_eq!(resolve("2/3", &[]), shard(2, 3));
        let slurm = [
            ("SLURM_ARRAY_TASK_ID", "7"),
            ("SLURM_ARRAY_TASK_MIN", "5"),
            ("SLURM_ARRAY_TASK_COUNT", "4"),
        ];
        assert_eq!(resolve("auto", &slurm), shard(3, 4));
        let batch = [
            ("AWS_BATCH_JOB_ARRAY_INDEX", "0"),
            ("AWS_BATCH_JOB_ARRAY_SIZE", "2"),
        ];
        assert_eq!(resolve("auto", &batch), shard(1, 2));
        assert_eq!(
            resolve("auto/8", &[("JOB_COMPLETION_INDEX", "7")]),
            shard(8, 8)
        );
        let matrix = [("CI_NODE_INDEX", "1"), ("CI_NODE_TOTAL", "4")];
        assert_eq!(resolve("auto", &matrix), shard(1, 4));
    }

    #[test]
    fn what_cannot_be_is_refused_with_a_reason() {
        for (text, set, reason) in [
            ("0/3", &[][..], "the first is 1"),
            ("4/3", &[], "no shard 4 of 3"),
            ("3", &[], "write I/N"),
            ("-1/3", &[], "write I/N"),
            ("auto", &[], "none of JOB_COMPLETION_INDEX"),
            (
                "auto",
                &[("JOB_COMPLETION_INDEX", "1")],
                "write --shard auto/N",
            ),
            ("auto", &[("CI_NODE_INDEX", "x")], "not a whole number"),
            (
                "auto/2",
                &[("JOB_COMPLETION_INDEX", "2")],
                "no shard 3 of 2",
            ),
        ] {
            let error = resolve(text, set).unwrap_err().to_string();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }
}
