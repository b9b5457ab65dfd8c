//! What is judged by counts, or by samples and ratios.

use comparison::report::{Experiment, Row, Verdict};

use super::{Interval, arm, row};

fn experiment(id: &str, arms: &[(&str, &str, Vec<f64>)], ratios: &[Interval]) -> Experiment {
    super::experiment(id, arms.iter().map(|(name, unit, samples)| arm(name, unit, samples.clone())).collect(), ratios)
}

const ALIVE: &str = "others alive";

/// Twenty trials of a fault, after `alive` of which the others were there.
fn after<'a>(name: &'a str, unit: &'a str, alive: usize) -> (&'a str, &'a str, Vec<f64>) {
    (name, unit, (0..20).map(|trial| f64::from(u8::from(trial < alive))).collect())
}

fn crash(process: usize, thread: usize, node: bool) -> [Experiment; 1] {
    let mut arms = vec![
        after("process: segfault", ALIVE, process),
        after("thread: panic", ALIVE, 20),
        after("thread: segfault", ALIVE, thread),
        after("thread: loop, stopped", "victim ended", 0),
        after("process: loop, stopped", "victim ended", 20),
    ];
    if node {
        arms.extend([after("node process: throw", ALIVE, 20), after("node thread: throw", ALIVE, 0)]);
    }
    [experiment("crash.survivors", &arms, &[])]
}

#[test]
fn a_crash_that_spreads_from_threads_alone_supports_the_document() {
    let (effect, safety) = ("Crashing effect", "Isolated execution with crash safety");
    let supported = row(effect, &crash(20, 0, true));
    assert_eq!(supported.verdict, Verdict::Supported);
    assert!(supported.answer.contains("1 of 2 faults of a thread ends") && supported.answer.contains("20 of 20"));
    assert!(supported.why.contains("20 of 20 (84 to 100 %)"), "with its interval: {}", supported.why);
    assert_eq!(row(effect, &crash(19, 0, true)).verdict, Verdict::Depends, "one process was lost with another");
    assert_eq!(row(effect, &crash(20, 3, true)).verdict, Verdict::Depends, "no fault of a thread always spreads");
    assert_eq!(row(effect, &crash(3, 20, true)).verdict, Verdict::Contradicted);

    assert_eq!(row(safety, &crash(20, 0, true)).verdict, Verdict::Supported);
    assert_eq!(row(safety, &crash(20, 20, true)).verdict, Verdict::Depends, "threads would do as well");
    assert_eq!(row(safety, &crash(19, 0, true)).verdict, Verdict::Contradicted);
}

#[test]
fn node_has_cells_of_its_own_only_where_it_was_asked() {
    let with = row("Crashing effect", &crash(20, 0, true));
    assert!(with.node["Process"].contains("throw 20/20") && with.node["Thread"].contains("throw 0/20"), "{with:?}");
    assert!(!with.measured["Thread"].contains("throw"), "Rust's cells are Rust's: {with:?}");
    assert!(row("Crashing effect", &crash(20, 0, false)).node.is_empty());
}

#[test]
fn the_timeline_tells_what_a_crash_cost_those_who_asked() {
    let mut experiments = crash(20, 0, false).to_vec();
    let mut arms = Vec::new();
    for (unit, lost) in [("thread", 4), ("process", 0)] {
        let arm = |kind: &str, samples| (format!("{unit}: segfault: {kind}"), samples);
        arms.extend([arm("fault", vec![10.0, 10.0]), arm("detected", vec![10.5, 10.5])]);
        arms.extend([arm("repaired", vec![12.0, 12.0]), arm("answered", vec![1.0, 2.0])]);
        arms.extend((lost > 0).then(|| arm("lost", vec![10.2; lost])));
    }
    let arms: Vec<_> = arms.iter().map(|(name, samples)| (name.as_str(), "ms", samples.clone())).collect();
    experiments.push(experiment("crash.timeline", &arms, &[]));
    let why = row("Crashing effect", &experiments).why;
    assert!(why.contains("in a thread: 2.0 requests lost, seen after 0.5 ms, repaired after 2.0 ms"), "{why}");
    assert!(why.contains("in a process: 0.0 requests lost"), "{why}");
}

