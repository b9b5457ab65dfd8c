//! An axis of a plot: linear, or by powers of ten.

use itertools::Itertools;

pub(super) struct Axis {
    pub(super) low: f64,
    pub(super) high: f64,
    log: bool,
    /// Where a line crosses the plot, with its label.
    pub(super) ticks: Vec<(f64, String)>,
}

impl Axis {
    /// Powers of ten that hold the values, labelled by `label`; its ends lie a little outside.
    pub(super) fn decades(values: impl IntoIterator<Item = f64>, label: fn(f64) -> String) -> Self {
        let (low, high) = ends(values.into_iter().filter(|value| *value > 0.0));
        let (low, high) = (low / 1.3, high * 1.3);
        let steps: &[f64] = if high / low < 50.0 { &[1.0, 2.0, 5.0] } else { &[1.0] };
        let powers = (low.log10().floor() as i32)..=(high.log10().ceil() as i32);
        let ticks = powers.flat_map(|power| steps.iter().map(move |step| step * 10_f64.powi(power)));
        let ticks = ticks.filter(|tick| (low..=high).contains(tick)).map(|tick| (tick, round(label(tick)))).collect();
        Self { low, high, log: true, ticks }
    }

    /// The values themselves, by powers.
    pub(super) fn at(ticks: Vec<(f64, String)>) -> Self {
        let (low, high) = ends(ticks.iter().map(|(value, _)| *value));
        Self { low: low / 1.5, high: high * 1.5, log: true, ticks }
    }

    /// From 0, with about five round ticks.
    pub(super) fn linear(values: impl IntoIterator<Item = f64>, label: fn(f64) -> String) -> Self {
        let high = Some(ends(values).1 * 1.05).filter(|high| *high > 0.0).unwrap_or(1.0);
        let rough = high / 5.0;
        let power = 10_f64.powf(rough.log10().floor());
        let step = power * [1.0, 2.0, 5.0, 10.0].into_iter().find(|step| step * power >= rough).unwrap_or(10.0);
        let ticks = (0..).map(|n| f64::from(n) * step).take_while(|tick| *tick <= high);
        Self { low: 0.0, high, log: false, ticks: ticks.map(|tick| (tick, round(label(tick)))).collect() }
    }

    /// Rows below each other, without ticks.
    pub(super) fn rows(count: usize) -> Self {
        Self { low: 0.0, high: count as f64, log: false, ticks: Vec::new() }
    }

    /// How far along the axis a value lies, from 0 to 1; what lies beyond an end, or nowhere, is drawn at an end.
    pub(super) fn share(&self, value: f64) -> f64 {
        let scale = |value: f64| if self.log { value.ln() } else { value };
        let value = value.max(self.low).min(self.high);
        (scale(value) - scale(self.low)) / (scale(self.high) - scale(self.low))
    }
}

/// A round number without its zero: `1 ms`.
fn round(label: String) -> String {
    label.replace(".0 ", " ")
}

/// The smallest and the largest; 1 and 1 when there are none.
fn ends(values: impl IntoIterator<Item = f64>) -> (f64, f64) {
    let finite = values.into_iter().filter(|value| value.is_finite());
    finite.minmax_by(f64::total_cmp).into_option().unwrap_or((1.0, 1.0))
}
