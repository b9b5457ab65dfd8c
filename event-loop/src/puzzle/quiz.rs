//! The quiz: a puzzle is shown as JavaScript, you say the order, and the loop explains it.

use std::io::{self, BufRead, Write};

use super::{Puzzle, Seen};
use crate::Position;

/// Asks puzzles, each with its name, one after another, until `answers` ends; and prints how many were right.
///
/// # Errors
/// Those of reading and writing, and of the loop.
pub fn ask(puzzles: &[(String, Puzzle)], answers: &mut dyn BufRead, out: &mut dyn Write) -> io::Result<()> {
    let mut right = 0;
    let mut answered = 0;
    let mut skipped = 0;
    for (name, puzzle) in puzzles {
        writeln!(out, "{name}:\n\n{}", puzzle.js())?;
        let (seen, frames) = puzzle.run_watched()?;
        let order: Vec<_> = seen.iter().map(|seen| &*seen.label).collect();
        let Some(answer) = read_answer(&order, answers, out)? else { break };
        if answer.is_empty() {
            skipped += 1;
            writeln!(out, "Skipped. The order is {}.\n", order.join(" "))?;
            continue;
        }
        answered += 1;
        match seen.iter().zip(&answer).position(|(seen, yours)| seen.label != *yours) {
            None => {
                right += 1;
                writeln!(out, "Right.\n")?;
            }
            Some(wrong) => {
                explain(&answer, &seen, wrong, out)?;
                let frame = frames.iter().find(|frame| frame.printed > wrong);
                let picture = frame.map(|frame| frame.draw(&puzzle.js_lines())).unwrap_or_default();
                writeln!(out, "The loop when {} was printed: {picture}", order[wrong])?;
            }
        }
    }
    writeln!(out, "{right} of {answered} right, {skipped} skipped.")
}

/// An answer that has every label as often as it is printed; an empty one to skip; `None` at the end of the input.
fn read_answer(order: &[&str], answers: &mut dyn BufRead, out: &mut dyn Write) -> io::Result<Option<Vec<String>>> {
    let mut labels = order.to_vec();
    labels.sort_unstable();
    loop {
        write!(out, "In which order? All labels in one line (Enter alone skips): ")?;
        out.flush()?;
        let mut line = String::new();
        if answers.read_line(&mut line)? == 0 {
            writeln!(out)?;
            return Ok(None);
        }
        let answer: Vec<_> = line.replace(',', " ").split_whitespace().map(str::to_owned).collect();
        let mut sorted = answer.clone();
        sorted.sort_unstable();
        if answer.is_empty() || sorted == labels {
            return Ok(Some(answer));
        }
        match answer.iter().find(|label| !labels.contains(&label.as_str())) {
            Some(label) => writeln!(out, "No label is called {label}.")?,
            None => writeln!(out, "Number of labels: you gave {}, {} are printed.", answer.len(), labels.len())?,
        }
        writeln!(out, "The rule: each label as often as it is printed, with spaces or commas between.")?;
        writeln!(out, "The labels, sorted: {}", labels.join(" "))?;
    }
}

/// Says what ran where, beside a wrong answer, and why the first wrong label comes later.
fn explain(answer: &[String], seen: &[Seen], wrong: usize, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n  you   it ran   round   phase    as")?;
    for (Seen { label, position }, yours) in seen.iter().zip(answer) {
        let mark = if yours == label { ' ' } else { '!' };
        let Position { iteration, phase, kind } = position;
        writeln!(out, "{mark} {yours:<5} {label:<8} {iteration:<7} {phase:<8} {kind}")?;
    }
    if let Some(yours) = seen[wrong..].iter().find(|seen| seen.label == answer[wrong]) {
        let reason = reason(seen[wrong].position, yours.position);
        writeln!(out, "{} comes before {}: {reason}.", seen[wrong].label, yours.label)?;
    }
    Ok(())
}

/// Why one came before the other.
fn reason(first: Position, second: Position) -> String {
    if first.iteration < second.iteration {
        let earlier = format!("the {} phase of round {}", first.phase, first.iteration);
        format!("{earlier} comes before the {} phase of round {}", second.phase, second.iteration)
    } else if first.phase < second.phase {
        format!("the {} phase comes before the {} phase", first.phase, second.phase)
    } else {
        "in one phase callbacks run in the order in which they were asked for;\n\
         after each of them all ticks run, then all microtasks, then the next callback"
            .into()
    }
}
