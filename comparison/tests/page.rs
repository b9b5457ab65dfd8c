//! The page and the README's picture: what is on them, and what a browser makes of them.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use comparison::report::schema::Report;
use comparison::report::{html, saved};
use serde_json::Value;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/quick.json");
const README: &str = include_str!("../../README.md");
const PICTURE: &str = include_str!("../findings.svg");

fn report() -> Report {
    saved::load(Path::new(DATA)).unwrap()
}

/// The same report with other samples of some arms of some experiments.
fn with(id: &str, arm: &str, samples: &[f64]) -> Report {
    let mut report = report();
    for experiment in report.experiments.iter_mut().filter(|one| one.id.starts_with(id)) {
        for arm in experiment.arms.iter_mut().filter(|one| one.name.starts_with(arm)) {
            arm.processes = vec![samples.to_vec(); 3];
        }
    }
    report.recomputed()
}

/// What stands between two texts, from the first on.
fn between<'a>(text: &'a str, begin: &str, end: &str) -> &'a str {
    let from = text.find(begin).unwrap_or_else(|| panic!("no {begin}")) + begin.len();
    let length = text[from..].find(end).unwrap_or_else(|| panic!("no {end} after {begin}"));
    &text[from..from + length]
}

#[test]
fn the_first_table_has_an_answer_and_a_picture_for_every_row() {
    let page = html::render(&report());
    assert!(between(&page, "<h1>", "</h1>").contains("“Process vs Threads in Node.js”"));
    assert!(between(&page, "name=description content=\"", "\"").len() > 20);
    let table = between(&page, "<table class=findings>", "</table>");
    let report = report();
    for row in report.rows() {
        let drawn = table.split("<tr>").find(|drawn| drawn.contains(&format!(">{}<", row.key))).unwrap();
        let node = row.node.as_ref().unwrap();
        for (name, verdict) in [("Rust", row.rust.verdict), ("Node.js", node.verdict)] {
            let cell = format!("<td class=\"verdict {0}\" data-label=\"{name}\">", verdict.name());
            assert!(drawn.contains(&cell), "{}: no {cell} in {drawn}", row.key);
        }
        let label = between(drawn, "<svg role='img' aria-label='", "'");
        assert!(label.contains("Rust: ") && label.contains("Node.js: "), "{}: {label}", row.key);
    }
}

#[test]
fn where_rust_and_node_differ_the_reasons_begin_with_that() {
    let report = report();
    let page = html::render(&report);
    let differing: Vec<_> =
        report.rows().filter(|row| row.node.as_ref().unwrap().verdict != row.rust.verdict).collect();
    assert!(!differing.is_empty());
    for row in differing {
        let drawn = page.split("<tr>").find(|drawn| drawn.contains(&row.key) && drawn.contains("<summary>")).unwrap();
        let node = row.node.as_ref().unwrap().verdict.name();
        let begin = format!("Why? Rust: {}; Node.js: {node}. ", row.rust.verdict.name());
        assert!(between(drawn, "<summary>", "</summary>").starts_with(&begin), "{}: {drawn}", row.key);
    }
}

#[test]
fn the_page_needs_nothing_else_and_is_small() {
    let page = html::render(&report());
    let links = page.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
    assert!(!links.contains("<script") && !links.contains("http://") && !links.contains("https://"));
    let elements = page.split("id=samples").next().unwrap().matches("</").count();
    assert!((500..4000).contains(&elements), "{elements} elements before the samples");
}

#[test]
fn without_node_its_columns_are_left_out_and_that_is_said() {
    let mut report = report();
    report.machine.node = None;
    let page = html::render(&report.recomputed());
    assert!(page.contains("not installed") && !page.contains("data-label=\"Node.js\""));
}

