//! Draws on plotters' axes. Colours are left to the page: each is a name first, and becomes a class of its style sheet.

use std::ops::Range;

use plotters::chart::{ChartBuilder, ChartContext};
use plotters::coord::Shift;
use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};
use plotters::prelude::*;

/// What tells a series from the others: a hue with a marker, and a dash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Style {
    /// Of [`MARKERS`], and of as many colours.
    pub(super) hue: usize,
    /// Solid, dashed, dotted.
    pub(super) dash: usize,
}

/// An axis: linear, or by powers of ten.
#[derive(Debug, Clone)]
pub(super) struct Axis {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) log: bool,
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
    pub(super) fn at(values: &[(f64, String)]) -> Self {
        let (low, high) = ends(values.iter().map(|(value, _)| *value));
        Self { low: low / 1.5, high: high * 1.5, log: true, ticks: values.to_vec() }
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

    fn place(&self, value: f64) -> f64 {
        let value = value.clamp(self.low, self.high);
        if self.log { value.ln() } else { value }
    }
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (from, to): (i32, i32)) -> i32 {
        let [low, high, place] = [self.low, self.high, *value].map(|value| self.place(value));
        from + (f64::from(to - from) * (place - low) / (high - low)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        if hint.weight().allow_light_points() { Vec::new() } else { self.ticks.iter().map(|(tick, _)| *tick).collect() }
    }

    fn range(&self) -> Range<f64> {
        self.low..self.high
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, value: &f64) -> String {
        self.ticks.iter().find(|(tick, _)| tick == value).map_or(String::new(), |(_, label)| label.clone())
    }
}

/// A round number without its zero: `1 ms`.
fn round(label: String) -> String {
    label.replace(".0 ", " ")
}

/// The smallest and the largest; 1 and 1 when there are none.
fn ends(values: impl IntoIterator<Item = f64>) -> (f64, f64) {
    let ends = values.into_iter().fold(None, |ends: Option<(f64, f64)>, value| {
        Some(ends.map_or((value, value), |(low, high)| (low.min(value), high.max(value))))
    });
    ends.unwrap_or((1.0, 1.0))
}

/// What draws within the axes.
pub(super) struct Pen<'a, 'b> {
    chart: ChartContext<'a, SVGBackend<'b>, Cartesian2d<Axis, Axis>>,
}

/// A plot's size in its own units; text is 12 of them high.
pub(super) const WIDTH: u32 = 420;

/// Draws a title, axes, and what `content` adds; the inner text of an `<svg>` that is [`WIDTH`] by `height`.
pub(super) fn draw(title: &str, (x, y): (&Axis, &Axis), height: u32, content: impl FnOnce(&mut Pen<'_, '_>)) -> String {
    canvas((WIDTH, height), |root| {
        let (left, labels) = if y.ticks.is_empty() { (22, 0) } else { (4, 52) };
        let mut builder = ChartBuilder::on(root);
        builder
            .caption(title, ("sans-serif", LETTERS))
            .margin_right(22)
            .margin_left(left)
            .x_label_area_size(24)
            .y_label_area_size(labels);
        let mut chart = builder.build_cartesian_2d(x.clone(), y.clone()).expect(TEXT);
        let mut mesh = chart.configure_mesh();
        mesh.axis_style(INK).bold_line_style(GRID).light_line_style(TRANSPARENT);
        mesh.label_style(("sans-serif", LETTERS)).set_all_tick_mark_size(3);
        mesh.draw().expect(TEXT);
        content(&mut Pen { chart });
    })
}

/// A sample of a series for the legend, 34 by 14.
pub(super) fn key(style: Style) -> String {
    canvas((34, 14), |root| {
        let path = PathElement::new(vec![(1, 7), (33, 7)], colour(style).stroke_width(2));
        root.draw(&path).expect(TEXT);
        root.draw(&marker((17, 7), style)).expect(TEXT);
    })
}

impl Pen<'_, '_> {
    /// A line through the points.
    pub(super) fn line(&mut self, points: &[(f64, f64)], style: Style, width: u32) {
        let path = PathElement::new(points, colour(style).stroke_width(width));
        self.chart.plotting_area().draw(&path).expect(TEXT);
    }

