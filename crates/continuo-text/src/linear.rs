//! A small linear classifier over hashed features: softmax regression or margins, trained in a fixed order, kept as signed
//! bytes.

/// Number of feature buckets of a model that names no other.
pub(crate) const BUCKETS: usize = 1 << 14;
const SCALE: f32 = 24.0;

/// Hashed features of one example, for a model of `B` buckets.
pub(crate) struct Features<const B: usize = BUCKETS> {
    buckets: Vec<usize>,
}

impl<const B: usize> Default for Features<B> {
    fn default() -> Self {
        Self { buckets: Vec::new() }
    }
}

impl<const B: usize> Features<B> {
    /// Adds one feature, named by its parts.
    pub(crate) fn add(&mut self, parts: &[&str]) {
        let mut hash = 0xcbf2_9ce4_8422_2325u64;
        for part in parts {
            for byte in part.bytes().chain([0]) {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
        self.buckets.push(((hash >> 20) ^ hash) as usize % B);
    }

    /// Counted and damped.
    pub(crate) fn counted(mut self) -> Vec<(usize, f32)> {
        self.buckets.sort_unstable();
        let mut out: Vec<(usize, f32)> = Vec::new();
        for bucket in self.buckets {
            match out.last_mut() {
                Some((last, count)) if *last == bucket => *count += 1.0,
                _ => out.push((bucket, 1.0)),
            }
        }
        for (_, value) in &mut out {
            *value = 1.0 + value.ln();
        }
        out
    }

    /// Counted, damped and of one length, so long and short texts weigh alike.
    pub(crate) fn finish(self) -> Vec<(usize, f32)> {
        let mut out = self.counted();
        let length = out.iter().map(|(_, v)| v * v).sum::<f32>().sqrt().max(1.0);
        for (_, value) in &mut out {
            *value *= 4.0 / length;
        }
        out.push((0, 1.0));
        out
    }
}

/// The length of each group of features.
const LENGTH: f32 = 2.0;

/// How rare each feature is among the examples learnt from, in sixteenths of the logarithm.
pub(crate) struct Rarity<const B: usize = BUCKETS> {
    of: Vec<u8>,
}

impl<const B: usize> Rarity<B> {
    /// Reads it from the front of a model file.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Self {
        Self { of: bytes.iter().take(B).copied().collect() }
    }

    /// The form that is kept in a file.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut out = self.of.clone();
        out.resize(B, 0);
        out
    }

    /// Counts in how many examples each feature stands.
    pub(crate) fn learn<'a>(rows: impl Iterator<Item = &'a [Vec<(usize, f32)>]>) -> Self {
        let mut seen = vec![0u32; B];
        let mut all = 0u32;
        for groups in rows {
            all += 1;
            for (bucket, _) in groups.iter().flatten() {
                if let Some(count) = seen.get_mut(*bucket) {
                    *count += 1;
                }
            }
        }
        let rarity =
            |count: u32| ((1.0 + (f64::from(all) + 1.0) / (f64::from(count) + 1.0)).ln() * 16.0).min(255.0) as u8;
        Self { of: seen.into_iter().map(rarity).collect() }
    }

    /// Rare features count more; each group keeps the same length.
    pub(crate) fn weigh(&self, groups: &[Vec<(usize, f32)>]) -> Vec<(usize, f32)> {
        self.weigh_by(groups, &[])
    }

    /// The same with a length for each group, in order; groups without one keep the usual length.
    pub(crate) fn weigh_by(&self, groups: &[Vec<(usize, f32)>], lengths: &[f32]) -> Vec<(usize, f32)> {
        let mut out = Vec::with_capacity(groups.iter().map(Vec::len).sum());
        for (place, group) in groups.iter().enumerate() {
            let wanted = lengths.get(place).copied().unwrap_or(LENGTH);
            let weighed: Vec<(usize, f32)> = group
                .iter()
                .map(|(bucket, value)| (*bucket, value * f32::from(self.of.get(*bucket).copied().unwrap_or(16)) / 16.0))
                .collect();
            let length = weighed.iter().map(|(_, v)| v * v).sum::<f32>().sqrt().max(0.001);
            out.extend(weighed.into_iter().map(|(bucket, value)| (bucket, value * wanted / length)));
        }
        out.push((0, 1.0));
        out
    }
}

/// Weights by bucket and label.
pub(crate) struct Linear<const N: usize, const B: usize = BUCKETS> {
    weights: Vec<f32>,
}

impl<const N: usize, const B: usize> Linear<N, B> {
    /// The length of a model file.
    pub(crate) const BYTES: usize = B * N;