fn performance(threads: Option<(f64, f64)>, boundary: (f64, f64)) -> Row {
    let isolation = [
        (["thread", "process"], boundary.0, boundary.1),
        (["process", "control: none"], 12.0, 13.0),
        (["thread", "control: none"], 12.0, 13.0),
    ];
    let mut experiments = vec![experiment("cpu.isolation", &[], &isolation)];
    if let Some((low, high)) = threads {
        let ratios = [(["serial", "thread: 1"], 0.9, 1.0), (["serial", "thread: 2"], low, high)];
        experiments.push(experiment("cpu.speed_up", &[], &ratios));
    }
    row("Performance", &experiments)
}

#[test]
fn performance_is_two_claims_and_the_answer_has_a_clause_for_each() {
    let (faster, not_faster, same, more, unclear) = ((1.7, 1.9), (0.95, 1.05), (0.98, 1.02), (1.5, 2.0), (0.5, 2.0));
    let depends = performance(Some(faster), same);
    assert_eq!(depends.verdict, Verdict::Depends);
    assert!(depends.answer.starts_with("Threads do the work 1.80 × as fast; a process shields"), "{}", depends.answer);
    assert!(depends.answer.contains("no better than a thread"), "{}", depends.answer);
    assert_eq!(performance(Some(faster), more).verdict, Verdict::Supported);
    assert_eq!(performance(Some(not_faster), same).verdict, Verdict::Contradicted);
    let noisy = performance(Some(faster), unclear);
    assert_eq!(noisy.verdict, Verdict::Unresolved);
    assert!(noisy.answer.contains("within the noise") && !noisy.answer.contains("no better"), "{}", noisy.answer);
    let half = performance(None, same);
    assert_eq!(half.verdict, Verdict::Unresolved);
    assert!(half.answer.contains("speed-up was not measured") && half.why.contains("cpu.speed_up was not run"));
    assert!(!half.why.contains("run again"), "what is missing is not too close to tell: {}", half.why);
}

#[test]
fn one_thread_is_no_parallel_execution() {
    let ratios = [(["thread", "process"], 0.98, 1.02), (["process", "control: none"], 4.0, 5.0)];
    let isolation = experiment("cpu.isolation", &[], &ratios);
    let alone = experiment("cpu.speed_up", &[], &[(["serial", "thread: 1"], 0.9, 1.0)]);
    let row = row("Performance", &[isolation, alone]);
    assert_eq!(row.verdict, Verdict::Unresolved, "where more could not be started: {row:?}");
}

#[test]
fn what_node_does_with_tasks_and_files_has_cells_of_its_own() {
    let arms = [
        ("node inline: total", "ns", vec![20e6; 3]),
        ("node inline: loop delay", "ns", vec![19e6; 3]),
        ("node thread: total", "ns", vec![10e6; 3]),
        ("node thread: loop delay", "ns", vec![1e6; 3]),
    ];
    let mut tasks = tasks("loop_delay.10ms", 20e6, [10e6, 0.1e6]);
    tasks.arms.extend(experiment("loop_delay.10ms", &arms, &[]).arms);
    let cell = row("CPU-intensive operations", &[tasks]).node["Use"].clone();
    assert_eq!(cell, "inline 20 ms, loop late by 19 ms; a Worker that waits 10 ms, loop late by 1.0 ms");
}

