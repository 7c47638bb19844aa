//! GetRandomPassword.

use crate::entropy::Entropy;

use super::error::SecretsError;

/// The length if none is asked for [D].
pub const DEFAULT_LENGTH: usize = 32;

const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGITS: &str = "0123456789";
/// The 32 punctuation characters of ASCII [D].
const PUNCTUATION: &str = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

/// What a password is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordRules {
    /// Number of characters.
    pub length: usize,
    /// Characters to leave out, of whatever type [R].
    pub excluded: String,
    /// Are lower-case letters left out?
    pub is_without_lowercase: bool,
    /// Are upper-case letters left out?
    pub is_without_uppercase: bool,
    /// Are digits left out?
    pub is_without_numbers: bool,
    /// Is punctuation left out?
    pub is_without_punctuation: bool,
    /// May it contain blanks?
    pub is_with_space: bool,
    /// Must it contain each type that is not left out? True by default [D].
    pub is_with_each_type: bool,
}

impl PasswordRules {
    /// A password by these rules.
    pub fn generate(&self, entropy: &mut Entropy) -> Result<String, SecretsError> {
        let types = self.types();
        let alphabet: Vec<char> = types
            .iter()
            .flatten()
            .copied()
            .chain(self.is_with_space.then_some(' '))
            .collect();
        let alphabet: Vec<char> = alphabet
            .into_iter()
            .filter(|c| !self.excluded.contains(*c))
            .collect();
        let required = if self.is_with_each_type {
            types.as_slice()
        } else {
            &[]
        };
        if alphabet.is_empty() {
            return Err(SecretsError::AllCharactersExcluded);
        }
        if required.iter().any(Vec::is_empty) {
            return Err(SecretsError::RequiredTypeExcluded);
        }
        if self.length < required.len() {
            return Err(SecretsError::PasswordTooShort);
        }
        let mut pick = |from: &Vec<char>| from[entropy.below(from.len())];
        let mut password: Vec<char> = required.iter().map(&mut pick).collect();
        password.resize_with(self.length, || pick(&alphabet));
        entropy.shuffle(&mut password);
        Ok(password.into_iter().collect())
    }

    /// The characters of each type that is not left out.
    fn types(&self) -> Vec<Vec<char>> {
        let types = [
            (LOWER, self.is_without_lowercase),
            (UPPER, self.is_without_uppercase),
            (DIGITS, self.is_without_numbers),
            (PUNCTUATION, self.is_without_punctuation),
        ];
        let is_allowed = |c: &char| !self.excluded.contains(*c);
        let characters = |text: &str| text.chars().filter(is_allowed).collect();
        types
            .iter()
            .filter(|(_, is_out)| !is_out)
            .map(|(text, _)| characters(text))
            .collect()
    }
}

impl Default for PasswordRules {
    fn default() -> Self {
        Self {
            length: DEFAULT_LENGTH,
            excluded: String::new(),
            is_without_lowercase: false,
            is_without_uppercase: false,
            is_without_numbers: false,
            is_without_punctuation: false,
            is_with_space: false,
            is_with_each_type: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generate(rules: PasswordRules) -> Result<String, SecretsError> {
        rules.generate(&mut Entropy::from_seed(1))
    }

    #[test]
    fn a_password_has_one_of_each_type_even_at_four_characters() {
        for seed in 0..50 {
            let rules = PasswordRules {
                length: 4,
                ..Default::default()
            };
            let password = rules.generate(&mut Entropy::from_seed(seed)).unwrap();
            for of_type in [LOWER, UPPER, DIGITS, PUNCTUATION] {
                assert!(password.contains(|c| of_type.contains(c)), "{password}");
            }
        }
    }

    #[test]
    fn exclusions_hold_for_every_type() {
        let excluded = "abcABC123!\"#".to_owned();
        let rules = PasswordRules {
            length: 4096,
            excluded: excluded.clone(),
            ..Default::default()
        };
        let password = generate(rules).unwrap();
        assert_eq!(password.chars().count(), 4096);
        assert!(!password.contains(|c| excluded.contains(c)) && !password.contains(' '));
    }

    #[test]
    fn what_cannot_be_made_is_refused() {
        let short = PasswordRules {
            length: 3,
            ..Default::default()
        };
        assert_eq!(generate(short), Err(SecretsError::PasswordTooShort));
        let no_digits = PasswordRules {
            excluded: DIGITS.to_owned(),
            ..Default::default()
        };
        assert_eq!(
            generate(no_digits.clone()),
            Err(SecretsError::RequiredTypeExcluded)
        );
        assert!(
            generate(PasswordRules {
                is_with_each_type: false,
                ..no_digits
            })
            .is_ok()
        );
        let nothing = [LOWER, UPPER, DIGITS, PUNCTUATION].concat();
        let nothing = PasswordRules {
            excluded: nothing,
            ..Default::default()
        };
        assert_eq!(generate(nothing), Err(SecretsError::AllCharactersExcluded));
    }

    #[test]
    fn a_short_password_is_fine_if_fewer_types_are_required() {
        let rules = PasswordRules {
            length: 1,
            is_without_lowercase: true,
            is_without_uppercase: true,
            is_without_punctuation: true,
            ..Default::default()
        };
        assert!(DIGITS.contains(&generate(rules).unwrap()));
    }
}