    /// Reads a model: one signed byte a weight; short input counts as zeros.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Self {
        let mut weights: Vec<f32> = bytes.iter().take(B * N).map(|b| f32::from(b.cast_signed()) / SCALE).collect();
        weights.resize(B * N, 0.0);
        Self { weights }
    }

    /// The form that is kept in a file.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        self.weights.iter().map(|w| ((w * SCALE).round().clamp(-127.0, 127.0) as i8).cast_unsigned()).collect()
    }

    /// The chance of each label.
    pub(crate) fn chances(&self, features: &[(usize, f32)]) -> [f32; N] {
        softmax(self.scores(features))
    }

    fn scores(&self, features: &[(usize, f32)]) -> [f32; N] {
        let mut scores = [0.0f32; N];
        for (bucket, value) in features {
            if let Some(row) = self.weights.get(bucket * N..bucket * N + N) {
                for (score, weight) in scores.iter_mut().zip(row) {
                    *score += weight * value;
                }
            }
        }
        scores
    }

    /// Trains on examples with their label's number; rows in a fixed shuffled order, plain gradient steps.
    pub(crate) fn train(data: &[(Vec<(usize, f32)>, usize)], rounds: usize) -> Self {
        Self::train_weighted(data, rounds, &[1.0; N])
    }

    /// Trains so that rare labels count as much as common ones (within bounds).
    pub(crate) fn train_balanced(data: &[(Vec<(usize, f32)>, usize)], rounds: usize) -> Self {
        Self::train_weighted(data, rounds, &importance(&counts(data)))
    }

    /// Trains each label against the rest by its margin (squared hinge), then takes part of the labels' commonness back,
    /// so that rare labels are said as readily as where they are commoner than here. Scores are stretched so that the
    /// chances spread; they are not calibrated.
    pub(crate) fn train_margin(data: &[(Vec<(usize, f32)>, usize)], rounds: usize) -> Self {
        const DECAY: f32 = 0.0002;
        const TAKEN_BACK: f32 = 0.16;
        const STRETCH: f32 = 3.0;
        let counts = counts(data);
        let mut model = Self::descend(data, rounds, &importance(&counts), (0.1, 0.1, DECAY), |scores, label| {
            let mut l = 0;
            scores.map(|score| {
                let side = if l == label { 1.0 } else { -1.0 };
                l += 1;
                side * (1.0 - side * score).clamp(0.0, 2.0) / 2.0
            })
        });
        // bucket 0 holds what each label gets before a word is read
        for (weight, count) in model.weights.iter_mut().zip(counts) {
            *weight -= TAKEN_BACK * ((count + 0.5) / data.len().max(1) as f32).ln();
        }
        for weight in &mut model.weights {
            *weight *= STRETCH;
        }
        model
    }

    fn train_weighted(data: &[(Vec<(usize, f32)>, usize)], rounds: usize, importance: &[f32; N]) -> Self {
        Self::descend(data, rounds, importance, (0.35, 0.25, 0.0008), |scores, label| {
            let mut l = 0;
            softmax(scores).map(|chance| {
                let target = if l == label { 1.0 } else { 0.0 };
                l += 1;
                target - chance
            })
        })
    }

    /// Plain gradient steps over the rows in a fixed shuffled order; `push` says which way each label's score should go.
    fn descend(
        data: &[(Vec<(usize, f32)>, usize)],
        rounds: usize,
        importance: &[f32; N],
        (start, slowing, decay): (f32, f32, f32),
        push: impl Fn([f32; N], usize) -> [f32; N],
    ) -> Self {
        let mut model = Self { weights: vec![0.0; B * N] };
        let mut order: Vec<usize> = (0..data.len()).collect();
        let mut state = 0x2545_f491_4f6c_dd1du64;
        for round in 0..rounds {
            for i in (1..order.len()).rev() {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                order.swap(i, (state % (i as u64 + 1)) as usize);
            }
            let pace = start / (1.0 + slowing * round as f32);
            for index in &order {
                let Some((features, label)) = data.get(*index) else { continue };
                let step = pace * importance.get(*label).copied().unwrap_or(1.0);
                let pushes = push(model.scores(features), *label);
                for (bucket, value) in features {
                    if let Some(row) = model.weights.get_mut(bucket * N..bucket * N + N) {
                        for (weight, push) in row.iter_mut().zip(pushes) {
                            *weight += step * (value * push - decay * *weight);
                        }
                    }
                }
            }
        }
        model
    }
}

fn softmax<const N: usize>(mut scores: [f32; N]) -> [f32; N] {
    let top = scores.iter().copied().fold(f32::MIN, f32::max);
    let mut sum = 0.0;
    for score in &mut scores {
        *score = (*score - top).exp();
        sum += *score;
    }
    scores.map(|s| s / sum)
}

/// How many rows each label has.
fn counts<const N: usize>(data: &[(Vec<(usize, f32)>, usize)]) -> [f32; N] {
    let mut counts = [0.0f32; N];
    for (_, label) in data {
        if let Some(count) = counts.get_mut(*label) {
            *count += 1.0;
        }
    }
    counts
}

/// Rare labels weigh more in training, within bounds.
fn importance<const N: usize>(counts: &[f32; N]) -> [f32; N] {
    let mean = counts.iter().sum::<f32>() / N as f32;
    counts.map(|c| (mean / c.max(1.0)).sqrt().clamp(0.4, 2.5))
}
