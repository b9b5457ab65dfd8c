//! From ratios and counts to verdicts: settings, processes, the edge, noise, a miscount.

use comparison::claims::Row;
use comparison::claims::Verdict::{self, Contradicted, Depends, Supported};
use comparison::measure::samples::Arm;
use comparison::report::terminal::{self, Screen};

mod samples;
use samples::{judged, report, set};

/// Two tasks, inline and on threads: the row "Performance" rests on their times, too.
const TASKS: &str = "loop_delay.10ms";

/// Makes every way between processes as slow as `by` says in each setting, against threads that take 10 µs.
fn communication(by: impl Fn(usize) -> f64) -> Row {
    let mut report = report();
    let ids: Vec<String> = report.experiments.iter().map(|one| one.id.clone()).collect();
    let settings = ids.iter().filter(|id| id.starts_with("communication.round_trip"));
    for (place, id) in settings.enumerate() {
        set(&mut report, id, "", [1e4; 3]);
        set(&mut report, id, "process", [1e4 * by(place); 3]);
    }
    judged(report, "Communication")
}

/// A mean over the settings would call 0.5 and 2.0 "no difference", and 15 beside two times 1 "slower".
#[test]
fn settings_are_judged_one_by_one() {
    assert_eq!(communication(|_| 3.0).rust.verdict, Supported);
    assert_eq!(communication(|_| 1.0).rust.verdict, Contradicted);
    assert_eq!(communication(|place| [0.5, 2.0][place % 2]).rust.verdict, Depends);
    let row = communication(|place| if place == 0 { 15.0 } else { 1.0 });
    assert_eq!(row.rust.verdict, Depends);
    assert!(row.rust.why.contains("64 B, one CPU") && row.rust.why.contains("Does not hold"), "{}", row.rust.why);
}

/// Of one process the samples are as narrow as can be; the three processes disagree.
#[test]
fn processes_that_disagree_leave_a_row_unresolved() {
    let mut report = report();
    set(&mut report, TASKS, "", [2e7; 3]);
    set(&mut report, TASKS, "thread: one per task: total", [1e7, 1.5e7, 2.1e7]);
    assert_eq!(judged(report, "Performance").rust.verdict, Verdict::Unresolved);
}

#[test]
fn imprecise_and_precisely_near_the_limit_have_remedies_of_their_own() {
    let why = |threads: [f64; 3]| {
        let mut report = report();
        set(&mut report, TASKS, "", [2.4e7; 3]);
        set(&mut report, TASKS, "thread: one per task: total", threads);
        judged(report, "Performance").rust.why
    };
    assert!(why([2e7, 2.02e7, 1.98e7]).contains("precisely near 1.2"), "{}", why([2e7, 2.02e7, 1.98e7]));
    assert!(why([1e7, 2e7, 3e7]).contains("run in full, or again"));
}

#[test]
fn one_trial_that_miscounts_does_not_decide_and_a_count_that_varies_is_shown() {
    let mut report = report();
    let pool = report.experiments.iter_mut().find(|one| one.id == "architecture.callbacks").unwrap();
    let arm = pool.arms.iter_mut().find(|arm| arm.name.starts_with("thread: threads added")).unwrap();
    let mut samples = vec![vec![0.0; 7]; 3];
    samples[1][3] = 1.0;
    *arm = Arm::new(&arm.name.clone(), "count", samples);
    let row = judged(report, "libuv Thread Pool");
    assert_eq!(row.rust.verdict, Supported);
    assert!(row.rust.why.contains("(in 20 of 21 trials)"), "{}", row.rust.why);
}

#[test]
fn beside_a_busy_neighbour_nothing_is_equivalent_and_the_row_says_what_to_close() {
    let mut report = report();
    set(&mut report, TASKS, "", [2e7; 3]);
    let experiment = report.experiments.iter_mut().find(|one| one.id == TASKS).unwrap();
    experiment.others.cpus = 0.9;
    experiment.others.most = Some("compiler".to_owned());
    let row = judged(report.clone(), "Performance");
    assert!(row.rust.why.contains("compiler") && row.rust.why.contains("Unclear"), "{}", row.rust.why);
    assert!(row.rust.answer.starts_with("Unclear:"), "{}", row.rust.answer);
    let screen = terminal::render(&report.recomputed(), Screen { width: 90, colour: false });
    let words = screen.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("others used up to 0.9 CPUs (compiler) in 1 of 35 experiments"), "{screen}");
    assert!(words.contains("close them and run again"), "the screen does not say why a row is unresolved: {screen}");
}

/// A fork that takes precisely 1.2 times as long as a Worker speaks for neither side: memory decides.
#[test]
fn at_the_edge_the_other_conditions_decide() {
    let overhead = |kib: f64| {
        let mut report = report();
        set(&mut report, "node.create", "", [1e7; 3]);
        set(&mut report, "node.create", "node process", [1.2e7, 1.21e7, 1.19e7]);
        set(&mut report, "node.footprint", "", [1000.0; 3]);
        set(&mut report, "node.footprint", "node process", [kib, 1.01 * kib, 0.99 * kib]);
        judged(report, "Overhead").node.unwrap()
    };
    assert_eq!(overhead(3000.0).verdict, Supported);
    assert_eq!(overhead(1000.0).verdict, Contradicted);
    assert_eq!(overhead(1200.0).verdict, Verdict::Unresolved);
    assert!(overhead(1000.0).why.contains("At the edge:"), "{}", overhead(1000.0).why);
}

/// Two of three trials of a kind of fault: neither "they survived" nor "they were lost".
#[test]
fn one_trial_of_a_fault_does_not_decide() {
    let crash = |alive: [f64; 3]| {
        let mut report = report();
        set(&mut report, "crash.survivors", "process: abort", alive);
        judged(report, "Crashing effect").rust.verdict
    };
    assert_eq!(crash([1.0, 1.0, 1.0]), Supported);
    assert_eq!(crash([1.0, 0.0, 1.0]), Verdict::Unresolved);
    assert_eq!(crash([0.0, 0.0, 0.0]), Depends);
}
