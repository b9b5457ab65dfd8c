//! How late a loop is that has a task done, by the task's size: from where on is it worth handing over?

use super::lines::{Lines, Series, gather, no_control};
use super::{Figure, family};
use crate::report::{Arm, Report};
use crate::tables::time;
use crate::verdict::Missing;

pub(super) fn draw(report: &Report) -> Result<Figure, Missing> {
    let family = family(report, "loop_delay.")?;
    let delay = |arm: &Arm| no_control(arm)?.strip_suffix(": loop delay").map(str::to_owned);
    let (panels, x) = gather(&family, &[("", "loop delay, by task size")], delay);
    let Some((_, series)) = panels.first() else {
        return Err(Missing("loop_delay has no arm that tells the loop's delay".to_owned()));
    };
    let (mut marks, mut words) = (Vec::new(), Vec::new());
    if let Some(inline) = series.iter().find(|series| series.name == "inline") {
        for other in series.iter().filter(|series| series.name != "inline") {
            words.push(match break_even(inline, other) {
                BreakEven::At(size) => {
                    marks.push((size, format!("{} {}", other.name, time(size))));
                    format!("{} from {}", other.name, time(size))
                }
                BreakEven::Always => format!("{} at every size measured", other.name),
                BreakEven::Never => format!("{} at none", other.name),
            });
        }
    }
    marks.sort_by(|a, b| a.0.total_cmp(&b.0));
    let below =
        if marks.is_empty() { "" } else { " Below its break-even (dotted) the hand-over costs more than the work." };
    let caption =
        format!("Handing a task over delays the loop less than doing it inline: {}.{below}", words.join(", "));
    let head = ["Plot", "Task", "Median loop delay"];
    Ok(Lines { head, x, log: true, label: time, panels, marks }.figure(caption))
}

enum BreakEven {
    /// From this size on.
    At(f64),
    Always,
    Never,
}

/// From where on `other` stays below `inline`: where their lines cross, on logarithmic axes.
fn break_even(inline: &Series, other: &Series) -> BreakEven {
    let gain = |x: f64| Some((inline.at(x)? / other.at(x)?).ln());
    let gains: Vec<(f64, f64)> =
        inline.points.iter().filter_map(|point| Some((point.x.ln(), gain(point.x)?))).collect();
    match gains.iter().rposition(|(_, gain)| *gain <= 0.0) {
        None => BreakEven::Always,
        Some(last) => match gains.get(last..last + 2) {
            Some(&[(x, loss), (next, gain)]) => BreakEven::At((x + (next - x) * -loss / (gain - loss)).exp()),
            _ => BreakEven::Never,
        },
    }
}
