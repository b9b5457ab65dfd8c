//! What a reader gets: the answer first, on the terminal, in Markdown and on the page; nothing of it is lost.

mod synthetic;

use comparison::render::{class, html, markdown, terminal};
use comparison::report::{Arm, Report, Verdict};
use comparison::stats;
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
    assert!(markdown.contains("Node's own \\<cell> 0 \\| Description"), "a bar would end the cell");
    assert!(html.contains("Node's own &lt;cell&gt; 0"));
    assert!(html.contains("<code>child_process</code>"), "the document's code is code");
}

const PLOTS: [&str; 8] = [
    "plot-round-trip",
    "plot-round-trip-spread",
    "plot-creation-spread",
    "plot-creation",
    "plot-pool",
    "plot-crash",
    "plot-speed-up",
    "plot-loop-delay",
];

/// The part of the page between a plot's beginning and the next.
fn plot<'a>(page: &'a str, id: &str) -> &'a str {
    let start = page.find(&format!("id=\"{id}\"")).unwrap_or_else(|| panic!("no plot {id}"));
    let length = page[start..].find("</figure>").unwrap_or(page.len() - start);
    &page[start..start + length]
}

#[test]
fn every_plot_has_a_title_a_caption_and_its_data() {
    let page = html::render(&synthetic::report());
    for id in PLOTS {
        let plot = plot(&page, id);
        for part in
            ["<figcaption>", "role=\"img\"", "<title id=", "<desc id=", "<details>", "<caption>", "scope=\"row\""]
        {
            assert!(plot.contains(part), "{id} has no {part}");
        }
        assert!(!plot.contains("=\"#"), "{id} has a fixed colour, which knows no dark page");
    }
    let data = plot(&page, "plot-round-trip");
    assert_eq!(data.matches("<tr><th scope=\"row\">process: pipe</th>").count(), 10, "five sizes, two placements");
}

#[test]
fn a_plot_without_samples_is_left_out_with_the_reason() {
    let mut report = synthetic::report();
    report.experiments.clear();
    let page = html::render(&report);
    assert!(!page.contains("<figure"));
    for id in PLOTS {
        assert!(page.contains(&format!("<p id=\"{id}\">")), "{id}");
    }
    assert_eq!(page.matches("has no samples.</p>").count(), PLOTS.len());
}

#[test]
fn captions_say_what_the_samples_say() {
    let mut report = synthetic::report();
    let caption = |report: &Report, id: &str| {
        let page = html::render(report);
        let caption = plot(&page, id).split("</figcaption>").next().unwrap();
        caption.to_owned()
    };
    let delay = caption(&report, "plot-loop-delay");
    assert!(delay.contains("thread from 60 µs, pool from 20 µs, process from 397 µs"), "{delay}");
    assert!(!delay.contains("control"), "the same again is no candidate: {delay}");
    assert!(caption(&report, "plot-pool").contains("10 jobs on 4 threads: the busiest did 3"));
    assert!(caption(&report, "plot-crash").contains("32 of 120 requests beside a failing thread, and 0 of 120"));
    assert!(caption(&report, "plot-speed-up").contains("thread 1.85 × (with 2)"));
    assert!(caption(&report, "plot-creation").contains("with small pages thread 1.0 ×, process: fork 52 ×"));
    let trip = caption(&report, "plot-round-trip");
    assert!(trip.contains("On one CPU: over the same mechanism a process takes 1.00 to 1.10 ×"), "{trip}");

    for experiment in &mut report.experiments {
        for arm in experiment.arms.iter_mut().filter(|arm| arm.name.starts_with("pool: loop")) {
            arm.median = 2e9; // longer than the longest task
        }
        experiment.arms.retain(|arm| !arm.name.starts_with("process: loop"));
    }
    let delay = caption(&report, "plot-loop-delay");
    assert!(delay.contains("pool at none") && !delay.contains("process"), "{delay}");
}

#[test]
fn odd_samples_are_drawn_all_the_same() {
    let with = |change: fn(&mut Vec<Arm>)| {
        let mut report = synthetic::report();
        for experiment in &mut report.experiments {
            change(&mut experiment.arms);
        }
        html::render(&report)
    };
    let resample = |arm: &mut Arm, samples: Vec<f64>| *arm = stats::arm(&arm.name, arm.boundary, &arm.unit, samples);
    let zero =
        with(|arms| arms.iter_mut().for_each(|arm| *arm = stats::arm(&arm.name, arm.boundary, &arm.unit, vec![0.0])));
    let huge = with(|arms| arms.iter_mut().for_each(|arm| arm.samples.iter_mut().for_each(|sample| *sample *= 1e12)));
    let mut report = synthetic::report();
    report.experiments.iter_mut().flat_map(|one| &mut one.arms).for_each(|arm| resample(arm, vec![-1.0, 1e300]));
    for page in [
        zero,
        huge,
        html::render(&report),
        with(|arms| arms.truncate(1)),
        with(|arms| drop(arms.drain(..arms.len().min(1)))),
    ] {
        assert!(page.contains("</html>") && page.len() < 2_000_000, "{} bytes", page.len());
    }
}

#[test]
fn a_ratio_over_nothing_is_no_number_and_is_not_printed_as_one() {
    for odd in [f64::INFINITY, f64::NAN] {
        let mut report = synthetic::report();
        for ratio in report.experiments.iter_mut().flat_map(|one| &mut one.ratios) {
            (ratio.low, ratio.median, ratio.high) = (0.0, odd, odd);
        }
        report.experiments.iter_mut().flat_map(|one| &mut one.arms).for_each(|arm| arm.median = 0.0);
        report.tables = comparison::tables::write(&report.experiments);
        let class =
            class::render(&[("a.json".to_owned(), report.clone()), ("b.json".to_owned(), synthetic::report())], 100);
        for (what, text) in all_three(&report).into_iter().chain([("class", class)]) {
            let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).collect();
            assert!(!words.contains(&"NaN") && !words.contains(&"inf"), "{what} for {odd}");
        }
    }
}
