//! Ratios as pictures (SVG): dots with their 95 % intervals on a log axis, with 1.2 and the noise floor.
//!
//! plotters draws axes, ticks and labels, with its SVG backend alone. A trial decided: it replaces axes of our own, and
//! adds three small crates and a second or two to a cold build. The colours that it writes are mapped to those of the
//! page by plots.css, so that a dark page has dark plots.

use std::io;
use std::ops::Range;

use plotters::coord::ranged1d::Ranged;
use plotters::drawing::DrawingAreaErrorKind;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::html::escape;
use super::schema::Report;
use super::text::{mark, provenance, sides};
use crate::claims::assess::{Holds, find, noise_floor};
use crate::claims::words::times;
use crate::claims::{Judgement, Row};
use crate::measure::samples::{Experiment, Ratio};
use crate::measure::stats::MIN_EFFECT;

/// Makes the colours below those of a light or a dark page.
pub(super) const COLOURS: &str = include_str!("plots.css");
const RUST: RGBColor = RGBColor(0x00, 0x63, 0xa3);
const NODE: RGBColor = RGBColor(0xa0, 0x40, 0x00);
pub(super) const INK: RGBColor = RGBColor(0x1b, 0x1b, 0x1f);
const PAPER: RGBColor = RGBColor(0xff, 0xff, 0xff);
pub(super) const LINE: RGBColor = RGBColor(0xd9, 0xd9, 0xe0);
pub(super) const BAND: RGBColor = RGBColor(0xe4, 0xe4, 0xec);
pub(super) const NOISE: RGBColor = RGBColor(0xc9, 0xc9, 0xd4);

/// What the pictures of rows show.
pub(super) const LEGEND: [&str; 2] = [
    "How many times as much (log scale), a dot for each condition, with its 95 % interval. Round: Rust; square: Node.js;",
    "hollow: does not clearly hold. Grey: within 1.2 ×, too little to count; darker grey: noise, the same against the same.",
];

/// What the marks beside a row's name mean.
const KEY: &str = "✓ supported, ◐ depends, ✗ contradicted, ? unresolved: first in Rust, then in Node.js";

/// Drawing into a string fails only where this file is wrong.
pub(super) type Drawn = Result<String, DrawingAreaErrorKind<io::Error>>;

pub(super) fn hue(node: bool) -> RGBColor {
    if node { NODE } else { RUST }
}

pub(super) fn style(colour: RGBColor, side: HPos) -> TextStyle<'static> {
    ("sans-serif", 13).into_font().color(&colour).pos(Pos::new(side, VPos::Center))
}

/// A dot between the ends of its interval: round for Rust, square for Node.js, so that shapes carry what hues do.
pub(super) struct Dot {
    pub(super) low_middle_high: [(f64, f64); 3],
    node: bool,
    hollow: bool,
}

impl Dot {
    pub(super) fn of(ratio: &Ratio, place: impl Fn(f64) -> (f64, f64), node: bool, hollow: bool) -> Self {
        Self { low_middle_high: [ratio.low, ratio.median, ratio.high].map(place), node, hollow }
    }
}

pub(super) fn draw_dots<DB: DrawingBackend, X: Ranged<ValueType = f64>, Y: Ranged<ValueType = f64>>(
    chart: &mut ChartContext<'_, DB, Cartesian2d<X, Y>>,
    dots: &[Dot],
) -> Result<(), DrawingAreaErrorKind<DB::ErrorType>> {
    let square = [(-4, -4), (4, 4)];
    for dot in dots {
        let edge = hue(dot.node).stroke_width(2);
        let inside = if dot.hollow { PAPER.filled() } else { edge.filled() };
        let [low, middle, high] = dot.low_middle_high;
        chart.draw_series([PathElement::new([low, high], edge)])?;
        let mark = EmptyElement::at(middle);
        match dot.node {
            true => chart.draw_series([mark + Rectangle::new(square, inside) + Rectangle::new(square, edge)])?,
            false => chart.draw_series([mark + Circle::new((0, 0), 4, inside) + Circle::new((0, 0), 4, edge)])?,
        };
    }
    Ok(())
}

/// A log axis for these ratios, and for the band about 1.
pub(super) fn around<'a>(ratios: impl IntoIterator<Item = &'a Ratio>) -> Range<f64> {
    let drawable = ratios.into_iter().filter(|ratio| ratio.low > 1e-6 && ratio.high < 1e6);
    let ends = drawable.fold((0.5_f64, 2.0_f64), |(low, high), ratio| (low.min(ratio.low), high.max(ratio.high)));
    ends.0 / 1.2..ends.1 * 1.2
}

/// One axis for all rows, so that their pictures can be compared.
pub(super) fn axis(report: &Report) -> Range<f64> {
    let conditions = report.rows().flat_map(sides).flat_map(|(_, side)| &side.conditions);
    around(conditions.filter_map(|condition| condition.ratio.as_ref()))
}

/// A value's place on an axis: at its end where it lies beyond.
pub(super) fn within(range: &Range<f64>, value: f64) -> f64 {
    value.max(range.start).min(range.end)
}