/// Tasks of a size: each candidate's total and loop delay, in nanoseconds.
fn tasks(id: &str, inline: f64, thread: [f64; 2]) -> Experiment {
    let arm = |name, ns: f64| (name, "ns", vec![ns]);
    let arms = [
        arm("inline: total", inline),
        arm("inline: loop delay", inline),
        arm("thread: total", thread[0]),
        arm("thread: loop delay", thread[1]),
        arm("process: total", thread[0]),
        arm("process: loop delay", thread[1]),
        arm("pool: total", thread[0]),
        arm("pool: loop delay", thread[1]),
    ];
    let mut ratios = Vec::new();
    for (name, other) in [("thread", "process"), ("thread", "pool"), ("process", "pool")] {
        ratios.push((format!("{name}: total"), format!("{other}: total"), 1.0));
    }
    for name in ["thread", "process", "pool"] {
        ratios.push((format!("{name}: loop delay"), "inline: loop delay".to_owned(), thread[1] / inline));
    }
    let ratios: Vec<_> = ratios.iter().map(|(a, b, ratio)| ([a.as_str(), b.as_str()], *ratio, *ratio)).collect();
    experiment(id, &arms, &ratios)
}

#[test]
fn the_break_even_lies_where_handing_over_begins_to_win() {
    let key = "CPU-intensive operations";
    let small = tasks("loop_delay.100us", 200e3, [400e3, 20e3]);
    let middle = tasks("loop_delay.1ms", 2e6, [1e6, 20e3]);
    let large = tasks("loop_delay.10ms", 20e6, [10e6, 20e3]);
    let between = row(key, &[small.clone(), middle.clone(), large.clone()]);
    // A ratio of 2 at 100 µs and of 1/2 at 1 ms: equal half way, on logarithmic axes.
    assert!(between.why.contains("shorter than 316 µs are best done inline"), "{}", between.why);
    assert!(between.why.contains("freer: from below 100 µs on thread"), "{}", between.why);
    let always = row(key, &[middle, large.clone()]).why;
    assert!(
        always.contains("sooner done: from below 1.0 ms on thread") && !always.contains("best done inline"),
        "{always}"
    );
    let never = row(key, &[small, tasks("loop_delay.10ms", 20e6, [30e6, 20e3])]).why;
    assert!(never.contains("sooner done: not up to 10 ms thread"), "{never}");
}

#[test]
fn another_program_needs_a_process_unless_exec_leaves_the_starter() {
    let judged = |process: usize, thread: usize| {
        let arms = [
            after("process: program ran", "yes", 20),
            after("process: starter went on", "yes", process),
            after("thread: program ran", "yes", 20),
            after("thread: starter went on", "yes", thread),
        ];
        row("Running another Node.js script", &[experiment("scenario.another_program", &arms, &[])])
    };
    assert_eq!(judged(20, 0).verdict, Verdict::Supported);
    assert_eq!(judged(20, 20).verdict, Verdict::Depends);
    assert_eq!(judged(3, 0).verdict, Verdict::Contradicted);
    assert!(judged(20, 0).answer.contains("20 of 20 trials as a process, in 0 of 20"), "{}", judged(20, 0).answer);
}

#[test]
fn the_parts_of_the_architecture_follow_their_counts() {
    let callbacks = |threads: f64| {
        let counts = [("kinds of callback", 9.0), ("threads that ran them", threads)];
        let counts = counts.map(|(name, count)| (name, "count", vec![count; 5]));
        experiment("architecture.callbacks", &counts, &[])
    };
    let waits = |low, high| {
        let arms = [("ten waits on one loop", "ns", vec![5e6]), ("ten waits one after another", "ns", vec![50e6])];
        let ratio = (["ten waits one after another", "ten waits on one loop"], low, high);
        experiment("architecture.waits", &arms, &[ratio])
    };
    let judged = |threads, low, high| row("Event Loop", &[callbacks(threads), waits(low, high)]);
    assert_eq!(judged(1.0, 9.0, 11.0).verdict, Verdict::Supported);
    assert_eq!(judged(2.0, 9.0, 11.0).verdict, Verdict::Depends);
    assert_eq!(judged(2.0, 0.9, 1.1).verdict, Verdict::Contradicted);
    assert_eq!(judged(1.0, 0.5, 2.0).verdict, Verdict::Unresolved);
    let all = judged(1.0, 9.0, 11.0).answer;
    assert_eq!(all, "All 9 kinds of callback ran on one thread, and ten waits took 5.0 ms on it instead of 50 ms.");
}
