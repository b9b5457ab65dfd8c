//! Figures as one reads them.

use crate::report::Ratio;
use crate::stats::wilson;

/// With a full stop, if it has none.
pub(crate) fn sentence(text: &str) -> String {
    format!("{}.", text.trim_end_matches('.'))
}

/// So many of so many, with what that says about the share (95 %, Wilson).
pub(super) fn share((yes, trials): (usize, usize)) -> String {
    let [low, high] = wilson(yes, trials).map(|share| 100.0 * share);
    format!("{yes} of {trials} ({low:.0} to {high:.0} %)")
}

/// A time, in the unit that fits once it is rounded: there are no 1000 µs.
pub(crate) fn time(ns: f64) -> String {
    match ns {
        ..999.5 => format!("{ns:.0} ns"),
        ..999.5e3 => format!("{} µs", figures(ns / 1e3)),
        ..999.5e6 => format!("{} ms", figures(ns / 1e6)),
        _ => format!("{} s", figures(ns / 1e9)),
    }
}

/// Memory, in the unit that fits.
pub(crate) fn memory(kib: f64) -> String {
    if kib < 1024.0 { format!("{kib:.0} KiB") } else { format!("{} MiB", figures(kib / 1024.0)) }
}

/// A ratio with its interval.
pub(crate) fn times(ratio: &Ratio) -> String {
    format!("{} × ({} to {})", precise(ratio.median), precise(ratio.low), precise(ratio.high))
}

/// A ratio in a sentence.
pub(crate) fn brief(ratio: f64) -> String {
    format!("{} ×", figures(ratio))
}

/// A number with two decimals below ten, without above.
pub(crate) fn precise(value: f64) -> String {
    rounded(value, 2)
}

/// A number with one decimal below ten, without above.
pub(crate) fn figures(value: f64) -> String {
    rounded(value, 1)
}

/// What is divided by nothing has no figure.
fn rounded(value: f64, decimals: usize) -> String {
    match value {
        f64::INFINITY => "∞".to_owned(),
        value if value.is_nan() => "?".to_owned(),
        ..9.95 => format!("{value:.decimals$}"),
        _ => format!("{value:.0}"),
    }
}

/// A part of an experiment's id in words: `64KiB` is 64 KiB, `10us` 10 µs, `same_cpu` one CPU.
pub(crate) fn part(id: &str) -> String {
    let (number, name) = id.split_at(id.find(|c: char| !c.is_ascii_digit()).unwrap_or(id.len()));
    match name {
        "same_cpu" => "one CPU".to_owned(),
        "two_cpus" => "two CPUs".to_owned(),
        unit if !number.is_empty() => format!("{number} {}", unit.replace("us", "µs")),
        name => name.replace('_', " "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_the_unit_that_fits_once_it_is_rounded() {
        assert_eq!(
            [999.4, 999.6, 999.4e3, 999.7e3, 1.5e9].map(time),
            ["999 ns", "1.0 µs", "999 µs", "1.0 ms", "1.5 s"]
        );
    }
}
