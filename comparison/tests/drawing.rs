//! What a reader gets: the answer first, on the terminal, in Markdown and on the page; nothing of it is lost.

mod synthetic;

use comparison::render::{html, markdown, terminal};
use comparison::report::{Report, Verdict};
use console::measure_text_width;

fn all_three(report: &Report) -> [(&'static str, String); 3] {
    [
        ("terminal", terminal::render(report, 200, false)),
        ("Markdown", markdown::render(report)),
        ("HTML", html::render(report)),
    ]
}

/// Where the texts stand, which must all be there.
fn places<'a>(text: &str, parts: impl IntoIterator<Item = &'a str>) -> Vec<usize> {
    parts.into_iter().map(|part| text.find(part).unwrap_or_else(|| panic!("no '{part}' in:\n{text}"))).collect()
}

#[test]
fn the_findings_come_first_and_contradictions_before_all() {
    let report = synthetic::report();
    let rows: Vec<_> = report.tables.iter().flat_map(|table| &table.rows).collect();
    let order = [Verdict::Contradicted, Verdict::Depends, Verdict::Unresolved, Verdict::Supported];
    let answers = order.iter().flat_map(|verdict| rows.iter().filter(|row| row.verdict == *verdict));
    let answers: Vec<&str> = answers.map(|row| row.answer.as_str()).collect();
    for (what, text) in all_three(&report) {
        // On the terminal a line may break within an answer.
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let places = places(&text, answers.iter().copied());
        assert!(places.is_sorted(), "{what}: {places:?}");
        let last = places.last().unwrap();
        assert!(text.rfind("Differences Between").unwrap() > *last, "{what}: a table stands before the findings");
    }
}

#[test]
fn the_cells_of_node_are_shown_or_their_absence_is() {
    for (what, text) in all_three(&synthetic::report()) {
        assert!(text.contains("Node.js: measured") && text.contains("Node's own"), "{what}");
        assert!(!text.contains("left out: it is not installed"), "{what}");
    }
    for (what, text) in all_three(&synthetic::without_node()) {
        assert!(!text.contains("Node.js: measured"), "{what}");
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains("are left out: it is not installed"), "{what}: {text}");
    }
}

#[test]
fn a_row_without_an_answer_shows_its_figures() {
    let mut report = synthetic::report();
    let row = &mut report.tables[0].rows[0];
    (row.answer, row.why) = (String::new(), "Only the figures of it.".to_owned());
    for (what, text) in all_three(&report) {
        assert!(text.find("Only the figures of it").unwrap() < text.rfind("Node.js Architecture").unwrap(), "{what}");
    }
}

#[test]
fn on_the_terminal_no_line_is_wider_than_it_and_colours_are_asked_for() {
    for width in [60, 100, 200] {
        for report in [synthetic::report(), synthetic::without_node()] {
            let plain = terminal::render(&report, width, false);
            assert!(!plain.contains('\u{1b}'), "an escape sequence");
            let long = plain.lines().find(|line| measure_text_width(line) > usize::from(width));
            assert_eq!(long, None, "wider than {width}");
        }
    }
    let coloured = terminal::render(&synthetic::report(), 100, true);
    assert!(coloured.contains("\u{1b}["));
    assert_eq!(console::strip_ansi_codes(&coloured), terminal::render(&synthetic::report(), 100, false));
}

#[test]
fn evidence_has_every_arm_with_its_spread_and_what_is_odd_about_it() {
    let page = html::render(&synthetic::report());
    let (_, evidence) = page.split_once("<h2 id=\"evidence\">").unwrap();
    for part in [
        "control: thread, again",
        "noise floor",
        "Others kept 0.04 CPUs busy",
        "1.5 s",
        "drifted: the last third took 1.5",
    ] {
        assert!(evidence.contains(part), "no '{part}'");
    }
    assert!(evidence.contains("1 outlier<"), "one sample stands far off");
    assert!(evidence.contains("less than 2 GiB of memory are free"));
}

#[test]
fn text_of_a_report_is_text_in_markdown_and_html() {
    let [_, (_, markdown), (_, html)] = all_three(&synthetic::report());
    assert!(markdown.contains("Node's own <cell> 0 \\| Description"), "a bar would end the cell");
    assert!(html.contains("Node's own &lt;cell&gt; 0"));
    assert!(html.contains("<code>child_process</code>"), "the document's code is code");
}
