//! Verdicts follow from samples: the same rows with other figures are judged otherwise.

use comparison::report::{Boundary, Experiment, Ratio, Row, Status, Verdict};
use comparison::{stats, tables};

/// An experiment with these ratios, and an arm with one sample for each name in them.
fn experiment(id: &str, ratios: &[([&str; 2], f64, f64)]) -> Experiment {
    let names: std::collections::BTreeSet<&str> = ratios.iter().flat_map(|(of, _, _)| *of).collect();
    let arms = names.into_iter().map(|name| stats::arm(name, Boundary::None, "ns", vec![1000.0])).collect();
    let ratio = |(of, low, high): &([&str; 2], f64, f64)| Ratio {
        of: of.map(str::to_owned),
        median: (low + high) / 2.0,
        low: *low,
        high: *high,
    };
    let ratios = ratios.iter().map(ratio).collect();
    Experiment { arms, ratios, ..Experiment::without_samples(id.to_owned(), Status::Ok, None) }
}

fn row(key: &str, experiments: &[Experiment]) -> Row {
    let tables = tables::write(experiments);
    tables.iter().flat_map(|table| &table.rows).find(|row| row.key == key).expect("a row of that key").clone()
}

fn overhead(fork: (f64, f64), program: (f64, f64), control: (f64, f64)) -> Verdict {
    let create = experiment(
        "overhead.create",
        &[
            (["process: fork", "thread"], fork.0, fork.1),
            (["process: spawned program", "thread"], program.0, program.1),
            (["control: thread, again", "thread"], control.0, control.1),
        ],
    );
    row("Overhead", &[create]).verdict
}

const QUIET: (f64, f64) = (0.98, 1.02);

#[test]
fn overhead_follows_the_ratios() {
    assert_eq!(overhead((4.0, 5.0), (20.0, 22.0), QUIET), Verdict::Supported);
    assert_eq!(overhead((0.1, 0.2), (0.3, 0.4), QUIET), Verdict::Contradicted);
    assert_eq!(overhead((0.9, 1.1), (3.0, 4.0), QUIET), Verdict::Depends);
    assert_eq!(overhead((1.1, 1.4), (3.0, 4.0), QUIET), Verdict::Unresolved);
}

#[test]
fn noise_hides_a_difference_and_never_makes_a_verdict() {
    assert_eq!(overhead((2.4, 2.6), (2.7, 2.9), (0.9, 4.0)), Verdict::Unresolved);
}

fn communication(pipe: (f64, f64), usual: (f64, f64)) -> Row {
    let id = "communication.round_trip.64B.same_cpu";
    let ratios = [
        (["process: pipe", "thread: pipe"], pipe.0, pipe.1),
        (["process: ipc-channel", "thread: channel"], usual.0, usual.1),
    ];
    row("Communication", &[experiment(id, &ratios)])
}

#[test]
fn the_mechanism_is_blamed_only_when_the_pipes_were_seen_to_be_the_same() {
    let same = communication((0.95, 1.05), (10.0, 11.0));
    assert_eq!(same.verdict, Verdict::Depends);
    assert!(same.why.contains("mechanism"), "{same:?}");
    let unclear = communication((0.6, 1.6), (10.0, 11.0));
    assert_eq!(unclear.verdict, Verdict::Unresolved);
    assert!(!unclear.why.contains("mechanism"), "{unclear:?}");
    assert_eq!(communication((2.0, 3.0), (10.0, 11.0)).verdict, Verdict::Supported);
    assert_eq!(communication((0.9, 1.1), (0.9, 1.1)).verdict, Verdict::Contradicted);
    assert!(same.why.contains("two_cpus was not run"), "what was left out is named: {same:?}");
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
fn without_samples_there_is_no_verdict_and_no_figure() {
    for row in tables::write(&[]).iter().flat_map(|table| &table.rows) {
        assert_eq!(row.verdict, Verdict::Unresolved);
        assert!(row.measured.values().all(|cell| cell == "not measured"), "{row:?}");
        assert!(row.why.contains("was not run"), "{row:?}");
    }
}
