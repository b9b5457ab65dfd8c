//! Draws within two axes. Colours are left to the page: each is a class of its style sheet.

use maud::{Markup, PreEscaped, html};

use super::axis::Axis;

/// What tells a series from the others: a hue with a marker, and a dash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Style {
    /// Of eight.
    pub(super) hue: usize,
    /// Solid, dashed, dotted.
    pub(super) dash: usize,
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
        self.add(html! { text x=(WIDTH / 2.0) y="15" text-anchor="middle" { (title) } });
        for (tick, label) in &self.x.ticks {
            let (x, _) = self.place((*tick, self.y.low));
            self.add(html! {
                path.grid d=(format!("M{x:.1} {MARGIN}V{bottom}")) {}
                text x=(format!("{x:.1}")) y=(bottom + 16.0) text-anchor="middle" { (label) }
            });
        }
        for (tick, label) in &self.y.ticks {
            let (_, y) = self.place((self.x.low, *tick));
            self.add(html! {
                path.grid d=(format!("M{left} {y:.1}H{right}")) {}
                text x=(left - 5.0) y=(format!("{:.1}", y + 4.0)) text-anchor="end" { (label) }
            });
        }
        self.add(html! { path.ink d=(format!("M{left} {MARGIN}V{bottom}H{right}")) {} });
    }

    fn place(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let (across, up) = (self.x.share(x), self.y.share(y));
        (self.left + across * (WIDTH - MARGIN - self.left), self.bottom - up * (self.bottom - MARGIN))
    }

    fn add(&mut self, element: Markup) {
        self.drawn += &element.0;
    }

    /// A line through the points.
    pub(super) fn line(&mut self, points: &[(f64, f64)], style: Style, width: u32) {
        let points: Vec<String> =
            points.iter().map(|point| self.place(*point)).map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let class = format!("stroke s{} d{}", style.hue, style.dash);
        self.add(html! { polyline class=(class) stroke-width=(width) points=(points.join(" ")) {} });
    }

    /// The series' marker at the point.
    pub(super) fn mark(&mut self, point: (f64, f64), style: Style) {
        self.add(marker(self.place(point), style));
    }

    /// A small dot at the point.
    pub(super) fn dot(&mut self, point: (f64, f64), style: Style) {
        let (x, y) = self.place(point);
        let (x, y) = (format!("{x:.1}"), format!("{y:.1}"));
        self.add(html! { circle class={ "fill s" (style.hue) } fill-opacity=".5" cx=(x) cy=(y) r="2" {} });
    }

    /// A filled box between two corners.
    pub(super) fn bar(&mut self, [from, to]: [(f64, f64); 2], style: Style) {
        let ((left, bottom), (right, top)) = (self.place(from), self.place(to));
        let corners = format!("M{left:.1} {bottom:.1}V{top:.1}H{right:.1}V{bottom:.1}z");
        self.add(html! { path class={ "fill s" (style.hue) } d=(corners) {} });
    }

    /// Text whose upper left corner is the point.
    pub(super) fn text(&mut self, point: (f64, f64), text: &str) {
        let (x, y) = self.place(point);
        self.add(html! { text x=(format!("{:.1}", x + 4.0)) y=(format!("{:.1}", y + 13.0)) { (text) } });
    }
}

/// A sample of a series for the legend, 34 by 14.
pub(super) fn key(style: Style) -> Markup {
    html! {
        path class={ "stroke s" (style.hue) " d" (style.dash) } stroke-width="2" d="M1 7H33" {}
        (marker((17.0, 7.0), style))
    }
}

/// The markers' outlines about their middle; the second half of the hues have them hollow.
const MARKERS: [&str; 4] = ["m-2-4h4l2 2v4l-2 2h-4l-2-2v-4z", "m-4-4h8v8h-8z", "m0-5l5 9h-10z", "m0-5l5 5-5 5-5-5z"];

fn marker((x, y): (f64, f64), style: Style) -> Markup {
    let filled = if style.hue < MARKERS.len() { "fill" } else { "stroke" };
    let outline = format!("M{x:.1} {y:.1}{}", MARKERS[style.hue % MARKERS.len()]);
    html! { path class={ (filled) " s" (style.hue) } stroke-width="2" d=(outline) {} }
}