#[test]
fn the_finding_of_a_plot_follows_the_samples() {
    let findings = |report: &Report| {
        let page = html::render(report);
        let captions = page.split("<figcaption>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned());
        captions.collect::<Vec<String>>()
    };
    let measured = findings(&report());
    assert_eq!(measured.len(), 2, "{measured:?}");

    let flat = findings(&with("overhead", "", &[100.0; 9]));
    assert!(flat[1].contains("1.00\u{a0}× as long as a thread from a parent of 1 MiB, 1.00\u{a0}×"), "{}", flat[1]);
    assert!(!flat[1].contains("longer than another program"), "{}", flat[1]);

    let same = findings(&with("communication.round_trip", "", &[5000.0; 9]));
    assert!(same[0].starts_with("Over the same pipe a process takes 1.00\u{a0}× to 1.00\u{a0}×"), "{}", same[0]);
}

#[test]
fn samples_that_make_no_ratio_make_no_broken_picture() {
    for sample in [0.0, 1e-300, 1e300] {
        for arm in ["thread", "process"] {
            let page = html::render(&with("", arm, &[sample; 9]));
            assert!(!page.contains("NaN") && !page.contains("-2147483648"), "{arm}: {sample}");
        }
    }
}

/// Whatever the range of the ratios, the labels of an axis do not run into each other.
#[test]
fn an_axis_has_a_few_labels() {
    for ns in [8e3, 3e4, 1e5, 1e6, 1e7] {
        let page = html::render(&with("communication.round_trip", "process: ipc-channel", &[ns; 9]));
        for figure in page.split("<figure>").skip(1) {
            let picture = figure.split("</figure>").next().unwrap();
            let labels =
                picture.lines().filter(|line| line.ends_with(" ×") && line.starts_with(|c: char| c.is_numeric()));
            let count = labels.count();
            assert!((2..=5).contains(&count), "{count} labels with {ns} ns: {picture}");
        }
    }
}

/// What a browser measures, at each of the widths; and with everything opened.
const LOOK: &str = r#"<script>
function cut(frame) {
    const page = frame.contentDocument, found = [];
    for (const one of page.querySelectorAll('h1, h2, h3, p, td, tbody th, li, summary, figcaption'))
        if (one.scrollWidth > one.clientWidth + 1 && one.clientWidth) found.push(one.textContent.slice(0, 40));
    for (const one of page.querySelectorAll('svg text')) {
        const [text, svg] = [one, one.closest('svg')].map((part) => part.getBoundingClientRect());
        if (svg.width && (text.left < svg.left - 1 || text.right > svg.right + 1)) found.push(one.textContent.trim());
    }
    if (page.documentElement.scrollWidth > frame.clientWidth) found.push('the page scrolls sideways');
    return found;
}
onload = () => {
    const looks = [...document.querySelectorAll('iframe')].map((frame) => {
        const page = frame.contentDocument, top = page.getElementById('samples').getBoundingClientRect().top;
        const look = { width: frame.clientWidth, screens: top / frame.clientHeight, closed: cut(frame) };
        page.querySelectorAll('details').forEach((one) => (one.open = true));
        return { ...look, opened: cut(frame) };
    });
    document.body.textContent = 'LOOK' + JSON.stringify(looks) + 'END';
};
</script>"#;

/// Runs the browser on a page; `None`, with the reason, where there is none.
fn browse(folder: &Path, page: &str, flag: &str) -> Option<Vec<u8>> {
    let file = folder.join("page.html");
    fs::write(&file, page).unwrap();
    let mut command = Command::new("timeout");
    command.args(["90", "chromium", "--headless", "--no-sandbox", "--disable-gpu", flag]);
    command.arg(format!("--user-data-dir={}", folder.join("profile").display())).arg(&file);
    let output = command.current_dir(folder).stdin(Stdio::null()).output().unwrap();
    if output.status.code() == Some(127) {
        eprintln!("skipped: chromium is not installed, so nothing can look at the page");
        return None;
    }
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(output.stdout)
}

#[test]
fn nothing_is_cut_at_any_width_and_eight_screens_are_enough() {
    let page = html::render(&report()).replace('&', "&amp;").replace('"', "&quot;");
    let frame =
        |width: u32| format!("<iframe srcdoc=\"{page}\" style='border: 0; width: {width}px; height: 900px'></iframe>");
    let frames: String = [1440, 1024, 768, 375].map(frame).concat();
    let folder = tempfile::tempdir().unwrap();
    let outer = format!("<!DOCTYPE html><meta charset=utf-8>{LOOK}<body>{frames}");
    let Some(seen) = browse(folder.path(), &outer, "--dump-dom") else { return };
    let seen = String::from_utf8(seen).unwrap();
    let looks: Vec<Value> = serde_json::from_str(&between(&seen, ">LOOK", "END").replace("&gt;", ">")).unwrap();
    assert_eq!(looks.len(), 4);
    for look in &looks {
        assert!(look["closed"] == Value::Array(vec![]) && look["opened"] == Value::Array(vec![]), "{look}");
    }
    assert!(looks[0]["screens"].as_f64().unwrap() <= 8.0, "{}", looks[0]);
}

#[test]
fn eight_sheets_of_paper_are_enough() {
    let folder = tempfile::tempdir().unwrap();
    if browse(folder.path(), &html::render(&report()), "--print-to-pdf=page.pdf").is_none() {
        return;
    }
    let pdf = fs::read(folder.path().join("page.pdf")).unwrap();
    let sheets = pdf.windows(12).filter(|bytes| bytes.starts_with(b"/Type /Page") && bytes[11] != b's').count();
    assert!((2..=8).contains(&sheets), "{sheets} sheets");
}

/// The rows of Markdown tables that begin with a verdict, cell by cell.
fn rows(markdown: &str) -> Vec<Vec<&str>> {
    let judged = |line: &&str| ["| ✓", "| ◐", "| ✗", "| ?"].iter().any(|mark| line.starts_with(mark));
    markdown.lines().filter(judged).map(|line| line.split('|').map(str::trim).collect()).collect()
}

/// Whether a picture shows the run that the tables are of: the same machine and seed, the same verdicts.
fn assert_of_one_run(readme: &str, picture: &str) {
    let block = between(readme, "<!-- comparison:begin -->", "<!-- comparison:end -->");
    assert!(block.contains("](comparison/findings.svg)"));
    let run = block.lines().find(|line| line.contains(" run, ")).unwrap().trim_end_matches('.');
    assert!(picture.contains(&format!(">{run}</text>")), "the picture is not of: {run}");
    let rows = rows(block);
    assert_eq!(rows.len(), 14);
    for row in rows {
        let [rust, node] = [row[1], row[2]].map(|verdict| verdict.chars().next().unwrap());
        let name = format!("{}\u{a0}\u{a0}{rust}\u{a0}\u{a0}{node}", row[3]);
        assert!(picture.contains(&format!("\n{name}\n")), "the picture does not show: {name}");
    }
}

#[test]
fn the_readme_shows_tables_and_picture_of_one_run() {
    assert_of_one_run(README, PICTURE);
}

#[test]
fn readme_writes_tables_and_picture() {
    let folder = tempfile::tempdir().unwrap();
    let readme = folder.path().join("README.md");
    fs::write(&readme, "Before\n<!-- comparison:begin -->\nearlier tables\n<!-- comparison:end -->\nAfter\n").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_comparison"));
    let output = command.args(["render", DATA, "--readme"]).arg(&readme).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = fs::read_to_string(&readme).unwrap();
    assert!(text.starts_with("Before\n") && text.ends_with("\nAfter\n") && !text.contains("earlier tables"), "{text}");
    let picture = fs::read_to_string(folder.path().join("comparison/findings.svg")).unwrap();
    assert_of_one_run(&text, &picture);
    assert!(picture.contains("light-dark("), "the picture has no colours for a dark page");
}
