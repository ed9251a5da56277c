//! Order and draw from a stored seed: the same seed gives the same order on every device.

/// A stream of numbers from a seed: SplitMix64 (Steele, Lea, Flood 2014). Not for secrets.
#[derive(Clone, Debug)]
pub struct SeededOrder(u64);

impl SeededOrder {
    /// A stream of its own for a seed and a salt, so that two uses of one seed differ.
    #[must_use]
    pub const fn new(seed: u64, salt: u64) -> Self {
        Self(seed ^ salt.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound` (which is at least 1), evenly enough for pools of questions.
    fn below(&mut self, bound: usize) -> usize {
        let product = u128::from(self.next()) * bound as u128;
        usize::try_from(product >> 64).expect("smaller than the bound, a usize")
    }

    /// The numbers 0 to `len` − 1 in an order of their own (Fisher–Yates).
    #[must_use]
    pub fn permutation(mut self, len: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..len).collect();
        for at in (1..len).rev() {
            order.swap(at, self.below(at + 1));
        }
        order
    }

    /// As [`Self::permutation`], but never the order they came in (where there are two or more).
    #[must_use]
    pub fn derangement_of_order(self, len: usize) -> Vec<usize> {
        let mut order = self.permutation(len);
        if len > 1 && order.is_sorted() {
            order.rotate_left(1);
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_permutation_holds_everything_once(seed: u64, salt: u64, len in 0usize..40) {
            let mut order = SeededOrder::new(seed, salt).permutation(len);
            prop_assert_eq!(&order, &SeededOrder::new(seed, salt).permutation(len));
            order.sort_unstable();
            prop_assert_eq!(order, (0..len).collect::<Vec<_>>());
        }

        #[test]
        fn a_shuffled_order_is_not_the_answer(seed: u64, len in 2usize..8) {
            prop_assert!(!SeededOrder::new(seed, 1).derangement_of_order(len).is_sorted());
        }
    }

    /// The stored attempts of people depend on these numbers staying what they are.
    #[test]
    fn the_order_of_a_seed_never_changes() {
        assert_eq!(SeededOrder::new(42, 7).permutation(6), vec![3, 5, 1, 0, 2, 4]);
    }
}
