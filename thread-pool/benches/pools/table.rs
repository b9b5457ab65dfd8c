//! A line of the table: two medians, the ratio with its spread, the bound, and whether it holds.

use std::fs;
use std::io;
use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

/// Samples of one arm, one a round.
pub(crate) type Samples = Vec<Duration>;

pub(crate) fn median(samples: &[Duration]) -> Duration {
    quantile(samples.to_vec(), 0.5, Duration::cmp)
}

fn quantile<T: Copy>(mut values: Vec<T>, at: f64, order: impl FnMut(&T, &T) -> std::cmp::Ordering) -> T {
    values.sort_by(order);
    values[((values.len() - 1) as f64 * at).round() as usize]
}

pub(crate) fn head() {
    println!("{:<46} {:>10} {:>10}   {:<18} bound", "", "ours", "theirs", "ratio (10-90 %)");
}

/// Prints a line: the ratio of the medians, and between what the rounds' own ratios lie but for a tenth at either end.
pub(crate) fn line(what: &str, ours: &Samples, theirs: &Samples, bound: Option<f64>) {
    let ratios: Vec<f64> = ours.iter().zip(theirs).map(|(a, b)| a.as_secs_f64() / b.as_secs_f64()).collect();
    let [low, high] = [0.1, 0.9].map(|at| quantile(ratios.clone(), at, f64::total_cmp));
    let middle = median(ours).as_secs_f64() / median(theirs).as_secs_f64();
    let verdict = match bound {
        Some(bound) if middle <= bound => format!("<= {bound:<5} ok"),
        Some(bound) => format!("<= {bound:<5} missed"),
        None => "none".to_owned(),
    };
    let spread = format!("{middle:.2} ({low:.2}-{high:.2})");
    println!("{what:<46} {:>10} {:>10}   {spread:<18} {verdict}", brief(median(ours)), brief(median(theirs)));
}

fn brief(time: Duration) -> String {
    match time.as_secs_f64() {
        seconds if seconds < 1e-3 => format!("{:.2} us", seconds * 1e6),
        seconds => format!("{:.2} ms", seconds * 1e3),
    }
}

/// USER_HZ, in which `/proc/stat` counts on x86-64 and on ARM.
const TICKS_A_SECOND: f64 = 100.0;

/// The processors' busy time since the start: of all processes, and of this one with its children.
pub(crate) struct Busy {
    all: Duration,
    ours: Duration,
}

impl Busy {
    pub(crate) fn now() -> io::Result<Self> {
        let text = fs::read_to_string("/proc/stat")?;
        let mut ticks = text.split_whitespace().skip(1).map_while(|field| field.parse::<u64>().ok());
        // user, nice, system; idle and iowait are left out; irq, softirq, steal
        let busy: u64 = ticks.by_ref().take(3).sum::<u64>() + ticks.skip(2).take(3).sum::<u64>();
        let mut ours = 0;
        for who in [UsageWho::RUSAGE_SELF, UsageWho::RUSAGE_CHILDREN] {
            let usage = getrusage(who)?;
            ours += usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
        }
        Ok(Self {
            all: Duration::from_secs_f64(busy as f64 / TICKS_A_SECOND),
            ours: Duration::from_micros(ours as u64),
        })
    }

    /// How many processors others kept busy since then, over the time that has passed.
    pub(crate) fn others_since(&self, then: &Self, passed: Duration) -> f64 {
        let (all, ours) = (self.all.saturating_sub(then.all), self.ours.saturating_sub(then.ours));
        all.saturating_sub(ours).as_secs_f64() / passed.as_secs_f64()
    }
}
