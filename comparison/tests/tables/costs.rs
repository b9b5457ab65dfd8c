//! What is judged by ratios alone.

use comparison::report::{Experiment, Others, Row, Status, Verdict};
use comparison::tables;

use super::{Interval, arm, row};

/// An experiment with these ratios, and an arm with one sample for each name in them.
fn experiment(id: &str, ratios: &[Interval]) -> Experiment {
    let names: std::collections::BTreeSet<&str> = ratios.iter().flat_map(|(of, _, _)| *of).collect();
    super::experiment(id, names.into_iter().map(|name| arm(name, "ns", vec![1000.0])).collect(), ratios)
}

const QUIET: (f64, f64) = (0.98, 1.02);

fn overhead(fork: (f64, f64), program: (f64, f64), control: (f64, f64)) -> Row {
    let create = experiment(
        "overhead.create",
        &[
            (["process: fork", "thread"], fork.0, fork.1),
            (["process: spawned program", "thread"], program.0, program.1),
            (["control: thread, again", "thread"], control.0, control.1),
        ],
    );
    row("Overhead", &[create])
}

#[test]
fn overhead_follows_the_ratios_and_says_so() {
    for (fork, program, verdict, answer) in [
        ((4.0, 5.0), (20.0, 22.0), Verdict::Supported, "21 × faster than a spawned program, 4.5 × faster than a copy"),
        ((0.1, 0.2), (0.3, 0.4), Verdict::Contradicted, "no more than a thread"),
        ((0.9, 1.1), (3.0, 4.0), Verdict::Depends, "a spawned program takes 3.5 ×, a forked copy 1.0 ×"),
        ((1.1, 1.4), (3.0, 4.0), Verdict::Unresolved, "Too close to tell"),
    ] {
        let row = overhead(fork, program, QUIET);
        assert_eq!(row.verdict, verdict, "{row:?}");
        assert!(row.answer.contains(answer), "{row:?}");
    }
}

#[test]
fn the_price_of_a_program_is_told_where_memory_was_not_measured() {
    let cells = overhead((4.0, 5.0), (20.0, 22.0), QUIET).measured;
    assert_eq!(cells["Process"], "fork 1.0 µs; spawned program (true) 1.0 µs");
    assert_eq!(cells["Thread"], "1.0 µs");
}

#[test]
fn noise_hides_a_difference_and_never_makes_a_verdict() {
    assert_eq!(overhead((2.4, 2.6), (2.7, 2.9), (0.9, 4.0)).verdict, Verdict::Unresolved);
}

/// Trials in which a write of a thread, a write of a child, and a change without a writer were seen.
fn memory(thread: f64, private: f64, alone: f64) -> Row {
    let arms = [
        ("thread: shared heap", thread),
        ("process: private memory", private),
        ("process: MAP_SHARED", 1.0),
        ("control: thread, no writer", alone),
        ("control: process, no writer", alone),
    ];
    let arms = arms.map(|(name, seen)| arm(name, "writes seen", vec![seen; 3])).to_vec();
    let none = Experiment::without_samples("memory.visible".to_owned(), Status::Ok, None);
    row("Memory", &[Experiment { arms, ..none }])
}

#[test]
fn memory_follows_the_writes_that_were_seen() {
    let supported = memory(1.0, 0.0, 0.0);
    assert_eq!(supported.verdict, Verdict::Supported);
    assert_eq!(supported.answer, "A thread's write is seen by its starter in 3 of 3 trials, a forked child's in 0.");
    assert!(supported.node.is_empty());
    assert_eq!(memory(0.0, 1.0, 0.0).verdict, Verdict::Contradicted);
    assert_eq!(memory(1.0, 1.0, 0.0).verdict, Verdict::Depends);
    assert_eq!(memory(1.0, 0.0, 1.0).verdict, Verdict::Depends, "what changes without a writer tells nothing");
}

/// One size in one placement: the same pipe, and the usual ways.
fn round_trip(setting: &str, pipe: (f64, f64), usual: (f64, f64)) -> Experiment {
    let ratios = [
        (["process: pipe", "thread: pipe"], pipe.0, pipe.1),
        (["process: ipc-channel", "thread: channel"], usual.0, usual.1),
        (["control: thread: pipe, again", "thread: pipe"], QUIET.0, QUIET.1),
    ];
    experiment(&format!("communication.round_trip.{setting}"), &ratios)
}

fn communication(pipe: (f64, f64), usual: (f64, f64)) -> Row {
    row("Communication", &[round_trip("64B.same_cpu", pipe, usual)])
}

#[test]
fn the_mechanism_is_blamed_only_when_the_pipes_were_seen_to_be_the_same() {
    let same = communication((0.95, 1.05), (10.0, 11.0));
    assert_eq!(same.verdict, Verdict::Depends);
    assert!(same.answer.contains("mechanism that costs, not the boundary"), "{same:?}");
    let unclear = communication((0.6, 1.6), (10.0, 11.0));
    assert_eq!(unclear.verdict, Verdict::Unresolved);
    assert!(!unclear.answer.contains("mechanism"), "{unclear:?}");
    assert_eq!(communication((2.0, 3.0), (10.0, 11.0)).verdict, Verdict::Supported);
    assert_eq!(communication((0.9, 1.1), (0.9, 1.1)).verdict, Verdict::Contradicted);
    let reversed = communication((2.0, 3.0), (0.9, 1.1));
    assert_eq!(reversed.verdict, Verdict::Depends);
    assert!(!reversed.answer.contains("not the boundary"), "{reversed:?}");
    assert!(same.why.contains("two_cpus was not run"), "what was left out is named: {same:?}");
}

