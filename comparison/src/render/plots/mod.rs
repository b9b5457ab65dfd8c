//! Plots of the report: each a pure function of its samples, with a caption made of them, too.

use maud::{Markup, PreEscaped, html};

use super::html::scroller;
use crate::report::{Experiment, Report, Status};
use crate::verdict::Missing;

mod distribution;
mod lines;
mod loop_delay;
mod parent;
mod pen;
mod round_trip;
mod speed_up;
mod timeline;

use pen::{Style, WIDTH, key};

/// A plot, its words and its data.
struct Figure {
    /// What to see, computed.
    caption: String,
    panels: Vec<Panel>,
    legend: Vec<(String, Style)>,
    /// The data: a head, and rows as long.
    head: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

struct Panel {
    title: String,
    height: u32,
    /// What stands within its `<svg>`.
    drawn: String,
}

struct Plot {
    id: &'static str,
    title: &'static str,
    draw: fn(&Report) -> Result<Figure, Missing>,
}

const PLOTS: [Plot; 8] = [
    Plot { id: "plot-round-trip", title: "Round trip by size", draw: round_trip::draw },
    Plot {
        id: "plot-round-trip-spread",
        title: "Round trips of 64 bytes, each sample",
        draw: distribution::round_trip,
    },
    Plot { id: "plot-creation-spread", title: "Creation, each sample", draw: distribution::creation },
    Plot { id: "plot-creation", title: "Creation by the parent's size", draw: parent::draw },
    Plot { id: "plot-pool", title: "The pool at work", draw: timeline::pool },
    Plot { id: "plot-crash", title: "While a unit goes wrong", draw: timeline::crash },
    Plot { id: "plot-speed-up", title: "Speed-up by units", draw: speed_up::draw },
    Plot { id: "plot-loop-delay", title: "The loop's delay by task size", draw: loop_delay::draw },
];

/// All plots; a line in place of one whose samples are missing.
pub(super) fn section(report: &Report) -> Markup {
    html! {
        section aria-labelledby="plots" {
            h2 id="plots" { "Plots" }
            @for plot in &PLOTS {
                @match (plot.draw)(report) {
                    Ok(drawn) => (figure(plot, &drawn)),
                    Err(Missing(why)) => p id=(plot.id) { (plot.title) " is left out: " (why) "." },
                }
            }
        }
    }
}

fn figure(plot: &Plot, figure: &Figure) -> Markup {
    html! {
        figure id=(plot.id) aria-labelledby={ (plot.id) "-name" } {
            figcaption { h3 id={ (plot.id) "-name" } { (plot.title) } p { (figure.caption) } }
            div.panels {
                @for (n, panel) in figure.panels.iter().enumerate() {
                    @let (title, desc) = (format!("{}-{n}-title", plot.id), format!("{}-{n}-desc", plot.id));
                    svg role="img" aria-labelledby={ (title) " " (desc) } viewBox={ "0 0 " (WIDTH) " " (panel.height) } {
                        title id=(title) { (plot.title) ": " (panel.title) }
                        desc id=(desc) { (figure.caption) " The data stand below the plot." }
                        (PreEscaped(&panel.drawn))
                    }
                }
            }
            @if !figure.legend.is_empty() {
                ul.legend { @for (name, style) in &figure.legend {
                    li { svg aria-hidden="true" viewBox="0 0 34 14" { (PreEscaped(key(*style))) } (name) }
                } }
            }
            details {
                summary { "The data of this plot" }
                (scroller(&format!("Data: {}", plot.title), html! {
                    table {
                        caption { (plot.title) }
                        thead { tr { @for head in &figure.head { th scope="col" { (head) } } } }
                        tbody { @for row in &figure.rows {
                            tr { @for (n, cell) in row.iter().enumerate() {
                                @if n == 0 { th scope="row" { (cell) } } @else { td { (cell) } }
                            } }
                        } }
                    }
                }))
            }
        }
    }
}

/// The experiments with samples whose ids begin so; each with the rest of its id.
fn family<'a>(report: &'a Report, prefix: &str) -> Result<Vec<(&'a str, &'a Experiment)>, Missing> {
    let done = report.experiments.iter().filter(|one| one.status == Status::Ok && !one.arms.is_empty());
    let family: Vec<_> = done.filter_map(|one| Some((one.id.strip_prefix(prefix)?, one))).collect();
    if family.is_empty() {
        return Err(Missing(format!("{} has no samples", prefix.trim_end_matches('.'))));
    }
    Ok(family)
}

/// What `64KiB` or `10ms` means in bytes or nanoseconds.
fn quantity(text: &str) -> Option<f64> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let unit = match unit {
        "B" | "ns" => 1.0,
        "KiB" => 1024.0,
        "MiB" => 1024.0 * 1024.0,
        "GiB" => 1024.0 * 1024.0 * 1024.0,
        "us" => 1e3,
        "ms" => 1e6,
        "s" => 1e9,
        _ => return None,
    };
    Some(number.parse::<f64>().ok()? * unit)
}

/// A quantity as one reads it: `64 KiB`, `10 µs`.
fn spaced(text: &str) -> String {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    format!("{number} {}", unit.replace("us", "µs"))
}

/// A ratio as one says it.
fn fold(ratio: f64) -> String {
    if ratio < 9.95 { format!("{ratio:.1} ×") } else { format!("{ratio:.0} ×") }
}
