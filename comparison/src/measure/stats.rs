//! Medians, percentiles, and the interval of a ratio, bootstrapped over processes and rounds.

use super::samples::{Arm, Ratio};

/// The smallest ratio that counts as a difference, declared beforehand.
pub const MIN_EFFECT: f64 = 1.2;

/// With fewer samples of an arm than this there is no ratio.
pub const MIN_SAMPLES: usize = 6;

/// With fewer processes than this there is no ratio: what differs from process to process would not be seen.
pub const MIN_PROCESSES: usize = 3;

const RESAMPLES: usize = 500;

/// The ratio of two arms' medians. Samples of the same process and index were taken in the same round. The bootstrap
/// draws processes, and within each of them rounds: what moves both arms at once cancels out, and what differs from
/// process to process (layout, placement) widens the interval.
///
/// `None` with too few samples, or where something would be compared with zero.
pub fn ratio(above: &Arm, below: &Arm, seed: u64) -> Option<Ratio> {
    let both: Vec<(&[f64], &[f64])> = above
        .processes
        .iter()
        .zip(&below.processes)
        .map(|(a, b)| (&a[..a.len().min(b.len())], &b[..a.len().min(b.len())]))
        .filter(|(a, _)| !a.is_empty())
        .collect();
    let samples: usize = both.iter().map(|(a, _)| a.len()).sum();
    if samples < MIN_SAMPLES || both.len() < MIN_PROCESSES {
        return None;
    }
    let mut random = fastrand::Rng::with_seed(seed);
    let mut ratios = Vec::with_capacity(RESAMPLES);
    for _ in 0..RESAMPLES {
        let (mut a, mut b) = (Vec::with_capacity(samples), Vec::with_capacity(samples));
        for _ in 0..both.len() {
            let (of_a, of_b) = both[random.usize(..both.len())];
            for _ in 0..of_a.len() {
                let round = random.usize(..of_a.len());
                a.push(of_a[round]);
                b.push(of_b[round]);
            }
        }
        ratios.push(median(&mut a) / median(&mut b));
    }
    ratios.sort_by(f64::total_cmp);
    let (low, high) = (quantile(&ratios, 0.025), quantile(&ratios, 0.975));
    let of = [above.name.clone(), below.name.clone()];
    let ratio = Ratio { of, median: above.median / below.median, low, high };
    [ratio.median, low, high].iter().all(|end| end.is_finite() && *end > 0.0).then_some(ratio)
}

/// The median; leaves the values in another order.
fn median(values: &mut [f64]) -> f64 {
    let odd = values.len() % 2 == 1;
    let (below, &mut upper, _) = values.select_nth_unstable_by(values.len() / 2, f64::total_cmp);
    if odd { upper } else { (below.iter().copied().fold(f64::MIN, f64::max) + upper) / 2.0 }
}

/// The quantile of sorted values, interpolated between the two nearest.
///
/// # Panics
/// When there are none.
pub fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    below + (above - below) * place.fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arm(processes: &[&[f64]]) -> Arm {
        Arm::new("arm", "ns", processes.iter().map(|samples| samples.to_vec()).collect())
    }

    #[test]
    fn the_median_of_an_even_number_lies_between_the_middle_two() {
        assert_eq!(median(&mut [4.0, 1.0, 3.0, 2.0]), 2.5);
        assert_eq!(median(&mut [9.0, 1.0, 5.0]), 5.0);
        assert_eq!(arm(&[&[4.0, 1.0], &[3.0, 2.0]]).median, 2.5);
    }

    #[test]
    fn what_moves_both_arms_at_once_cancels_out() {
        let slow = arm(&[&[30.0, 60.0, 90.0], &[30.0, 45.0, 60.0], &[33.0, 66.0, 99.0]]);
        let fast = arm(&[&[10.0, 20.0, 30.0], &[10.0, 15.0, 20.0], &[11.0, 22.0, 33.0]]);
        let ratio = ratio(&slow, &fast, 1).unwrap();
        assert!((ratio.low - 3.0).abs() < 1e-9 && (ratio.high - 3.0).abs() < 1e-9, "{ratio:?}");
    }

    /// Rounds alone would give a narrow interval about 1.33 here; two processes of three say something else.
    #[test]
    fn what_differs_from_process_to_process_widens_the_interval() {
        let same = [10.0, 10.1, 9.9, 10.0, 10.05];
        let above: Vec<Vec<f64>> = [1.0, 1.3, 2.0].iter().map(|by| same.iter().map(|ns| ns * by).collect()).collect();
        let below = Arm::new("below", "ns", vec![same.to_vec(); 3]);
        let ratio = ratio(&Arm::new("above", "ns", above), &below, 7).unwrap();
        assert!(ratio.low < 1.05 && ratio.high > 1.9, "{ratio:?}");
    }

    #[test]
    fn two_processes_or_five_samples_give_no_ratio() {
        let two = arm(&[&[1.0; 50], &[1.0; 50]]);
        assert_eq!(ratio(&two, &two, 1), None);
        let few = arm(&[&[1.0, 1.0], &[1.0, 1.0], &[1.0]]);
        assert_eq!(ratio(&few, &few, 1), None);
        let none = arm(&[&[0.0; 3], &[0.0; 3], &[0.0; 3]]);
        assert_eq!(ratio(&none, &none, 1), None, "nothing is compared with zero");
    }
}
