//! Ratios as pictures (SVG): dots with their 95 % intervals on a log axis, with 1.2 and the noise floor. All pictures
//! are made in the same way: lines of dots on one axis.
//!
//! plotters draws axes, ticks and labels, with its SVG backend alone. A trial decided: it replaces axes of our own, and
//! adds four crates (plotters, its backend in two parts, num-traits) and a second or two to a cold build. The colours
//! that it writes are mapped to those of the page by plots.css, so that a dark page has dark plots.

use std::io;
use std::ops::Range;

use plotters::coord::ranged1d::Ranged;
use plotters::drawing::DrawingAreaErrorKind;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::schema::Report;
use super::text::{SUBJECTS, escape, mark, provenance, sides};
use crate::claims::assess::Holds;
use crate::claims::illustrations::{Illustration, Line, Series, floor};
use crate::claims::words::span;
use crate::claims::{Judgement, Row};
use crate::measure::samples::Ratio;
use crate::measure::stats::MIN_EFFECT;

/// Makes the colours below those of a light or a dark page.
pub(super) const COLOURS: &str = include_str!("plots.css");
const RUST: RGBColor = RGBColor(0x00, 0x63, 0xa3);
const NODE: RGBColor = RGBColor(0xa0, 0x40, 0x00);
const INK: RGBColor = RGBColor(0x1b, 0x1b, 0x1f);
const PAPER: RGBColor = RGBColor(0xff, 0xff, 0xff);
const LINE: RGBColor = RGBColor(0xd9, 0xd9, 0xe0);
const BAND: RGBColor = RGBColor(0xe4, 0xe4, 0xec);
const NOISE: RGBColor = RGBColor(0xc9, 0xc9, 0xd4);

/// What the pictures show.
pub(super) const LEGEND: [&str; 2] = [
    "How many times as much (log scale), a dot for each condition, with its 95 % interval. Round: Rust; square: Node.js;",
    "hollow: does not clearly hold. Grey: within 1.2 ×, too little to count; darker grey: noise, the same against the same.",
];

/// What the marks beside a row's name mean.
const KEY: &str = "✓ supported, ◐ depends, ✗ contradicted, ? unresolved: first in Rust, then in Node.js";

/// The height of a line.
const HEIGHT: u32 = 34;

/// The room that a picture has, and leaves free: above and below, on the left for names, on the right for words.
struct Room {
    width: u32,
    above: u32,
    below: u32,
    left: u32,
    right: u32,
    /// What stands below the axis; without it there is none, and the lines have no names.
    axis: Option<String>,
}

/// The height of an axis with its words.
const AXIS: u32 = 46;

impl Room {
    /// The height of a picture of so many lines.
    fn height(&self, lines: usize) -> u32 {
        self.above + HEIGHT * lines as u32 + self.axis.as_ref().map_or(0, |_| AXIS) + self.below
    }
}

/// A picture of each row, all on the same axis, so that they can be compared.
pub(super) fn of_rows(report: &Report) -> Vec<String> {
    let room = Room { width: 245, above: 0, below: 0, left: 0, right: 120, axis: None };
    let lines = lines(report);
    let range = axis_of(&lines);
    lines.chunks(1).map(|line| picture(line, &range, &room)).collect()
}

/// All rows as a picture that stands alone: what a README shows.
pub(super) fn findings(report: &Report, title: &str) -> String {
    let lines = lines(report);
    let axis = Some("how many times as much (log scale)".to_owned());
    let room = Room { width: 960, above: 50, below: 64, left: 360, right: 120, axis };
    let drawn = picture(&lines, &axis_of(&lines), &room);
    let height = room.height(lines.len());
    let mut words = format!("<style>{COLOURS}svg {{ background: var(--paper); }}</style>");
    let texts = [title, KEY, LEGEND[0], LEGEND[1], &provenance(report)];
    for (y, text) in [20, 40, height - 46, height - 28, height - 10].into_iter().zip(texts) {
        words += &format!("<text x='10' y='{y}' fill='#1B1B1F'>{}</text>", escape(text));
    }
    drawn.replacen(">\n", &format!(">{words}\n"), 1)
}

/// A finding above the picture that shows it.
pub(super) fn illustrate(illustration: &Illustration) -> String {
    let axis = Some(format!("{} (log scale)", illustration.axis));
    let room = Room { width: 560, above: 0, below: 0, left: 150, right: 256, axis };
    let drawn = picture(&illustration.lines, &axis_of(&illustration.lines), &room);
    format!("<figure><figcaption>{}</figcaption>{drawn}</figure>", escape(&illustration.finding))
}

/// A log axis for the dots of these lines, and for the band about 1.
fn axis_of(lines: &[Line]) -> Range<f64> {
    let conditions = lines.iter().flat_map(|line| &line.sides).flat_map(|series| &series.conditions);
    let ratios = conditions.filter_map(|condition| condition.ratio.as_ref());
    let drawable = ratios.filter(|ratio| ratio.low > 1e-6 && ratio.high < 1e6);
    let ends = drawable.fold((0.5_f64, 2.0_f64), |(low, high), ratio| (low.min(ratio.low), high.max(ratio.high)));
    ends.0 / 1.2..ends.1 * 1.2
}

/// The conditions of each row, with its verdicts beside its name.
fn lines(report: &Report) -> Vec<Line> {
    let line = |row: &Row| {
        let floor = floor(&report.experiments, row.evidence.iter().map(String::as_str));
        let mut line = Line { name: row.key.clone(), floor, sides: Vec::new() };
        for (subject, side) in sides(row) {
            line.name += &format!("\u{a0}\u{a0}{}", mark(side.verdict));
            let node = subject == SUBJECTS[1];
            line.sides.push(Series { node, conditions: side.conditions.clone(), words: in_words(side) });
        }
        line
    };
    report.rows().map(line).collect()
}

