//! Medians, percentiles, and a bootstrap interval of a ratio.

use crate::report::{Arm, Boundary, Ratio};

/// The smallest ratio that matters: what differs by less is called the same.
pub const MATTERS: f64 = 1.2;

/// With fewer samples than this an interval says nothing.
pub const ENOUGH: usize = 5;

const RESAMPLES: usize = 1000;

/// Summarises samples.
///
/// # Panics
/// When there are none.
pub fn arm(name: &str, boundary: Boundary, unit: &str, samples: Vec<f64>) -> Arm {
    let mut sorted = samples.clone();
    sorted.sort_by(f64::total_cmp);
    let (median, p10, p90) = (quantile(&sorted, 0.5), quantile(&sorted, 0.1), quantile(&sorted, 0.9));
    Arm { name: name.to_owned(), boundary, unit: unit.to_owned(), samples, median, p10, p90 }
}

/// Between which shares the true one lies, with 95 % confidence, when `yes` of `trials` were seen (Wilson, 1927).
/// Unlike the share plus or minus something, it stays within 0 and 1, and is honest about few trials: 3 of 3 may be
/// 0.44.
///
/// # Panics
/// When there are no trials.
pub fn wilson(yes: usize, trials: usize) -> [f64; 2] {
    assert!(yes <= trials && trials > 0, "{yes} of {trials}");
    const Z: f64 = 1.96;
    let (n, share) = (trials as f64, yes as f64 / trials as f64);
    let middle = (share + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
    let half = Z / (1.0 + Z * Z / n) * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    [(middle - half).max(0.0), (middle + half).min(1.0)]
}

/// The ratio of two arms' medians. Samples with the same index were taken in the same round, so the bootstrap draws
/// rounds: what moved both arms at once (a faster clock, a busy neighbour) cancels out.
///
/// # Panics
/// When an arm has no samples.
pub fn ratio(above: &Arm, below: &Arm, seed: u64) -> Ratio {
    let rounds = above.samples.len().min(below.samples.len());
    let mut random = fastrand::Rng::with_seed(seed);
    let mut ratios = Vec::with_capacity(RESAMPLES);
    let (mut a, mut b) = (vec![0.0; rounds], vec![0.0; rounds]);
    for _ in 0..RESAMPLES {
        for place in 0..rounds {
            let round = random.usize(..rounds);
            (a[place], b[place]) = (above.samples[round], below.samples[round]);
        }
        ratios.push(median_of(&mut a) / median_of(&mut b));
    }
    ratios.sort_by(f64::total_cmp);
    Ratio {
        of: [above.name.clone(), below.name.clone()],
        median: above.median / below.median,
        low: quantile(&ratios, 0.025),
        high: quantile(&ratios, 0.975),
    }
}

/// How far samples drifted: the median of their last third to that of the first. `None` where thirds are too small to
/// have one worth the name (nine samples at least), or begin at zero.
pub fn drift(samples: &[f64]) -> Option<f64> {
    let third = samples.len() / 3;
    let median = |part: &[f64]| median_of(&mut part.to_vec());
    (third >= 3)
        .then(|| (median(&samples[..third]), median(&samples[samples.len() - third..])))
        .filter(|(first, _)| *first > 0.0)
        .map(|(first, last)| last / first)
}

/// How many samples lie beyond a quartile by more than three times the distance between the quartiles; none can be told
/// where that distance is zero.
pub fn outliers(samples: &[f64]) -> usize {
    if samples.is_empty() {
        return 0;
    }
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (lower, upper) = (quantile(&sorted, 0.25), quantile(&sorted, 0.75));
    let far = 3.0 * (upper - lower);
    sorted.iter().filter(|&&sample| far > 0.0 && (sample < lower - far || sample > upper + far)).count()
}

/// One ratio for several that were measured apart: the geometric mean. Their errors are independent, so the interval's
/// half-width is the root of the sum of squares, over their number. `None` for none.
pub fn pooled(ratios: &[&Ratio]) -> Option<Ratio> {
    let (n, of) = (ratios.len() as f64, &ratios.first()?.of);
    let mean = ratios.iter().map(|ratio| ratio.median.ln()).sum::<f64>() / n;
    let width = |end: fn(&Ratio) -> f64| {
        ratios.iter().map(|ratio| (end(ratio).ln() - ratio.median.ln()).powi(2)).sum::<f64>().sqrt() / n
    };
    let (low, high) = ((mean - width(|ratio| ratio.low)).exp(), (mean + width(|ratio| ratio.high)).exp());
    Some(Ratio { of: of.clone(), median: mean.exp(), low, high })
}

/// The median; leaves the values in another order.
fn median_of(values: &mut [f64]) -> f64 {
    let odd = values.len() % 2 == 1;
    let (below, &mut upper, _) = values.select_nth_unstable_by(values.len() / 2, f64::total_cmp);
    if odd { upper } else { (below.iter().copied().fold(f64::MIN, f64::max) + upper) / 2.0 }
}

/// The quantile of sorted values, interpolated between the two nearest.
///
/// # Panics
/// When there are none.
pub fn quantile(sorted: &[f64], q: f64) -> f64 {
    let place = q * (sorted.len() - 1) as f64;
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    below + (above - below) * place.fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arm_of(samples: Vec<f64>) -> Arm {
        arm("arm", Boundary::None, "ns", samples)
    }

    #[test]
    fn the_median_of_an_even_number_lies_between_the_middle_two() {
        let arm = arm_of(vec![4.0, 1.0, 3.0, 2.0]);
        assert_eq!(arm.median, 2.5);
        assert_eq!(median_of(&mut [4.0, 1.0, 3.0, 2.0]), 2.5);
        assert_eq!(median_of(&mut [9.0, 1.0, 5.0]), 5.0);
        assert_eq!(arm.samples, [4.0, 1.0, 3.0, 2.0], "samples keep the order in which they were taken");
    }

    #[test]
    fn percentiles_of_a_hundred_and_one_values_are_the_values_themselves() {
        let arm = arm_of((0..=100).map(f64::from).collect());
        assert_eq!((arm.p10, arm.median, arm.p90), (10.0, 50.0, 90.0));
    }

    #[test]
    fn an_interval_holds_the_ratio_and_shrinks_with_the_spread() {
        let noisy = |scale: f64| arm_of((0..50).map(|i| scale * (10.0 + f64::from(i * 7 % 11))).collect());
        let spread = ratio(&noisy(3.0), &arm_of((0..50).map(|i| 10.0 + f64::from(i * 5 % 11)).collect()), 1);
        assert!(spread.low <= spread.median && spread.median <= spread.high, "{spread:?}");
        assert!(spread.low < 3.0 && 3.0 < spread.high, "{spread:?}");
        let paired = ratio(&noisy(3.0), &noisy(1.0), 1);
        assert!((paired.low - 3.0).abs() < 1e-9 && (paired.high - 3.0).abs() < 1e-9, "{paired:?}");
    }

    #[test]
    fn drift_is_told_from_the_thirds_and_from_enough_samples() {
        let rising: Vec<f64> = (0..30).map(|n| if n < 15 { 10.0 } else { 20.0 }).collect();
        assert_eq!(drift(&rising), Some(2.0));
        assert_eq!(drift(&rising.iter().rev().copied().collect::<Vec<_>>()), Some(0.5));
        let spiky: Vec<f64> = (0..30).map(|n| if n == 29 { 1e9 } else { 10.0 }).collect();
        assert_eq!(drift(&spiky), Some(1.0), "one outlier is no drift");
        assert_eq!(drift(&[1.0; 8]), None);
        assert_eq!(drift(&[0.0; 9]), None);
        assert_eq!(drift(&[]), None);
    }

    #[test]
    fn outliers_are_those_far_beyond_the_quartiles() {
        let mut samples: Vec<f64> = (1..=99).map(f64::from).collect();
        assert_eq!(outliers(&samples), 0);
        samples.extend([5_000.0, -5_000.0]);
        assert_eq!(outliers(&samples), 2);
        assert_eq!(outliers(&[1.0, 1.0, 1.0, 1.0, 0.0]), 0, "answers of yes and no have none");
        assert_eq!(outliers(&[]), 0);
    }

    #[test]
    fn few_trials_leave_much_open_and_many_little() {
        let close = |[low, high]: [f64; 2], expected: [f64; 2]| {
            assert!((low - expected[0]).abs() < 5e-4 && (high - expected[1]).abs() < 5e-4, "{low} {high}");
        };
        close(wilson(3, 3), [0.4385, 1.0]);
        close(wilson(0, 20), [0.0, 0.1611]);
        close(wilson(8, 10), [0.4902, 0.9433]);
        close(wilson(500, 1000), [0.4691, 0.5309]);
    }

    #[test]
    fn pooling_narrows_the_interval_and_keeps_one_that_stands_alone() {
        let apart = |low, median, high| Ratio { of: ["a", "b"].map(str::to_owned), low, median, high };
        let (half, twice) = (apart(0.4, 0.5, 0.625), apart(1.6, 2.0, 2.5));
        let alone = pooled(&[&half]).unwrap();
        assert!((alone.low - 0.4).abs() < 1e-9 && (alone.high - 0.625).abs() < 1e-9, "{alone:?}");
        let both = pooled(&[&half, &twice]).unwrap();
        assert!((both.median - 1.0).abs() < 1e-9, "{both:?}");
        assert!(both.low > 0.8 && both.low < 1.0 && both.high > 1.0 && both.high < 1.25, "{both:?}");
        assert!(pooled(&[]).is_none());
    }

    #[test]
    fn the_same_seed_draws_the_same_interval() {
        let (a, b) = (arm_of(vec![3.0, 5.0, 4.0, 9.0]), arm_of(vec![1.0, 2.0, 2.5, 1.5]));
        assert_eq!(ratio(&a, &b, 7), ratio(&a, &b, 7));
    }
}
