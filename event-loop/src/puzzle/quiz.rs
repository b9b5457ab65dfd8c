//! The quiz: a puzzle is shown as JavaScript, you say the order, and the loop explains it.

use std::io::{self, BufRead, Write};

use super::{Puzzle, Step};

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
        let mut printed = puzzle.run()?;
        printed.retain(|step| step.label.is_some());
        let order: Vec<&str> = printed.iter().filter_map(|step| step.label.as_deref()).collect();
        let Some(answer) = read_answer(&order, answers, out)? else { break };
        if answer.is_empty() {
            skipped += 1;
            writeln!(out, "Skipped. The order is {}.\n", order.join(" "))?;
            continue;
        }
        answered += 1;
        if answer == order {
            right += 1;
            writeln!(out, "Right.\n")?;
        } else {
            explain(&answer, &printed, puzzle, out)?;
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

/// Says what ran where, beside a wrong answer, why the first wrong label comes later, and what was in the queues.
fn explain(answer: &[String], printed: &[Step], puzzle: &Puzzle, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n  you   it ran   as          in")?;
    let mut first_wrong = None;
    for (step, yours) in printed.iter().zip(answer) {
        let label = step.label.as_deref().unwrap_or_default();
        let mark = if yours == label { ' ' } else { '!' };
        writeln!(out, "{mark} {yours:<5} {label:<8} {:<11} {}", step.position.kind, step.position)?;
        if yours != label {
            first_wrong = first_wrong.or(Some((step, label, yours)));
        }
    }
    let Some((step, label, yours)) = first_wrong else { return Ok(()) };
    writeln!(out, "{label} comes before {yours}: a round has its phases in order, and in one phase callbacks")?;
    writeln!(out, "run in the order in which they were asked for (timers: by their time). After each")?;
    writeln!(out, "of them all ticks run, then all microtasks, then the next callback.")?;
    writeln!(out, "The loop when {label} was printed: {}", step.draw(&puzzle.js_lines()))
}
