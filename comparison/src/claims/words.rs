//! Figures in words: with a unit, and with no more digits than they are worth.

use crate::measure::samples::Ratio;

/// A time: `8.4 µs`, `29 ms`. With a no-break space, so that figure and unit stay together.
pub fn time(ns: f64) -> String {
    const UNITS: [(&str, f64); 4] = [("ns", 1.0), ("µs", 1e3), ("ms", 1e6), ("s", 1e9)];
    let fits = |(_, size): &&(&str, f64)| rounded(ns / size) < 1000.0;
    let (unit, size) = UNITS.iter().find(fits).unwrap_or(&UNITS[3]);
    format!("{}\u{a0}{unit}", digits(ns / size))
}

/// An amount of memory.
pub fn memory(kib: f64) -> String {
    if kib >= 1000.0 { format!("{}\u{a0}MiB", digits(kib / 1024.0)) } else { format!("{}\u{a0}KiB", digits(kib)) }
}

/// `1.97 ×`.
pub fn times(ratio: f64) -> String {
    format!("{}\u{a0}×", factor(ratio))
}

/// A ratio and its interval, with a digit more than in a sentence: `17.1 × (95 %: 16.9 to 17.4)`.
pub fn with_interval(ratio: &Ratio) -> String {
    let digits = if ratio.high < 10.0 { 2 } else { 1 };
    format!("{:.digits$}\u{a0}× (95\u{a0}%: {:.digits$} to {:.digits$})", ratio.median, ratio.low, ratio.high)
}

/// From the smallest to the largest of some ratios; nothing without any.
pub fn span<'a>(ratios: impl IntoIterator<Item = &'a Ratio>) -> String {
    let mut all: Vec<f64> = ratios.into_iter().map(|ratio| ratio.median).collect();
    all.sort_by(f64::total_cmp);
    match all[..] {
        [] => String::new(),
        [one] => times(one),
        [low, .., high] => format!("{} to {}", times(low), times(high)),
    }
}

fn factor(ratio: f64) -> String {
    if ratio < 3.0 { format!("{ratio:.2}") } else { digits(ratio) }
}

/// `0 of 100`.
pub fn of((yes, all): (usize, usize)) -> String {
    format!("{yes} of {all}")
}

/// Two digits that count.
fn digits(figure: f64) -> String {
    if figure.abs() < 9.95 { format!("{figure:.1}") } else { format!("{:.0}", rounded(figure)) }
}

fn rounded(figure: f64) -> f64 {
    if figure.abs() < 9.95 { (figure * 10.0).round() / 10.0 } else { figure.round() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_the_unit_that_fits_once_it_is_rounded() {
        let plain = |ns: f64| time(ns).replace('\u{a0}', " ");
        assert_eq!([plain(8_440.0), plain(999_700.0), plain(29_100_000.0)], ["8.4 µs", "1.0 ms", "29 ms"]);
        assert_eq!(times(1.966).replace('\u{a0}', " "), "1.97 ×");
    }
}
