//! Maps by the numbers of the catalogs. A capture looks up hundreds of thousands of them; the server gives them out one
//! after the other and nobody can choose them, so a multiplication spreads them well enough.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// A map by a number, or by a few of them together.
pub type ByNumber<K, V> = HashMap<K, V, BuildHasherDefault<Mix>>;
/// A set of numbers, or of a few of them together.
pub type Numbers<K> = HashSet<K, BuildHasherDefault<Mix>>;

/// Spreads numbers.
#[derive(Debug, Default)]
pub struct Mix(u64);

impl Mix {
    const fn mix(&mut self, number: u64) {
        // The odd number nearest to 2^64 divided by the golden ratio.
        self.0 = (self.0.rotate_left(26) ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

impl Hasher for Mix {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.mix(u64::from(*byte)));
    }

    fn write_u16(&mut self, number: u16) {
        self.mix(u64::from(number));
    }

    fn write_u32(&mut self, number: u32) {
        self.mix(u64::from(number));
    }

    fn finish(&self) -> u64 {
        // The high bits are the well mixed ones, and a map takes its place from the low ones.
        self.0 ^ (self.0 >> 32)
    }
}

#[cfg(test)]
mod tests {
    use super::Numbers;
    use std::collections::BTreeSet;
    use std::hash::BuildHasher;

    #[test]
    fn numbers_in_a_row_are_spread() {
        let numbers = Numbers::<(u32, i16)>::default();
        let places = |bits: u32| -> usize {
            let all = (16384..17384).flat_map(|oid| (1..=8).map(move |column| (oid, column)));
            all.map(|key| numbers.hasher().hash_one(key) & ((1 << bits) - 1)).collect::<BTreeSet<_>>().len()
        };
        // 8,000 keys: thrown at random into as many places, they would take 63 % of them.
        assert!(places(13) > 4_000, "{}", places(13));
        assert!(places(32) > 7_990, "{}", places(32));
    }
}
