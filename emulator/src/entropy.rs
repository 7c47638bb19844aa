//! The seeded source of everything random: version ids, ARN suffixes, AppSync ids, orders.
//!
//! The only file that names `rand`. The generator is ChaCha8, whose output is fixed by its
//! definition, so that a seed gives the same bytes on every platform and after every upgrade.

use data_encoding::{Encoding, Specification};
use rand::{RngExt, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use std::sync::LazyLock;
use uuid::Uuid;

/// A deterministic generator of identifiers.
#[derive(Clone, Debug)]
pub struct Entropy(ChaCha8Rng);

/// RFC 4648 base32 in lower case without padding, as AppSync writes its UUIDs [REC].
static BASE32: LazyLock<Encoding> = LazyLock::new(|| {
    let mut specification = Specification::new();
    specification
        .symbols
        .push_str("abcdefghijklmnopqrstuvwxyz234567");
    specification
        .encoding()
        .expect("the RFC 4648 alphabet in lower case is a valid base32 alphabet")
});

const ALPHANUMERIC: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

impl Entropy {
    /// The generator of a seed.
    pub fn from_seed(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A seed drawn from the machine, for a server that was given none. It is printed, so that
    /// the run can be repeated.
    pub fn seed_from_machine() -> u64 {
        let state = std::hash::RandomState::new();
        std::hash::BuildHasher::hash_one(&state, std::process::id())
    }

    /// A random (version 4) UUID.
    pub fn uuid(&mut self) -> Uuid {
        uuid::Builder::from_random_bytes(self.0.random()).into_uuid()
    }

    /// The 26 characters in which AppSync writes a version 4 UUID: ids of APIs, host labels and,
    /// after `da2-`, API keys [REC].
    pub fn base32_uuid(&mut self) -> String {
        BASE32.encode(self.uuid().as_bytes())
    }

    /// `length` characters of A-Z, a-z and 0-9; the suffix of a secret's ARN has six [R].
    pub fn alphanumeric(&mut self, length: usize) -> String {
        (0..length)
            .map(|_| char::from(ALPHANUMERIC[self.0.random_range(0..62)]))
            .collect()
    }

    /// A number below `bound`, which must not be zero.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0.random_range(0..bound)
    }

    /// A number from 0 up to, but not, 1.
    pub fn fraction(&mut self) -> f64 {
        self.0.random()
    }

    /// Any number.
    pub fn number(&mut self) -> u64 {
        self.0.random()
    }

    /// Puts `items` into a random order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        items.shuffle(&mut self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_bytes() {
        let draw = |seed| {
            let mut entropy = Entropy::from_seed(seed);
            (
                entropy.uuid(),
                entropy.base32_uuid(),
                entropy.alphanumeric(6),
                entropy.number(),
            )
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        // Pinned, so that an upgrade which changes what a seed means is seen.
        assert_eq!(
            Entropy::from_seed(7).uuid().to_string(),
            "bb343ad3-31b9-43b6-885f-26a39b9f7e63"
        );
    }

    #[test]
    fn base32_ids_have_the_shape_seen_on_aws() {
        let mut entropy = Entropy::from_seed(1);
        for _ in 0..200 {
            let id = entropy.base32_uuid();
            assert_eq!(id.len(), 26);
            let decoded = BASE32.decode(id.as_bytes()).unwrap();
            assert_eq!(decoded[6] >> 4, 4, "UUID version");
            assert_eq!(decoded[8] >> 6, 0b10, "RFC variant");
            assert!(
                "aeimquy4".contains(&id[25..]),
                "last character carries three bits"
            );
        }
    }
}
