//! Ratios as pictures (SVG): a dot with its 95 % interval on a log axis, with 1.2 and the noise floor. Colours are left
//! to the page's style sheet.

use crate::claims::Judgement;
use crate::claims::assess::{find, noise};
use crate::claims::illustrations::{BY_PARENT, BY_SIZE, delay_ratio, fork_ratio, real_size};
use crate::claims::words::{time, times};
use crate::measure::samples::{Experiment, Ratio};
use crate::measure::stats::MIN_EFFECT;

use super::html::escape;

const ROW: f64 = 18.0;
const LABELS: f64 = 330.0;
const WIDTH: f64 = 720.0;

/// A log axis from `low` to `high`, drawn from `left` to `right`.
struct Axis {
    low: f64,
    high: f64,
    left: f64,
    right: f64,
}

impl Axis {
    /// Wide enough for the values, and for the band about 1.
    fn of(values: impl Iterator<Item = f64>, left: f64, right: f64) -> Self {
        let (mut low, mut high) = (0.5_f64, 2.0_f64);
        for value in values.filter(|value| value.is_finite() && *value > 0.0) {
            low = low.min(value);
            high = high.max(value);
        }
        Self { low: low / 1.15, high: high * 1.15, left, right }
    }

    fn at(&self, value: f64) -> f64 {
        let share = (value / self.low).ln() / (self.high / self.low).ln();
        let place = self.left + share.clamp(0.0, 1.0) * (self.right - self.left);
        (place * 10.0).round() / 10.0
    }

    /// Powers of ten, and where these are few, 2 and 5 times them.
    fn ticks(&self) -> Vec<f64> {
        let decades = (self.high / self.low).log10();
        let steps: &[f64] = if decades > 2.5 { &[1.0] } else { &[1.0, 2.0, 5.0] };
        let powers = (-4..9).flat_map(|power| steps.iter().map(move |step| step * 10_f64.powi(power)));
        powers.filter(|tick| *tick >= self.low && *tick <= self.high).collect()
    }
}

/// Like `2 ×` on an axis: no digits that are not needed.
fn tick(value: f64) -> String {
    format!("{value} ×")
}

pub(super) struct Line {
    pub(super) label: String,
    pub(super) ratio: Ratio,
    pub(super) node: bool,
}

/// The ratios that a judgement rests on.
pub(super) fn lines(judgement: &Judgement, node: bool) -> Vec<Line> {
    let line = |one: &crate::claims::assess::Condition| {
        let label = one.text.split(':').next().unwrap_or_default().to_owned();
        Some(Line { label, ratio: one.ratio.clone()?, node })
    };
    judgement.conditions.iter().filter_map(line).collect()
}

/// Dots with intervals, one below the other; `floor` is the largest noise floor of what they rest on.
pub(super) fn forest(title: &str, lines: &[Line], floor: f64) -> String {
    let ends = lines.iter().flat_map(|line| [line.ratio.low, line.ratio.high]);
    let axis = Axis::of(ends, LABELS, WIDTH - 70.0);
    let bottom = 10.0 + ROW * lines.len() as f64;
    let mut drawn = band(&axis, floor, 4.0, bottom);
    for value in axis.ticks() {
        let x = axis.at(value);
        drawn += &format!(
            "<path class='grid' d='M{x} 4V{bottom}'/><text class='mid' x='{x}' y='{}'>{}</text>",
            bottom + 14.0,
            tick(value)
        );
    }
    for (place, line) in lines.iter().enumerate() {
        let y = 18.0 + ROW * place as f64;
        let (low, middle, high) = (axis.at(line.ratio.low), axis.at(line.ratio.median), axis.at(line.ratio.high));
        let hue = if line.node { "node" } else { "rust" };
        let name = if line.node { "Node.js" } else { "Rust" };
        drawn += &format!("<text class='end' x='{}' y='{y}'>{name}: {}</text>", LABELS - 10.0, escape(&line.label));
        drawn += &format!("<path class='stroke {hue}' d='M{low} {0}H{high}'/>", y - 4.0);
        drawn += &mark(line.node, middle, y - 4.0);
        drawn += &format!("<text x='{}' y='{y}'>{}</text>", high + 6.0, times(line.ratio.median));
    }
    let foot = "how many times as much (log scale), with its 95 % interval; grey: within 1.2 × and the noise";
    drawn += &format!("<text class='end' x='{WIDTH}' y='{}'>{foot}</text>", bottom + 32.0);
    figure(title, WIDTH, bottom + 38.0, &drawn)
}

