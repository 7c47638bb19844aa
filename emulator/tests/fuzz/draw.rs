//! What is drawn, from a seed.

use keywheel_emulator::entropy::Entropy;

/// Texts that have broken parsers.
const HOSTILE: [&str; 24] = [
    "",
    " ",
    "\0",
    "\u{1b}[2J",
    "a\nb",
    "a\r\nx: y",
    "\u{feff}",
    "\u{ffff}",
    "\u{202e}",
    "é漢🔑",
    "%00",
    "%2F..%2F",
    "../../etc/passwd",
    "'\"`$(id)",
    "<script>",
    "]]>",
    "&lt;",
    "{}",
    "[[[[",
    "null",
    "-1",
    "1e999",
    "arn:aws:",
    "arn:aws:secretsmanager:us-east-1:000000000000:secret:",
];

/// A source of choices.
pub(crate) struct Draw(Entropy);

impl Draw {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Entropy::from_seed(seed))
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0.below(bound.max(1))
    }

    /// True once in so many times.
    pub(crate) fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub(crate) fn number(&mut self) -> u64 {
        self.0.number()
    }

    /// One of several.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    pub(crate) fn hostile(&mut self) -> String {
        (*self.pick(&HOSTILE)).to_owned()
    }

    /// A text of so many letters.
    pub(crate) fn text(&mut self, length: usize) -> String {
        match self.below(8) {
            0 => "x".repeat(length),
            1 => "é".repeat(length),
            _ => self.0.alphanumeric(length),
        }
    }

    /// The same text, somewhat damaged.
    pub(crate) fn damaged(&mut self, text: &str) -> String {
        let mut letters: Vec<char> = text.chars().collect();
        for _ in 0..=self.below(3) {
            let at = self.below(letters.len() + 1);
            match self.below(3) {
                0 if at < letters.len() => drop(letters.remove(at)),
                1 => letters.truncate(at),
                _ => {
                    let more: Vec<char> = self.hostile().chars().collect();
                    letters.splice(at..at, more);
                }
            }
        }
        letters.into_iter().collect()
    }
}
