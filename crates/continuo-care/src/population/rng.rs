//! A small seeded generator of random numbers: the same seed gives the same people on every machine.
//!
//! xoshiro256++ seeded by splitmix64 (Blackman and Vigna, prng.di.unimi.it, public domain). Not for secrets.

/// One stream of random numbers.
#[derive(Debug, Clone)]
pub(super) struct Rng([u64; 4]);

fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Rng {
    /// The stream for one thing (`index`) and one purpose (`purpose`): streams do not depend on each other's use.
    pub(super) fn new(seed: u64, index: u64, purpose: u64) -> Rng {
        let mut state = seed ^ index.wrapping_mul(0xd6e8_feb8_6659_fd93) ^ purpose.rotate_left(40);
        Rng([splitmix(&mut state), splitmix(&mut state), splitmix(&mut state), splitmix(&mut state)])
    }

    fn next(&mut self) -> u64 {
        let s = &mut self.0;
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// A number from 0 up to, not including, 1.
    pub(super) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// True with this probability.
    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// A whole number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + (self.unit() * (high - low + 1) as f64) as i64
    }

    /// About normal, by the sum of uniform numbers: no tails beyond 3.5 deviations, which suits vital signs.
    pub(super) fn normal(&mut self, mean: f64, deviation: f64) -> f64 {
        let sum: f64 = (0..4).map(|_| self.unit()).sum();
        mean + (sum - 2.0) * deviation * 1.732
    }

    /// One of the items.
    pub(super) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        let at = (self.unit() * items.len() as f64) as usize;
        items.get(at).or(items.first()).expect("lists to pick from are not empty: they are constants of this module")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        let (mut a, mut b) = (Rng::new(7, 3, 1), Rng::new(7, 3, 1));
        assert!((0..100).all(|_| a.next() == b.next()));
        assert_ne!(Rng::new(7, 3, 1).next(), Rng::new(7, 4, 1).next());
    }

    #[test]
    fn ranges_include_both_ends() {
        let mut rng = Rng::new(1, 0, 0);
        let seen: std::collections::BTreeSet<i64> = (0..500).map(|_| rng.between(2, 5)).collect();
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), [2, 3, 4, 5]);
    }

    #[test]
    fn normal_keeps_its_mean() {
        let mut rng = Rng::new(1, 0, 0);
        let mean = (0..2000).map(|_| rng.normal(120.0, 10.0)).sum::<f64>() / 2000.0;
        assert!((mean - 120.0).abs() < 1.0, "{mean}");
    }
}