/// A round mark for Rust, a square one for Node.js: shapes carry what hues do.
fn mark(node: bool, x: f64, y: f64) -> String {
    match node {
        true => format!("<rect class='fill node' x='{:.1}' y='{:.1}' width='8' height='8' />", x - 4.0, y - 4.0),
        false => format!("<circle class='fill rust' cx='{x}' cy='{y}' r='4.5' />"),
    }
}

/// What is too little to count.
fn band(axis: &Axis, floor: f64, top: f64, bottom: f64) -> String {
    let draw = |class: &str, line: f64| {
        let (low, high) = (axis.at(1.0 / line), axis.at(line));
        format!("<rect class='{class}' x='{low}' y='{top}' width='{:.1}' height='{:.1}' />", high - low, bottom - top)
    };
    let noise = if floor > MIN_EFFECT { draw("noise", floor) } else { String::new() };
    let one = axis.at(1.0);
    format!("{noise}{}<path class='one' d='M{one} {top}V{bottom}'/>", draw("band", MIN_EFFECT))
}

/// A ratio in the page's first table: dots on a small axis that all rows share.
pub(super) fn small(lines: &[Line]) -> String {
    let axis = Axis { low: 0.4, high: 120.0, left: 4.0, right: 150.0 };
    let mut drawn = band(&axis, 1.0, 2.0, 24.0);
    for line in lines {
        let (low, middle, high) = (axis.at(line.ratio.low), axis.at(line.ratio.median), axis.at(line.ratio.high));
        let hue = if line.node { "node" } else { "rust" };
        let y = if line.node { 18.0 } else { 8.0 };
        drawn += &format!("<path class='stroke {hue}' d='M{low} {y}H{high}'/>");
        drawn += &mark(line.node, middle, y);
        drawn += &format!("<text x='{:.1}' y='{}'>{}</text>", high + 7.0, y + 4.0, times(line.ratio.median));
    }
    let words: Vec<String> = lines
        .iter()
        .map(|line| {
            format!("{}: {} {}", if line.node { "Node.js" } else { "Rust" }, line.label, times(line.ratio.median))
        })
        .collect();
    let label = escape(&words.join("; "));
    format!("<svg role='img' aria-label='{label}' viewBox='0 0 200 28' class='small'>{drawn}</svg>")
}

/// One point of a curve: where on the x axis, with its label there, and its ratio.
struct Point {
    x: f64,
    label: String,
    ratio: Ratio,
    few: bool,
}

