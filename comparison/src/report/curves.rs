//! What explains a row: ratios by size as curves, each panel with the finding above it.

use plotters::coord::combinators::BindKeyPoints;
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::html::escape;
use super::plots::{BAND, Dot, Drawn, INK, LINE, NOISE, around, draw_dots, hue, labelled, style, tick, within};
use crate::claims::illustrations::{Curve, Illustration, Point};
use crate::claims::words::times;
use crate::measure::stats::MIN_EFFECT;

/// A finding above its curves.
pub(super) fn illustrate(illustration: &Illustration) -> String {
    let panel = |(ratio, curves): &(&str, Vec<Curve>)| {
        let mut words = format!("{ratio}.");
        for curve in curves {
            let points = curve.points.iter().map(|one| format!(" {} {}", one.label, times(one.ratio.median)));
            words += &format!(" {}:{}.", curve.name, points.collect::<String>());
        }
        labelled(&words, by_size(illustration.x, ratio, curves))
    };
    format!(
        "<figure style=\"flex-basis:{}px\"><figcaption>{}</figcaption>{}</figure>",
        530 * illustration.panels.len(),
        escape(&illustration.finding),
        illustration.panels.iter().map(panel).collect::<String>()
    )
}

/// Ratios by size, each curve named at its end.
fn by_size(size: &str, ratio: &str, curves: &[Curve]) -> Drawn {
    let points = || curves.iter().flat_map(|curve| &curve.points);
    let sizes = points().map(|point| point.size);
    let x = sizes.clone().fold(f64::MAX, f64::min) / 1.5..sizes.fold(0.0, f64::max) * 1.5;
    let y = around(points().map(|point| &point.ratio));
    let floor = points().map(|point| point.floor).fold(1.0, f64::max);
    let ticks: Vec<f64> = curves[0].points.iter().map(|point| point.size).collect();
    let label = |size: &f64| points().find(|point| point.size == *size).map_or(String::new(), |one| one.label.clone());
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (522, 270)).into_drawing_area();
        let mut chart = ChartBuilder::on(&area)
            .caption(format!("{ratio} (log scale)"), style(INK, HPos::Center))
            .margin_right(190)
            .y_label_area_size(72)
            .x_label_area_size(46)
            .build_cartesian_2d(x.clone().log_scale().with_key_points(ticks), y.clone().log_scale())?;
        for (line, colour) in [(MIN_EFFECT, BAND), (floor, NOISE)] {
            let corners = [(x.start, within(&y, 1.0 / line)), (x.end, within(&y, line))];
            chart.draw_series([Rectangle::new(corners, colour.filled())])?;
        }
        let mut mesh = chart.configure_mesh();
        mesh.disable_x_mesh().light_line_style(TRANSPARENT).bold_line_style(LINE).axis_style(LINE).y_labels(5);
        mesh.label_style(style(INK, HPos::Center)).axis_desc_style(style(INK, HPos::Center));
        mesh.x_desc(format!("{size} (log scale)")).x_label_formatter(&label).y_label_formatter(&tick).draw()?;
        let mut ends = Vec::new();
        for curve in curves {
            let dot =
                |point: &Point| Dot::of(&point.ratio, |value| (point.size, within(&y, value)), curve.node, point.few);
            let dots: Vec<Dot> = curve.points.iter().map(dot).collect();
            let line = dots.iter().map(|dot| dot.low_middle_high[1]);
            chart.draw_series(LineSeries::new(line, hue(curve.node).stroke_width(2)))?;
            draw_dots(&mut chart, &dots)?;
            if let Some((dot, point)) = dots.last().zip(curve.points.last()) {
                let name = format!("{} {}", curve.name, times(point.ratio.median));
                ends.push((chart.backend_coord(&dot.low_middle_high[1]), name, hue(curve.node)));
            }
        }
        ends.sort_by_key(|((_, y), ..)| *y);
        let mut free = 0;
        for ((x, y), name, hue) in ends {
            free = y.max(free); // below the name before
            area.draw(&Text::new(name, (x + 8, free), style(hue, HPos::Left)))?;
            free += 14;
        }
        area.present()?;
    }
    Ok(svg)
}
