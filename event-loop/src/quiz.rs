//! The quiz: a puzzle is shown as JavaScript, you say the order, and the loop explains it.

use std::io::{self, BufRead, Write};

use crate::puzzle::Seen;
use crate::{Place, Puzzle};

/// A puzzle of this chapter.
pub struct Question {
    /// Its name: that of its file in `puzzles/`.
    pub name: &'static str,
    json: &'static str,
    node: &'static str,
}

impl Question {
    /// The puzzle.
    pub fn puzzle(&self) -> Puzzle {
        Puzzle::parse(self.json.as_bytes()).expect("the chapter's puzzles are tested")
    }

    /// The order in which Node.js v20 printed the labels.
    pub fn node(&self) -> impl Iterator<Item = &'static str> {
        self.node.lines()
    }
}

macro_rules! questions {
    ($($name:ident)*) => {
        &[$(Question {
            name: stringify!($name),
            json: include_str!(concat!("../puzzles/", stringify!($name), ".json")),
            node: include_str!(concat!("../puzzles/", stringify!($name), ".node")),
        }),*]
    };
}

/// The chapter's puzzles, from easy to hard.
pub const QUESTIONS: &[Question] =
    questions! { script tick microtask nested immediate timers io chain rounds both deep all };

/// Asks `questions` one after another, until `answers` ends; a line of labels is an answer. How many were right, of
/// how many that were answered.
///
/// # Errors
/// Those of reading and writing, and of the loop.
pub fn ask(questions: &[&Question], answers: &mut dyn BufRead, out: &mut dyn Write) -> io::Result<(usize, usize)> {
    let (mut right, mut asked) = (0, 0);
    for question in questions {
        writeln!(out, "{}:\n\n{}", question.name, question.puzzle().js())?;
        write!(out, "In which order? The labels in one line: ")?;
        out.flush()?;
        let mut line = String::new();
        if answers.read_line(&mut line)? == 0 {
            writeln!(out)?;
            break;
        }
        let answer: Vec<_> = line.split(|c: char| c.is_whitespace() || c == ',').filter(|l| !l.is_empty()).collect();
        let seen = question.puzzle().run()?;
        asked += 1;
        right += usize::from(answer.iter().eq(seen.iter().map(|seen| &seen.label)));
        explain(&answer, &seen, out)?;
    }
    Ok((right, asked))
}

/// Says what ran where, next to the answer, and why the first wrong label is wrong.
fn explain(answer: &[&str], seen: &[Seen], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n\n  you   it ran   round   phase    as")?;
    let mut wrong = None;
    for (at, right) in seen.iter().enumerate() {
        let (Seen { label, place }, yours) = (right, answer.get(at).copied().unwrap_or("-"));
        let mark = if yours == label { ' ' } else { '!' };
        writeln!(out, "{mark} {yours:<5} {label:<8} {:<7} {:<8} {}", place.iteration, place.phase, place.kind)?;
        wrong = wrong.or((yours != label).then_some((right, yours)));
    }
    let Some((right, yours)) = wrong else {
        let more = answer.len() > seen.len();
        return writeln!(out, "{}\n", if more { "Right so far, but nothing more is printed." } else { "Right." });
    };
    match seen.iter().find(|seen| seen.label == yours) {
        Some(yours) => writeln!(out, "{} before {}: {}.\n", right.label, yours.label, reason(right.place, yours.place)),
        None => writeln!(out, "Next came {}.\n", right.label),
    }
}

/// Why one came before the other.
fn reason(a: Place, b: Place) -> String {
    let queue = |kind| ["tick", "microtask"].iter().position(|queue| *queue == kind);
    if a.iteration < b.iteration {
        format!("the loop came to {} in round {}, to {} in round {}", a.phase, a.iteration, b.phase, b.iteration)
    } else if (a.iteration, a.phase) < (b.iteration, b.phase) {
        format!("{} comes before {}", a.phase, b.phase)
    } else if queue(b.kind) > queue(a.kind) {
        format!("a {} comes before what is left for later, here a {}", a.kind, b.kind)
    } else {
        let first = "of the same kind, what was asked for first comes first";
        format!("{first},\nand what a callback leaves behind runs before the next callback")
    }
}
