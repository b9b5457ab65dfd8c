//! The quiz: a puzzle is shown as JavaScript, you say the order, and the loop explains it.

use std::io::{self, BufRead, Write};

use super::{Puzzle, Step};

/// Asks puzzles, each with its name, one after another, until `answers` ends; and prints how many were right.
///
/// # Errors
/// Those of reading and writing, and of the loop.
pub fn ask(puzzles: &[(String, Puzzle)], answers: &mut dyn BufRead, out: &mut dyn Write) -> io::Result<()> {
    let mut right = 0;
    let mut wrong = 0;
    let mut skipped = 0;
    for (name, puzzle) in puzzles {
        writeln!(out, "{name}:\n\n{}", puzzle.js())?;
        let steps = puzzle.run()?;
        let order: Vec<&str> = steps.iter().filter_map(|step| step.label.as_deref()).collect();
        let Some(answer) = read_answer(&order, answers, out)? else { break };
        if answer.is_empty() {
            skipped += 1;
            writeln!(out, "Skipped. The order is {}.\n", order.join(" "))?;
        } else if answer == order {
            right += 1;
            writeln!(out, "Right.\n")?;
        } else {
            wrong += 1;
            explain(&answer, &steps, puzzle, out)?;
        }
    }
    writeln!(out, "{right} of {} right, {skipped} skipped.", right + wrong)
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

/// Says which label came instead of the first wrong one, why, and what was in the queues then.
fn explain(answer: &[String], steps: &[Step], puzzle: &Puzzle, out: &mut dyn Write) -> io::Result<()> {
    let printed = steps.iter().filter_map(|step| Some((step.label.as_deref()?, step)));
    for ((label, step), yours) in printed.zip(answer) {
        if label != yours {
            writeln!(out, "\n{label} comes before {yours}: an iteration runs its phases in order; in one phase")?;
            writeln!(out, "callbacks run in the order in which they were asked for (timers: by their time).")?;
            writeln!(out, "After each of them all ticks run, then all microtasks, then the next callback.")?;
            return writeln!(out, "The loop when {label} was printed: {}", step.draw(&puzzle.js_lines()));
        }
    }
    Ok(())
}
