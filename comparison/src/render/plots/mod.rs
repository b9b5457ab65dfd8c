//! Plots of the report: each a pure function of its samples, with a caption made of them, too.

use maud::{Markup, html};

use super::html::table;
use crate::report::{Experiment, Report, Status};
use crate::verdict::Missing;

mod axis;
mod curves;
mod lines;
mod pen;
mod strips;
mod timeline;

use pen::{Panel, Style, WIDTH, key};

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

type Draw = fn(&Report) -> Result<Figure, Missing>;

/// Each with the name of its place in the page, and its title.
const PLOTS: [(&str, &str, Draw); 8] = [
    ("plot-round-trip", "Round trip by size", curves::round_trip),
    ("plot-round-trip-spread", "Round trips of 64 bytes, each sample", strips::round_trip),
    ("plot-creation-spread", "Creation, each sample", strips::creation),
    ("plot-creation", "Creation by the parent's size", curves::creation),
    ("plot-pool", "The pool at work", timeline::pool),
    ("plot-crash", "While a unit goes wrong", timeline::crash),
    ("plot-speed-up", "Speed-up by units", curves::speed_up),
    ("plot-loop-delay", "The loop's delay by task size", curves::loop_delay),
];

/// All plots; a line in place of one whose samples are missing.
pub(super) fn all(report: &Report) -> Markup {
    html! { @for (id, title, draw) in PLOTS {
        @match draw(report) {
            Ok(drawn) => (figure(id, title, &drawn)),
            Err(Missing(why)) => p id=(id) { (title) " is left out: " (why) "." },
        }
    } }
}

fn figure(id: &str, title: &str, figure: &Figure) -> Markup {
    html! {
        figure id=(id) aria-labelledby={ (id) "-name" } {
            figcaption { h3 id={ (id) "-name" } { (title) } p { (figure.caption) } }
            div.panels {
                @for (n, panel) in figure.panels.iter().enumerate() {
                    @let (name, desc) = (format!("{id}-{n}-title"), format!("{id}-{n}-desc"));
                    svg role="img" aria-labelledby={ (name) " " (desc) } viewBox={ "0 0 " (WIDTH) " " (panel.height) } {
                        title id=(name) { (title) ": " (panel.title) }
                        desc id=(desc) { (figure.caption) " The data stand below the plot." }
                        (panel.drawn)
                    }
                }
            }
            @if !figure.legend.is_empty() {
                ul.legend { @for (name, style) in &figure.legend {
                    li { svg aria-hidden="true" viewBox="0 0 34 14" { (key(*style)) } (name) }
                } }
            }
            details {
                summary { "The data of this plot" }
                (table(&format!("Data: {title}"), &figure.head, &figure.rows))
            }
        }
    }
}

/// The experiments with samples whose ids begin so; each with the rest of its id.
fn family<'a>(report: &'a Report, prefix: &str) -> Result<Vec<(&'a str, &'a Experiment)>, Missing> {
    let done = report.experiments.iter().filter(|one| one.status == Status::Ok && !one.arms.is_empty());
    let family: Vec<_> = done.filter_map(|one| Some((one.id.strip_prefix(prefix)?, one))).collect();
    let missing = || Missing(format!("{} has no samples", prefix.trim_end_matches('.')));
    if family.is_empty() { Err(missing()) } else { Ok(family) }
}
