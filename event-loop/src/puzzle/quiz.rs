//! The quiz: a puzzle is shown as JavaScript, you say the order, and the loop explains it.

use std::io::{self, BufRead, Write};

use super::frame::Recording;
use super::{Puzzle, Seen};
use crate::Position;

/// How the quiz went.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Score {
    /// Answers that were right.
    pub right: usize,
    /// Answers that were given.
    pub answered: usize,
    /// Puzzles that were skipped.
    pub skipped: usize,
}

/// Asks puzzles, each with its name, one after another, until `answers` ends; and prints the score.
///
/// # Errors
/// Those of reading and writing, and of the loop.
pub fn ask(puzzles: &[(String, Puzzle)], answers: &mut dyn BufRead, out: &mut dyn Write) -> io::Result<Score> {
    let mut score = Score::default();
    for (name, puzzle) in puzzles {
        writeln!(out, "{name}:\n\n{}", puzzle.js())?;
        let seen = puzzle.run()?;
        let Some(answer) = read_answer(&seen, answers, out)? else { break };
        if answer.is_empty() {
            score.skipped += 1;
            let order: Vec<_> = seen.iter().map(|seen| &*seen.label).collect();
            writeln!(out, "Skipped. The order is {}.\n", order.join(" "))?;
            continue;
        }
        score.answered += 1;
        score.right += usize::from(explain(puzzle, &answer, &seen, out)?);
    }
    writeln!(out, "{} of {} right, {} skipped.", score.right, score.answered, score.skipped)?;
    Ok(score)
}

/// An answer that has every label as often as it is printed; an empty one to skip; `None` at the end of the input.
fn read_answer(seen: &[Seen], answers: &mut dyn BufRead, out: &mut dyn Write) -> io::Result<Option<Vec<String>>> {
    let mut expected: Vec<_> = seen.iter().map(|seen| &*seen.label).collect();
    expected.sort_unstable();
    loop {
        write!(out, "In which order? All labels in one line (Enter alone skips): ")?;
        out.flush()?;
        let mut line = String::new();
        if answers.read_line(&mut line)? == 0 {
            writeln!(out)?;
            return Ok(None);
        }
        let words = line.split(|letter: char| letter.is_whitespace() || letter == ',').filter(|word| !word.is_empty());
        let answer: Vec<_> = words.map(str::to_owned).collect();
        let mut sorted: Vec<_> = answer.iter().map(String::as_str).collect();
        sorted.sort_unstable();
        if answer.is_empty() || sorted == expected {
            return Ok(Some(answer));
        }
        let unknown = answer.iter().find(|label| !expected.contains(&label.as_str()));
        match unknown {
            Some(label) => writeln!(out, "No label is called {label}.")?,
            None => writeln!(out, "You gave {} labels of {}.", answer.len(), expected.len())?,
        }
        let labels = expected.join(" ");
        writeln!(out, "The rule: each label as often as it is printed, with spaces or commas between: {labels}")?;
    }
}

/// Says what ran where, beside the answer; and where the answer is wrong, why, with the picture of that moment.
fn explain(puzzle: &Puzzle, answer: &[String], seen: &[Seen], out: &mut dyn Write) -> io::Result<bool> {
    writeln!(out, "\n  you   it ran   round   phase    as")?;
    for (Seen { label, position }, yours) in seen.iter().zip(answer) {
        let mark = if yours == label { ' ' } else { '!' };
        let Position { iteration, phase, kind } = position;
        writeln!(out, "{mark} {yours:<5} {label:<8} {iteration:<7} {phase:<8} {kind}")?;
    }
    let Some(wrong) = seen.iter().zip(answer).position(|(seen, yours)| seen.label != *yours) else {
        writeln!(out, "Right.\n")?;
        return Ok(true);
    };
    let first = &seen[wrong];
    if let Some(yours) = seen[wrong..].iter().find(|seen| seen.label == answer[wrong]) {
        let reason = reason(first.position, yours.position);
        writeln!(out, "{} comes before {}: {reason}.", first.label, yours.label)?;
    }
    let recording = Recording::of(puzzle)?;
    if let Some(step) = recording.step_of_label(wrong) {
        writeln!(out, "The loop when {} was printed:\n\n{}", first.label, recording.draw(step))?;
    }
    Ok(false)
}

/// Why one came before the other.
fn reason(first: Position, second: Position) -> String {
    let rank = |kind| match kind {
        "tick" => 1,
        "microtask" => 2,
        _ => 0,
    };
    if first.iteration < second.iteration {
        let (a, b) = (first.iteration, second.iteration);
        format!("the loop runs the {} phase of round {a} before the {} phase of round {b}", first.phase, second.phase)
    } else if (first.iteration, first.phase) < (second.iteration, second.phase) {
        format!("the {} phase comes before the {} phase", first.phase, second.phase)
    } else if rank(second.kind) > rank(first.kind) {
        format!("the {} runs before the {} queue", first.kind, second.kind)
    } else {
        "callbacks of one queue run in the order in which they were asked for,\n\
         and what a callback leaves behind in ticks and microtasks runs before the next callback"
            .into()
    }
}
