//! How late a loop is that has a task done, by the task's size: from where on is it worth handing over?

use super::lines::{Lines, Series, gather, no_control};
use super::{Figure, family};
use crate::report::{Arm, Report};
use crate::tables::break_even::{From, break_even};
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
    for Series { name, .. } in series.iter().filter(|series| series.name != "inline") {
        let Some(from) = break_even(&report.experiments, name, "loop delay") else { continue };
        words.push(match from {
            From::Size(size) => {
                marks.push((size, format!("{name} {}", time(size))));
                format!("{name} from {}", time(size))
            }
            From::Below(_) => format!("{name} at every size measured"),
            From::Above(_) => format!("{name} at none"),
        });
    }
    marks.sort_by(|a, b| a.0.total_cmp(&b.0));
    let below =
        if marks.is_empty() { "" } else { " Below its break-even (dotted) the hand-over costs more than the work." };
    let caption =
        format!("Handing a task over delays the loop less than doing it inline: {}.{below}", words.join(", "));
    let head = ["Plot", "Task", "Median loop delay"];
    Ok(Lines { head, x, log: true, label: time, panels, marks }.figure(caption))
}