pub(super) fn tick(value: &f64) -> String {
    format!("{} ×", (value * 1000.0).round() / 1000.0)
}

/// A row on the axis of all rows.
pub(super) fn of_row(row: &Row, range: &Range<f64>, report: &[Experiment]) -> String {
    let words: Vec<String> = sides(row).map(|(name, side)| format!("{name}: {}", in_words(side))).collect();
    labelled(&words.join("; "), rows(&[row], range, report, (245, 34)))
}

/// All rows as a picture that stands alone: what a README shows.
pub(super) fn findings(report: &Report, title: &str) -> String {
    let all: Vec<&Row> = report.rows().collect();
    let height = 34 * all.len() as u32 + 138;
    let drawn = labelled(title, rows(&all, &axis(report), &report.experiments, (960, height)));
    let mut words = format!("<style>{COLOURS}svg {{ background: var(--paper); }}</style>");
    let lines = [title, KEY, LEGEND[0], LEGEND[1], &provenance(report)];
    for (y, line) in [20, 40, height - 46, height - 28, height - 10].into_iter().zip(lines) {
        words += &format!("<text x='10' y='{y}' fill='#1B1B1F'>{}</text>", escape(line));
    }
    drawn.replacen(">\n", &format!(">{words}\n"), 1)
}

/// A judgement's ratios in words; where it has none, how many of its conditions hold.
fn in_words(side: &Judgement) -> String {
    let mut ratios: Vec<f64> = side.conditions.iter().filter_map(|one| Some(one.ratio.as_ref()?.median)).collect();
    ratios.sort_by(f64::total_cmp);
    let hold = side.conditions.iter().filter(|one| one.holds == Holds::Yes).count();
    match ratios.as_slice() {
        [] if !side.is_measured() => "not measured".to_owned(),
        [] => format!("counted: {hold} of {} hold", side.conditions.len()),
        [one] => times(*one),
        [low, .., high] => format!("{} to {}", times(*low), times(*high)),
    }
}

/// Rows of dots; where there are several, with their names and the axis.
fn rows(all: &[&Row], range: &Range<f64>, report: &[Experiment], size: (u32, u32)) -> Drawn {
    let (mut bands, mut dots, mut words) = (Vec::new(), Vec::new(), Vec::new());
    for (place, row) in all.iter().enumerate() {
        let place = place as f64;
        for (line, colour) in [(MIN_EFFECT, BAND), (floor(report, row), NOISE)] {
            let corners = [(within(range, 1.0 / line), place - 0.45), (within(range, line), place + 0.45)];
            bands.push(Rectangle::new(corners, colour.filled()));
        }
        let mut name = row.key.clone();
        for (subject, side) in sides(row) {
            name += &format!("\u{a0}\u{a0}{}", mark(side.verdict));
            let node = subject == "Node.js";
            let y = place + if node { 0.2 } else { -0.2 };
            let mut end = 1.5_f64; // words of a row without ratios begin beside the band
            for condition in &side.conditions {
                let Some(ratio) = &condition.ratio else { continue };
                dots.push(Dot::of(ratio, |value| (within(range, value), y), node, condition.holds != Holds::Yes));
                end = end.max(within(range, ratio.high));
            }
            let figures = Text::new(in_words(side), (10, 0), style(hue(node), HPos::Left));
            words.push(EmptyElement::at((end, y)) + figures);
        }
        if all.len() > 1 {
            words.push(EmptyElement::at((range.start, place)) + Text::new(name, (-10, 0), style(INK, HPos::Right)));
        }
    }
    let [above, below, axis, left] = if all.len() > 1 { [50, 64, 24, 360] } else { [0; 4] };
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        let mut chart = ChartBuilder::on(&area)
            .margin_top(above)
            .margin_bottom(below)
            .margin_left(left)
            .margin_right(120)
            .x_label_area_size(axis)
            .build_cartesian_2d(range.clone().log_scale(), all.len() as f64 - 0.5..-0.5)?;
        chart.draw_series(bands)?;
        let mut mesh = chart.configure_mesh();
        mesh.disable_y_mesh().disable_y_axis().light_line_style(TRANSPARENT).bold_line_style(LINE).axis_style(LINE);
        mesh.label_style(style(INK, HPos::Center)).x_label_formatter(&tick).draw()?;
        draw_dots(&mut chart, &dots)?;
        chart.draw_series(words)?;
        area.present()?;
    }
    Ok(svg)
}

/// The largest noise floor of what a row rests on.
fn floor(report: &[Experiment], row: &Row) -> f64 {
    let floors = row.evidence.iter().filter_map(|id| find(report, id).ok()).map(noise_floor);
    floors.fold(1.0, f64::max)
}

/// A picture with the words of what it shows.
pub(super) fn labelled(words: &str, drawn: Drawn) -> String {
    let svg = drawn.expect("a string takes every picture");
    svg.replacen("<svg ", &format!("<svg role='img' aria-label='{}' ", escape(words)), 1)
}