    /// The series' marker at the point.
    pub(super) fn mark(&mut self, point: (f64, f64), style: Style) {
        self.chart.plotting_area().draw(&marker(point, style)).expect(TEXT);
    }

    /// A small dot at the point.
    pub(super) fn dot(&mut self, point: (f64, f64), style: Style) {
        let dot = Circle::new(point, 2, colour(Style { dash: 0, ..style }).mix(0.5).filled());
        self.chart.plotting_area().draw(&dot).expect(TEXT);
    }

    /// A filled box between two corners.
    pub(super) fn bar(&mut self, corners: [(f64, f64); 2], style: Style) {
        let bar = Rectangle::new(corners, colour(style).filled());
        self.chart.plotting_area().draw(&bar).expect(TEXT);
    }

    /// Text that begins at the point.
    pub(super) fn text(&mut self, point: (f64, f64), text: &str) {
        let text = Text::new(text.to_owned(), point, ("sans-serif", LETTERS));
        self.chart.plotting_area().draw(&text).expect(TEXT);
    }
}

const TEXT: &str = "drawing into a text cannot fail";
const LETTERS: u32 = 15;
const GRID: RGBColor = RGBColor(2, 0, 0);
const INK: RGBColor = RGBColor(3, 0, 0);

/// A name for the page's colour, in the shape of a colour.
fn colour(style: Style) -> RGBColor {
    RGBColor(1, style.hue as u8, style.dash as u8)
}

/// Runs plotters on a canvas, and gives the names of colours back to the style sheet.
fn canvas(size: (u32, u32), content: impl FnOnce(&DrawingArea<SVGBackend<'_>, Shift>)) -> String {
    let mut text = String::new();
    let root = SVGBackend::with_string(&mut text, size).into_drawing_area();
    content(&root);
    root.present().expect(TEXT);
    drop(root);
    for hue in 0..MARKERS.len() {
        for dash in 0..3 {
            let name = format!("#01{hue:02X}{dash:02X}");
            text = text.replace(&format!("stroke=\"{name}\""), &format!("class=\"stroke s{hue} d{dash}\""));
            text = text.replace(&format!("fill=\"{name}\""), &format!("class=\"fill s{hue}\""));
        }
    }
    let text = text.replace("stroke=\"#020000\"", "class=\"grid\"").replace("stroke=\"#030000\"", "class=\"ink\"");
    let text = text.replace(" fill=\"#000000\"", ""); // of words: as the page has it
    let inner = text.split_once('>').expect("an svg element").1;
    inner.trim_end().trim_end_matches("</svg>").to_owned()
}

/// The markers' corners, from their centre; the second half of the hues have them hollow.
const MARKERS: [&[(i32, i32)]; 8] = [OCTAGON, SQUARE, TRIANGLE, DIAMOND, OCTAGON, SQUARE, TRIANGLE, DIAMOND];
const OCTAGON: &[(i32, i32)] = &[(-2, -4), (2, -4), (4, -2), (4, 2), (2, 4), (-2, 4), (-4, 2), (-4, -2)];
const SQUARE: &[(i32, i32)] = &[(-4, -4), (4, -4), (4, 4), (-4, 4)];
const TRIANGLE: &[(i32, i32)] = &[(0, -5), (5, 4), (-5, 4)];
const DIAMOND: &[(i32, i32)] = &[(0, -5), (5, 0), (0, 5), (-5, 0)];

fn marker<'a, P: Clone + 'a>(at: P, style: Style) -> DynElement<'a, SVGBackend<'a>, P> {
    let corners = MARKERS[style.hue].to_vec();
    let colour = colour(Style { dash: 0, ..style });
    if style.hue < MARKERS.len() / 2 {
        (EmptyElement::at(at) + Polygon::new(corners, colour.filled())).into_dyn()
    } else {
        let around: Vec<_> = corners.iter().chain(&corners[..1]).copied().collect();
        (EmptyElement::at(at) + PathElement::new(around, colour.stroke_width(2))).into_dyn()
    }
}