/// A judgement's ratios in words; where it has none, how many of its conditions hold.
fn in_words(side: &Judgement) -> String {
    let ratios: Vec<&Ratio> = side.conditions.iter().filter_map(|condition| condition.ratio.as_ref()).collect();
    let hold = side.conditions.iter().filter(|one| one.holds == Holds::Yes).count();
    match ratios.is_empty() {
        false => span(ratios),
        true if side.is_measured() => format!("{hold} of {} counts as claimed", side.conditions.len()),
        true => "not measured".to_owned(),
    }
}

/// Lines of dots as an SVG with the words of what it shows.
fn picture(lines: &[Line], range: &Range<f64>, room: &Room) -> String {
    let mut svg = String::new();
    draw(&mut svg, lines, range, room).expect("a string takes every picture");
    let side = |one: &Series| format!("{}: {}", SUBJECTS[usize::from(one.node)], one.words);
    let words = lines.iter().map(|line| {
        let sides: Vec<String> = line.sides.iter().map(side).collect();
        format!("{}. {}", line.name, sides.join("; "))
    });
    let words = words.collect::<Vec<_>>().join(". ");
    svg.replacen("<svg ", &format!("<svg role='img' aria-label='{}' ", escape(&words)), 1)
}

fn draw(
    svg: &mut String,
    lines: &[Line],
    range: &Range<f64>,
    room: &Room,
) -> Result<(), DrawingAreaErrorKind<io::Error>> {
    let within = |value: f64| value.max(range.start).min(range.end);
    let area = SVGBackend::with_string(svg, (room.width, room.height(lines.len()))).into_drawing_area();
    let mut chart = ChartBuilder::on(&area)
        .margin_top(room.above)
        .margin_bottom(room.below)
        .margin_left(room.left)
        .margin_right(room.right)
        .x_label_area_size(room.axis.as_ref().map_or(0, |_| AXIS))
        .build_cartesian_2d(range.clone().log_scale(), lines.len() as f64 - 0.5..-0.5)?;
    for (place, line) in lines.iter().enumerate() {
        for (end, colour) in [(MIN_EFFECT, BAND), (line.floor, NOISE)] {
            let corners = [(within(1.0 / end), place as f64 - 0.45), (within(end), place as f64 + 0.45)];
            chart.draw_series([Rectangle::new(corners, colour.filled())])?;
        }
    }
    let mut mesh = chart.configure_mesh();
    mesh.disable_y_mesh().disable_y_axis().light_line_style(TRANSPARENT).bold_line_style(LINE).axis_style(LINE);
    mesh.label_style(style(INK, HPos::Center))
        .axis_desc_style(style(INK, HPos::Center))
        .x_label_formatter(&tick)
        .x_labels(4);
    if let Some(words) = &room.axis {
        mesh.x_desc(words);
    }
    mesh.draw()?;
    for (place, line) in lines.iter().enumerate() {
        let place = place as f64;
        let apart = if line.sides.len() > 1 { 0.24 } else { 0.0 }; // on a phone the words are larger
        for series in &line.sides {
            let y = place + if series.node { apart } else { -apart };
            let mut end = 1.5_f64; // words of a line without dots begin beside the band
            for condition in &series.conditions {
                let Some(ratio) = &condition.ratio else { continue };
                let ends = [ratio.low, ratio.median, ratio.high].map(|value| (within(value), y));
                draw_dot(&mut chart, ends, series.node, condition.holds == Holds::Yes)?;
                end = end.max(within(ratio.high));
            }
            let words = Text::new(series.words.clone(), (10, 0), style(hue(series.node), HPos::Left));
            chart.draw_series([EmptyElement::at((end, y)) + words])?;
        }
        if room.axis.is_some() {
            let name = Text::new(line.name.clone(), (-10, 0), style(INK, HPos::Right));
            chart.draw_series([EmptyElement::at((range.start, place)) + name])?;
        }
    }
    area.present()
}

/// A dot between the ends of its interval: round for Rust, square for Node.js, so that shapes carry what hues do;
/// hollow where its condition does not clearly hold.
fn draw_dot<DB: DrawingBackend, X: Ranged<ValueType = f64>, Y: Ranged<ValueType = f64>>(
    chart: &mut ChartContext<'_, DB, Cartesian2d<X, Y>>,
    [low, middle, high]: [(f64, f64); 3],
    node: bool,
    holds: bool,
) -> Result<(), DrawingAreaErrorKind<DB::ErrorType>> {
    let edge = hue(node).stroke_width(2);
    let inside = if holds { edge.filled() } else { PAPER.filled() };
    chart.draw_series([PathElement::new([low, high], edge)])?;
    let (mark, square) = (EmptyElement::at(middle), [(-4, -4), (4, 4)]);
    match node {
        true => chart.draw_series([mark + Rectangle::new(square, inside) + Rectangle::new(square, edge)])?,
        false => chart.draw_series([mark + Circle::new((0, 0), 4, inside) + Circle::new((0, 0), 4, edge)])?,
    };
    Ok(())
}

fn hue(node: bool) -> RGBColor {
    if node { NODE } else { RUST }
}

fn style(colour: RGBColor, side: HPos) -> TextStyle<'static> {
    ("sans-serif", 13).into_font().color(&colour).pos(Pos::new(side, VPos::Center))
}

fn tick(value: &f64) -> String {
    format!("{} ×", (value * 1000.0).round() / 1000.0)
}
