//! What it costs to make a unit, by how much memory its parent has touched.

use super::lines::{Lines, Series, gather, no_control};
use super::{Figure, family, fold};
use crate::report::Report;
use crate::tables::time;
use crate::verdict::Missing;

const PAGES: [(&str, &str); 2] = [("small_pages", "small pages"), ("huge_pages", "huge pages")];

pub(super) fn draw(report: &Report) -> Result<Figure, Missing> {
    let (panels, x) = gather(&family(report, "overhead.by_parent.")?, &PAGES, no_control);
    let grown = |series: &Series| match series.points.as_slice() {
        [first, .., last] => Some(format!("{} {}", series.name, fold(last.y / first.y))),
        _ => None,
    };
    let mut caption = "In the largest parent a unit costs, against the smallest:".to_owned();
    for (title, series) in &panels {
        let grown: Vec<String> = series.iter().filter_map(grown).collect();
        caption += &format!(" with {title} {};", grown.join(", "));
    }
    let caption = caption.trim_end_matches(';').to_owned() + ".";
    let head = ["Pages", "Parent", "Median"];
    Ok(Lines { head, x, log: true, label: time, panels, marks: Vec::new() }.figure(caption))
}
