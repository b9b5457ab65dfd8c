//! Draws within two axes. Colours are left to the page: each is a class of its style sheet.

use maud::{Markup, PreEscaped, Render, html};

use super::axis::Axis;

/// What tells a series from the others: a hue with a marker, and a dash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Style {
    /// Of eight.
    pub(super) hue: usize,
    /// Solid, dashed, dotted.
    pub(super) dash: usize,
}

impl Style {
    pub(super) fn solid(self) -> Self {
        Self { dash: 0, ..self }
    }
}

impl Render for Style {
    fn render_to(&self, classes: &mut String) {
        *classes += &format!("s{} d{}", self.hue, self.dash);
    }
}

/// A drawing: what stands within an `<svg>` that is [`WIDTH`] by `height`.
pub(super) struct Panel {
    pub(super) title: String,
    pub(super) height: u32,
    pub(super) drawn: Markup,
}

/// A plot's width in its own units; the style sheet has text 12 of them high.
pub(super) const WIDTH: f64 = 420.0;
const MARGIN: f64 = 24.0;

/// What draws within the axes.
pub(super) struct Pen<'a> {
    x: &'a Axis,
    y: &'a Axis,
    left: f64,
    bottom: f64,
    drawn: String,
}

/// Draws a title, axes, and what `content` adds.
pub(super) fn draw(title: &str, (x, y): (&Axis, &Axis), height: u32, content: impl FnOnce(&mut Pen)) -> Panel {
    let left = if y.ticks.is_empty() { MARGIN } else { 58.0 };
    let mut pen = Pen { x, y, left, bottom: f64::from(height) - MARGIN, drawn: String::new() };
    pen.axes(title);
    content(&mut pen);
    Panel { title: title.to_owned(), height, drawn: PreEscaped(pen.drawn) }
}

impl Pen<'_> {
    fn axes(&mut self, title: &str) {
        let (left, right, bottom) = (self.left, WIDTH - MARGIN, self.bottom);
        let down = self.x.ticks.iter().map(|(tick, label)| (self.place((*tick, 0.0)).0, label));
        let across = self.y.ticks.iter().map(|(tick, label)| (self.place((0.0, *tick)).1, label));
        let axes = html! {
            text x=(WIDTH / 2.0) y="15" text-anchor="middle" { (title) }
            @for (x, label) in down {
                path.grid d={ "M" (x) " " (MARGIN) "V" (bottom) } {}
                text x=(x) y=(bottom) dy="16" text-anchor="middle" { (label) }
            }
            @for (y, label) in across {
                path.grid d={ "M" (left) " " (y) "H" (right) } {}
                text x=(left) y=(y) dx="-5" dy="4" text-anchor="end" { (label) }
            }
            path.ink d={ "M" (left) " " (MARGIN) "V" (bottom) "H" (right) } {}
        };
        self.add(axes);
    }

    /// In tenths, so that no number is long.
    fn place(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let (across, up) = (self.x.share(x), self.y.share(y));
        let place = (self.left + across * (WIDTH - MARGIN - self.left), self.bottom - up * (self.bottom - MARGIN));
        ((place.0 * 10.0).round() / 10.0, (place.1 * 10.0).round() / 10.0)
    }

    fn add(&mut self, element: Markup) {
        self.drawn += &element.0;
    }

    /// A line through the points.
    pub(super) fn line(&mut self, points: &[(f64, f64)], style: Style, width: u32) {
        let points: String = points.iter().map(|&at| self.place(at)).map(|(x, y)| format!("{x},{y} ")).collect();
        self.add(html! { polyline class={ "stroke " (style) } stroke-width=(width) points=(points.trim_end()) {} });
    }

    /// The series' marker at the point.
    pub(super) fn mark(&mut self, point: (f64, f64), style: Style) {
        self.add(marker(self.place(point), style));
    }

    /// A small dot at the point.
    pub(super) fn dot(&mut self, point: (f64, f64), style: Style) {
        let (x, y) = self.place(point);
        self.add(html! { circle class={ "fill " (style) } fill-opacity=".5" cx=(x) cy=(y) r="2" {} });
    }

    /// Text whose upper left corner is the point.
    pub(super) fn text(&mut self, point: (f64, f64), text: &str) {
        let (x, y) = self.place(point);
        self.add(html! { text x=(x) y=(y) dx="4" dy="13" { (text) } });
    }
}

/// A sample of a series for the legend, 34 by 14.
pub(super) fn key(style: Style) -> Markup {
    html! {
        path class={ "stroke " (style) } stroke-width="2" d="M1 7H33" {}
        (marker((17.0, 7.0), style))
    }
}

/// The markers' outlines about their middle; the second half of the hues have them hollow.
const MARKERS: [&str; 4] = ["m-2-4h4l2 2v4l-2 2h-4l-2-2v-4z", "m-4-4h8v8h-8z", "m0-5l5 9h-10z", "m0-5l5 5-5 5-5-5z"];

fn marker((x, y): (f64, f64), style: Style) -> Markup {
    let filled = if style.hue < MARKERS.len() { "fill " } else { "stroke " };
    let outline = MARKERS[style.hue % MARKERS.len()];
    html! { path class={ (filled) (style.solid()) } stroke-width="2" d={ "M" (x) " " (y) (outline) } {} }
}
