//! Samples in pairs, their ratio, and whether it keeps its bound.

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

pub(crate) const HEAD: &str =
    "                                        here   beside it    ratio  (smallest … largest)  bound";

/// What a line's ratio should keep.
#[derive(Clone, Copy)]
pub(crate) enum Bound {
    /// The time here, divided by the one beside it.
    AtMost(f64),
    /// The time beside it, divided by the one here.
    AtLeast(f64),
}

/// Two arms, and what their ratio should keep.
pub(crate) struct Line {
    pub(crate) what: String,
    /// In nanoseconds: here, and beside it.
    pub(crate) turns: Vec<(f64, f64)>,
    pub(crate) bound: Bound,
}

impl Line {
    pub(crate) fn print(&self) {
        self.row("ok", "missed");
    }

    /// A control: the same work by the bare means, without a loop. Where even that misses the bound, none can keep it.
    pub(crate) fn print_as_floor(&self) {
        self.row("in reach", "out of reach");
    }

    fn row(&self, kept: &str, missed: &str) {
        let (here, there) = self.turns.iter().copied().unzip();
        let ratio = |&(here, there): &(f64, f64)| match self.bound {
            Bound::AtMost(_) => here / there,
            Bound::AtLeast(_) => there / here,
        };
        let ratios: Vec<_> = self.turns.iter().map(ratio).collect();
        let (least, most) = ratios.iter().fold((f64::MAX, 0_f64), |(a, b), &r| (a.min(r), b.max(r)));
        let middle = median(ratios);
        let (keeps, bound) = match self.bound {
            Bound::AtMost(bound) => (middle <= bound, format!("<= {bound}")),
            Bound::AtLeast(bound) => (middle >= bound, format!(">= {bound}")),
        };
        let verdict = if keeps { kept } else { missed };
        let what = &self.what;
        let here = median(here);
        let there = median(there);
        println!(
            "{what:<33} {here:>8.1} ns {there:>8.1} ns {middle:>7.2}x  ({least:.2} … {most:.2})  {bound} {verdict}"
        );
    }
}

pub(crate) fn median(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}

/// Where two sides may be: both on one CPU, or on two.
pub(crate) fn placements() -> anyhow::Result<Vec<(&'static str, usize, usize)>> {
    static CPUS: std::sync::OnceLock<Vec<usize>> = std::sync::OnceLock::new();
    let allowed = sched_getaffinity(Pid::from_raw(0))?;
    // Asked for once, before the first pinning.
    let cpus = CPUS.get_or_init(|| (0..CpuSet::count()).filter(|&cpu| allowed.is_set(cpu) == Ok(true)).collect());
    let mut placements = vec![("one CPU", cpus[0], cpus[0])];
    match cpus.get(1) {
        Some(&other) => placements.push(("two CPUs", cpus[0], other)),
        None => println!("(left out: the same on two CPUs: this process may use one)"),
    }
    Ok(placements)
}

/// Keeps this thread, and what it starts from now on, on one CPU.
pub(crate) fn pin(cpu: usize) -> nix::Result<()> {
    let mut set = CpuSet::new();
    set.set(cpu)?;
    sched_setaffinity(Pid::from_raw(0), &set)
}