fn curve(title: &str, x_title: &str, y_title: &str, points: &[Point]) -> String {
    const HEIGHT: f64 = 260.0;
    let xs = || points.iter().map(|point| point.x);
    let x = Axis {
        low: xs().fold(f64::MAX, f64::min) / 1.5,
        high: xs().fold(0.0, f64::max) * 1.5,
        left: 70.0,
        right: WIDTH - 90.0,
    };
    let y = Axis::of(points.iter().flat_map(|point| [point.ratio.low, point.ratio.high]), HEIGHT - 50.0, 20.0);
    let (low, high) = (y.at(1.0 / MIN_EFFECT), y.at(MIN_EFFECT));
    let (left, right, one) = (x.left, x.right, y.at(1.0));
    let mut drawn = format!(
        "<rect class='band' x='{left}' y='{high}' width='{:.1}' height='{:.1}' /><path class='one' d='M{left} {one}H{right}'/>",
        right - left,
        low - high
    );
    for value in y.ticks() {
        let at = y.at(value);
        drawn += &format!(
            "<path class='grid' d='M{left} {at}H{right}'/><text class='end' x='{}' y='{}'>{}</text>",
            left - 6.0,
            at + 4.0,
            tick(value)
        );
    }
    let line: Vec<String> =
        points.iter().map(|point| format!("{},{}", x.at(point.x), y.at(point.ratio.median))).collect();
    drawn += &format!("<polyline class='stroke rust' points='{}'/>", line.join(" "));
    for point in points {
        let (across, up) = (x.at(point.x), y.at(point.ratio.median));
        let (low, high) = (y.at(point.ratio.low), y.at(point.ratio.high));
        let class = if point.few { "hollow rust" } else { "fill rust" };
        drawn += &format!(
            "<path class='stroke rust' d='M{across} {low}V{high}'/><circle class='{class}' cx='{across}' cy='{up}' r='4.5' />"
        );
        drawn += &format!("<text x='{}' y='{}'>{}</text>", across + 7.0, up - 6.0, times(point.ratio.median));
        drawn += &format!("<text class='mid' x='{across}' y='{}'>{}</text>", HEIGHT - 34.0, escape(&point.label));
    }
    drawn +=
        &format!("<text class='mid' x='{}' y='{}'>{x_title} (log scale)</text>", (left + right) / 2.0, HEIGHT - 14.0);
    drawn += &format!("<text x='4' y='12'>{y_title} (log scale), with 95 % intervals; grey: within 1.2 ×</text>");
    figure(title, WIDTH, HEIGHT, &drawn)
}

/// What a fork costs by its parent's memory, against a thread.
pub(super) fn by_parent(report: &[Experiment]) -> Option<String> {
    let point = |(id, mib): &(&str, f64)| {
        let done = find(report, id).ok()?;
        Some(Point { x: *mib, label: format!("{mib} MiB"), ratio: fork_ratio(done)?, few: false })
    };
    let points: Vec<Point> = BY_PARENT.iter().filter_map(point).collect();
    let (first, last) = (points.first()?, points.last()?);
    let title = format!(
        "A fork takes {} as long as a thread from a parent of {}, {} from one of {}",
        times(first.ratio.median),
        first.label,
        times(last.ratio.median),
        last.label
    );
    (points.len() > 1)
        .then(|| curve(&title, "memory of the parent, written, in small pages", "fork to thread", &points))
}

/// How much later the loop is with tasks done inline than on threads, at the sizes that were really done.
pub(super) fn by_size(report: &[Experiment]) -> Option<String> {
    let point = |(id, _): &(&str, &str)| {
        let done = find(report, id).ok()?;
        let size = real_size(done)?;
        let ratio = delay_ratio(done)?;
        let few = done.arms.first().is_some_and(|arm| arm.count() < 12);
        Some(Point { x: size, label: time(size), ratio, few })
    };
    let points: Vec<Point> = BY_SIZE.iter().filter_map(point).collect();
    let worse = points.iter().rev().find(|point| point.ratio.low <= MIN_EFFECT);
    let better = points.iter().find(|point| point.ratio.low > MIN_EFFECT);
    let title = match (worse, better) {
        (None, Some(first)) => format!("Threads keep the loop freer at every size measured, from {} on", first.label),
        (Some(last), None) => format!("Threads keep the loop no freer up to {}", last.label),
        (Some(last), Some(first)) if last.x < first.x => {
            format!("Handing a task to a thread pays off somewhere between {} and {}", last.label, first.label)
        }
        _ => "From which size on threads keep the loop freer is unclear".to_owned(),
    };
    let y_title = "loop's delay, inline to threads";
    (points.len() > 1).then(|| curve(&title, "what one task takes", y_title, &points))
}

/// The largest noise floor of some experiments.
pub(super) fn floor(report: &[Experiment], ids: &[String]) -> f64 {
    let floors = ids.iter().filter_map(|id| find(report, id).ok()).map(|done| noise(done).floor);
    floors.fold(1.0, f64::max)
}

fn figure(title: &str, width: f64, height: f64, drawn: &str) -> String {
    let title = escape(title);
    format!(
        "<figure><figcaption>{title}</figcaption><svg role='img' aria-label='{title}' viewBox='0 0 {width} {height}' \
         class='plot'>{drawn}</svg></figure>"
    )
}
