//! The tables in a README, and many machines' reports as one.

mod synthetic;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;

use comparison::render::class;
use comparison::report::{Report, Verdict};

const BEGIN: &str = "<!-- comparison:begin -->";
const END: &str = "<!-- comparison:end -->";

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_comparison")).args(arguments).stdin(Stdio::null()).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn write(folder: &Path, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let file = folder.join(name);
    fs::write(&file, content).unwrap();
    file
}

fn saved(folder: &Path, name: &str, report: &Report) -> String {
    write(folder, name, serde_json::to_vec(report).unwrap()).display().to_string()
}

/// The folder's entries: a draft that was left behind would be one.
fn entries(folder: &Path) -> usize {
    fs::read_dir(folder).unwrap().count()
}

#[test]
fn render_puts_the_tables_between_the_markers_and_again() {
    let folder = tempfile::tempdir().unwrap();
    let report = saved(folder.path(), "report.json", &synthetic::report());
    let readme = write(folder.path(), "README.md", format!("before\n{BEGIN}\nOUTDATED\n{END}\nafter\n"));
    fs::set_permissions(&readme, fs::Permissions::from_mode(0o640)).unwrap();
    let link = folder.path().join("link.md");
    symlink("README.md", &link).unwrap();
    let mut versions = Vec::new();
    for _ in 0..2 {
        let output = run(&["render", &report, "--readme", link.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        versions.push(fs::read_to_string(&readme).unwrap());
    }
    let updated = &versions[0];
    assert_eq!(updated, &versions[1], "the same report gives the same file");
    assert!(updated.starts_with(&format!("before\n{BEGIN}\n")) && updated.ends_with(&format!("{END}\nafter\n")));
    assert!(
        !updated.contains("OUTDATED") && updated.lines().filter(|line| line.starts_with("| ---")).count() == 3,
        "{updated}"
    );
    assert!(updated.contains("2 CPUs, Linux 6.18.0") && updated.contains("2026-11-01"), "machine and date");
    assert_eq!(fs::metadata(&readme).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(link.is_symlink());
    assert_eq!(entries(folder.path()), 3);
}

#[test]
fn figures_of_any_length_are_drawn_again_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let mut report = synthetic::report();
    let mut random = fastrand::Rng::with_seed(7);
    for sample in report.experiments.iter_mut().flat_map(|one| &mut one.arms).flat_map(|arm| &mut arm.samples) {
        *sample *= random.f64();
    }
    let mut given = saved(folder.path(), "report.json", &report);
    let drawn = ["one", "two"].map(|name| {
        let out = folder.path().join(name);
        let output = run(&["render", &given, "--out", out.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        given = out.join("report.json").display().to_string();
        ["report.json", "report.md", "report.html"].map(|file| fs::read_to_string(out.join(file)).unwrap())
    });
    assert!(drawn[0] == drawn[1]);
    assert_eq!(serde_json::from_str::<Report>(&drawn[0][0]).unwrap(), report);
}

#[test]
fn who_reads_while_two_runs_write_sees_one_whole_report_or_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let reports = [synthetic::report(), synthetic::without_node()];
    comparison::saved::save(&reports[0], folder.path()).unwrap();
    let save = |report: &Report| (0..15).for_each(|_| comparison::saved::save(report, folder.path()).unwrap());
    thread::scope(|scope| {
        let writers = reports.each_ref().map(|report| scope.spawn(|| save(report)));
        while !writers.iter().all(|writer| writer.is_finished()) {
            let read = comparison::saved::load(&folder.path().join("report.json")).unwrap();
            assert!(reports.contains(&read));
        }
    });
    assert_eq!(entries(folder.path()), 3, "no draft is left");
    let mode = |file: &Path| fs::metadata(file).unwrap().permissions().mode();
    let ordinary = write(folder.path(), "ordinary", "");
    assert_eq!(mode(&folder.path().join("report.html")), mode(&ordinary), "who may read it is as of any new file");
}

#[test]
fn a_measuring_run_updates_the_file_too() {
    let folder = tempfile::tempdir().unwrap();
    let readme = write(folder.path(), "README.md", format!("{BEGIN}{END}"));
    let out = folder.path().join("out");
    let (out, file) = (out.to_str().unwrap(), readme.to_str().unwrap());
    let output = run(&["--quick", "--no-node", "--only", "memory.visible", "--out", out, "--readme", file]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(fs::read_to_string(&readme).unwrap().contains("| Memory | **supported**"));
}

#[test]
fn a_file_that_cannot_take_them_is_refused_before_measuring_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    for (content, reason) in [
        (String::new(), "has no <!-- comparison:begin -->"),
        (format!("{BEGIN}\n"), "has no <!-- comparison:end -->"),
        (format!("{BEGIN}\n{END}\n{BEGIN}\n{END}\n"), "has 2 × <!-- comparison:begin -->"),
        (format!("{END}\n{BEGIN}\n"), "before"),
    ] {
        let readme = write(folder.path(), "README.md", &content);
        // All experiments: if they were run, this test would take half a minute.
        let output = run(&["--out", out.to_str().unwrap(), "--readme", readme.to_str().unwrap()]);
        let complaint = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{complaint}");
        assert!(
            complaint.contains(reason) && complaint.contains("README.md") && complaint.contains("put a line"),
            "{complaint}"
        );
        assert_eq!(fs::read_to_string(&readme).unwrap(), content);
        assert!(!out.join("report.json").exists());
    }
    let output = run(&["--out", out.to_str().unwrap(), "--readme", "no-such-README.md"]);
    assert!(text(&output.stderr).contains("cannot read no-such-README.md"), "{}", text(&output.stderr));
}

/// The synthetic machine, with other verdicts and other figures.
fn another(verdict: Verdict, times: f64) -> Report {
    let mut report = synthetic::report();
    report.run.seed += 1;
    report.tables.iter_mut().flat_map(|table| &mut table.rows).for_each(|row| row.verdict = verdict);
    let ratios = report.experiments.iter_mut().flat_map(|experiment| &mut experiment.ratios);
    ratios.for_each(|ratio| ratio.median *= times);
    report
}

/// The cells of the line that holds all these words.
fn cells(text: &str, words: &[&str]) -> Vec<String> {
    let line = text.lines().find(|line| words.iter().all(|word| line.contains(word)));
    let line = line.unwrap_or_else(|| panic!("no line with {words:?} in:\n{text}"));
    line.split(['│', '┆']).map(str::trim).filter(|cell| !cell.is_empty()).map(str::to_owned).collect()
}

#[test]
fn a_class_counts_verdicts_and_compares_ratios() {
    let reports = [
        synthetic::report(),
        another(Verdict::Supported, 2.0),
        another(Verdict::Contradicted, 0.5),
        synthetic::report(),
    ];
    let reports = reports.into_iter().enumerate().map(|(n, report)| (format!("{n}.json"), report));
    let text = class::render(&reports.collect::<Vec<_>>(), 200);
    assert!(text.contains("- 3.json is the same report as 0.json: counted once"), "{text}");
    assert!(text.contains("How many of 3 machines"));
    // The first row of the synthetic report is supported, the second contradicted.
    assert_eq!(cells(&text, &["Event Loop"]), ["Event Loop", "2", "1", "0", "0"]);
    assert_eq!(cells(&text, &["libuv Thread Pool"]), ["libuv Thread Pool", "1", "2", "0", "0"]);
    let ratio = &cells(&text, &["overhead.create: process: fork to thread"])[1..];
    let fork = synthetic::report().experiments.into_iter().find(|one| one.id == "overhead.create").unwrap();
    let median = fork.ratios[0].median;
    assert_eq!(ratio[0], format!("{median:.2}"));
    assert_eq!(ratio[1], format!("{:.2} (3) to {:.2} (2)", median / 2.0, median * 2.0));
}

#[test]
fn a_class_fits_sixty_columns() {
    let reports = [("a.json".to_owned(), synthetic::report()), ("b.json".to_owned(), synthetic::without_node())];
    let text = class::render(&reports, 60);
    let long = text.lines().find(|line| console::measure_text_width(line) > 60);
    assert_eq!(long, None);
    assert!(["support", "contradict", "depend", "unresolved"].iter().all(|word| text.contains(word)), "{text}");
}

#[test]
fn a_report_of_the_class_that_cannot_be_read_is_named_and_the_rest_compared() {
    let folder = tempfile::tempdir().unwrap();
    let good = saved(folder.path(), "good.json", &synthetic::report());
    let whole = fs::read(&good).unwrap();
    let half = write(folder.path(), "half.json", &whole[..whole.len() / 2]).display().to_string();
    let other = write(folder.path(), "other.json", r#"{"schema": 2}"#).display().to_string();
    let none = write(folder.path(), "none.json", "# not JSON").display().to_string();
    let output = run(&["class", &half, &good, &other, &none, "missing.json"]);
    let complaint = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    for reason in
        ["half.json is truncated", "other.json has schema 2", "none.json is not JSON", "cannot read missing.json"]
    {
        assert!(complaint.contains(reason), "{complaint}");
    }
    let printed = text(&output.stdout);
    assert!(printed.contains("How many of 1 machines") && !printed.contains('\u{1b}'), "{printed}");
    assert_eq!(run(&["class", &good]).status.code(), Some(0));
    assert_eq!(run(&["class"]).status.code(), Some(2), "no report at all is wrong usage");
    assert_eq!(run(&["render", &good]).status.code(), Some(2), "neither --out nor --readme");
}