#[test]
fn sizes_and_placements_are_judged_together() {
    let (same, usual) = ((0.95, 1.05), (10.0, 11.0));
    let wide = (0.8, 1.25);
    assert_eq!(communication(wide, usual).verdict, Verdict::Unresolved);
    let settings = ["64B.same_cpu", "64B.two_cpus", "4MiB.same_cpu"];
    let mut all = settings.map(|setting| round_trip(setting, wide, usual));
    assert_eq!(row("Communication", &all).verdict, Verdict::Depends, "three wide intervals make a narrower one");
    all[1] = round_trip(settings[1], (14.0, 16.0), usual);
    assert_eq!(row("Communication", &all).verdict, Verdict::Supported, "one pipe that costs moves the mean");
    all[1] = round_trip(settings[1], same, usual);
    all[0].others.cpus = 2.0;
    let busy = row("Communication", &all);
    assert_eq!(busy.verdict, Verdict::Unresolved, "beside others nothing is the same");
    assert!(busy.why.contains("close them"), "{busy:?}");
}

#[test]
fn what_node_takes_has_cells_of_its_own() {
    let mut experiment = round_trip("64B.same_cpu", (0.95, 1.05), (10.0, 11.0));
    assert!(row("Communication", std::slice::from_ref(&experiment)).node.is_empty());
    for name in ["node process: send", "node thread: postMessage"] {
        experiment.arms.push(arm(name, "ns", vec![2000.0]));
    }
    let node = row("Communication", &[experiment]).node;
    assert_eq!(node["Process"], "64 B, one CPU: send 2.0 µs");
    assert_eq!(node["Thread"], "64 B, one CPU: postMessage 2.0 µs");
}

/// The row of CPU-bound work: how late the loop is with each candidate against inline, and the thread's total against
/// each of the others'.
fn contest(delays: [(f64, f64); 3], thread_to: [(f64, f64); 2]) -> Row {
    let ratios = [
        (["thread: loop delay", "inline: loop delay"], delays[0].0, delays[0].1),
        (["process: loop delay", "inline: loop delay"], delays[1].0, delays[1].1),
        (["pool: loop delay", "inline: loop delay"], delays[2].0, delays[2].1),
        (["thread: total", "inline: total"], 0.5, 0.6),
        (["thread: total", "process: total"], thread_to[0].0, thread_to[0].1),
        (["thread: total", "pool: total"], thread_to[1].0, thread_to[1].1),
        (["process: total", "pool: total"], 0.5, 2.0),
    ];
    row("CPU-intensive operations", &[experiment("loop_delay.10ms", &ratios)])
}

#[test]
fn a_choice_wins_when_it_clearly_beats_those_that_keep_the_loop_free() {
    let (free, held, unclear) = ((0.1, 0.2), (0.9, 1.1), (0.5, 1.5));
    let (beats, ties, loses) = ((0.4, 0.5), (0.95, 1.05), (2.0, 3.0));
    assert_eq!(contest([free; 3], [beats, beats]).verdict, Verdict::Supported);
    assert_eq!(contest([free; 3], [beats, ties]).verdict, Verdict::Depends);
    assert_eq!(contest([free; 3], [beats, loses]).verdict, Verdict::Contradicted);
    assert_eq!(contest([free; 3], [beats, unclear]).verdict, Verdict::Unresolved);
    assert_eq!(contest([free, free, held], [beats, loses]).verdict, Verdict::Supported, "the pool holds the loop up");
    assert_eq!(contest([held, free, free], [beats, beats]).verdict, Verdict::Contradicted);
    assert_eq!(contest([unclear, free, free], [beats, beats]).verdict, Verdict::Unresolved);
    assert_eq!(contest([held; 3], [beats, beats]).verdict, Verdict::Unresolved, "nobody keeps the loop free");
}

#[test]
fn what_to_do_is_told_unless_something_is_missing_that_decides() {
    let ratios = [(["process: fork", "thread"], 1.1, 1.4), (["process: spawned program", "thread"], 3.0, 4.0)];
    let create = experiment("overhead.create", &ratios);
    let skipped = |id: &str| Experiment::without_samples(id.to_owned(), Status::Skipped, Some("small".to_owned()));
    let beside = row("Overhead", &[create, skipped("overhead.by_parent.1GiB.small_pages")]);
    assert_eq!(beside.verdict, Verdict::Unresolved);
    assert!(beside.why.contains("run again"), "a parent that was left out decides nothing: {}", beside.why);
    let missing = row("Overhead", &[skipped("overhead.create")]).why;
    assert!(missing.contains("overhead.create left out: small") && !missing.contains("run again"), "{missing}");
}

#[test]
fn a_busy_neighbour_is_named_with_the_remedy_and_never_makes_things_the_same() {
    let ratios = [(["process: fork", "thread"], 1.3, 1.5), (["process: spawned program", "thread"], 9.0, 9.5)];
    let mut create = experiment("overhead.create", &ratios);
    assert_eq!(row("Overhead", std::slice::from_ref(&create)).verdict, Verdict::Supported);
    create.others = Others { cpus: 0.9, most: Some("compiler".to_owned()) };
    let beside = row("Overhead", &[create]);
    assert_eq!(beside.verdict, Verdict::Unresolved);
    assert!(beside.why.contains("Others kept 0.9 CPUs busy (most: compiler)") && beside.why.contains("close them"));
}

#[test]
fn without_samples_there_is_no_verdict_and_no_figure() {
    for row in tables::write(&[]).iter().flat_map(|table| &table.rows) {
        assert_eq!(row.verdict, Verdict::Unresolved);
        assert!(row.measured.values().all(|cell| cell == "not measured"), "{row:?}");
        assert!(row.why.contains("was not run"), "{row:?}");
    }
}
