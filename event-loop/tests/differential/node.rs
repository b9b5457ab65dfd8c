//! The real Node.js: it runs many puzzles, one after another, in one process.

use std::fs;
use std::io::{self, Read, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use event_loop::Puzzle;

use crate::run::Run;

const DEADLINE: Duration = Duration::from_secs(120);

/// A run of each puzzle, or why Node cannot be run here.
pub(crate) fn run_in_node(puzzles: &[Puzzle]) -> io::Result<Vec<Run>> {
    let mut node = Command::new("node")
        .arg("-")
        .env_remove("NODE_OPTIONS")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut input = node.stdin.take().unwrap();
    let mut output = node.stdout.take().unwrap();
    let text = script(puzzles);
    let (sender, labels) = mpsc::channel();
    let talking = thread::spawn(move || {
        let written = input.write_all(text.as_bytes());
        drop(input);
        let mut text = String::new();
        let _ = sender.send(written.and_then(|()| output.read_to_string(&mut text)).map(|_| text));
    });
    let text = labels.recv_timeout(DEADLINE);
    let _ = node.kill(); // it has ended, or does not end
    let status = node.wait()?;
    let text = text.map_err(|_| io::Error::other(format!("it did not end within {DEADLINE:?}")))??;
    let _ = talking.join();
    let runs: Option<Vec<_>> = text.lines().map(parse).collect();
    let runs = runs.ok_or_else(|| io::Error::other(format!("it printed something else: {text}")))?;
    if runs.len() < puzzles.len() {
        return Err(io::Error::other(format!("{} of {} puzzles ran, {status}", runs.len(), puzzles.len())));
    }
    Ok(runs)
}

/// A line of the script's output: how long the thread waited for a processor, and the labels.
fn parse(line: &str) -> Option<Run> {
    let (waited, order) = line.split_once(' ')?;
    Some(Run { order: order.to_owned(), waited: Duration::from_nanos(waited.parse().ok()?) })
}

/// Each puzzle is a main script, begun when nothing of the last is left.
fn script(puzzles: &[Puzzle]) -> String {
    let mut script = String::from("const puzzles = [\n");
    for puzzle in puzzles {
        script += &format!("(console) => {{\n{}}},\n", puzzle.js());
    }
    script += "];\nlet labels = null, before;\n";
    script += "const waited = () => {\n  try {\n    const file = '/proc/thread-self/schedstat';\n";
    script += "    return +require('fs').readFileSync(file, 'utf8').split(' ')[1];\n  } catch { return 0; }\n};\n";
    script += "process.on('beforeExit', () => {\n";
    script += "  if (labels) console.log(waited() - before, labels.join(' '));\n  labels = [];\n  before = waited();\n";
    script += "  const [now, puzzle] = [labels, puzzles.shift()];\n";
    script += "  if (!puzzle) return;\n  setImmediate(() => {}); // so that the event comes again\n";
    script += "  puzzle({ log: (label) => now.push(label) });\n});\n";
    script
}

/// Prints why a test is skipped: not through `println!`, whose output a test that passes does not show.
pub(crate) fn skipped(error: &io::Error) {
    let text = format!("skipped: the real Node.js cannot be run here (`node`: {error})\n");
    if fs::write("/dev/stderr", &text).is_err() {
        let _ = io::stderr().write_all(text.as_bytes());
    }
}
