//! A file's status behind four keys, here and in the real Node.

use std::cell::Cell;
use std::fs;
use std::io;
use std::process::Command;
use std::time::{Duration, Instant};

use thread_pool::Pool;

use crate::keys::{COST, key};
use crate::table::{self, Samples};

const ROUNDS: usize = 15;
/// Trials in a round: one Node process runs them one after another.
const TRIALS: usize = 4;

pub(crate) fn run() -> io::Result<()> {
    let (mut here, mut in_node) = (Samples::new(), Samples::new());
    let (mut key_here, mut key_in_node) = (Samples::new(), Samples::new());
    let pool = Pool::new(4);
    pool.start()?;
    for _ in 0..ROUNDS {
        let Some(node) = node()? else {
            println!("a stat behind 4 keys: left out, since there is no program 'node' on the PATH");
            return Ok(());
        };
        for (keys, waited) in node {
            let (samples, own) = if keys == 0 { (&mut key_in_node, &mut key_here) } else { (&mut in_node, &mut here) };
            samples.push(waited);
            own.push(if keys == 0 { one_key() } else { behind(&pool, keys)? });
        }
    }
    table::line("one key: Node", &key_here, &key_in_node, None);
    table::line("a stat behind 4 keys: Node", &here, &in_node, None);
    Ok(())
}

fn one_key() -> Duration {
    let begun = Instant::now();
    key();
    begun.elapsed()
}

/// From before the first submit to the callback of the status.
fn behind(pool: &Pool, keys: usize) -> io::Result<Duration> {
    let waited = Cell::new(Duration::ZERO);
    let begun = Instant::now();
    let submitter = pool.submitter();
    for _ in 0..keys {
        submitter.submit(key, |_| ())?;
    }
    submitter.submit(|| fs::metadata("/proc/self/exe").is_ok(), |_| waited.set(begun.elapsed()))?;
    submitter.run_until_idle();
    drop(submitter);
    Ok(waited.get())
}

/// Node's own times: for no keys, of one key alone; for four, of a status behind them. `None` where Node is missing.
fn node() -> io::Result<Option<Vec<(usize, Duration)>>> {
    let script = SCRIPT.replace("COST", &COST.to_string()).replace("TRIALS", &TRIALS.to_string());
    let output = match Command::new("node").args(["-e", &script]).env_remove("UV_THREADPOOL_SIZE").output() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        output => output?,
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let trial = |line: &str| {
        let (keys, nanoseconds) = line.split_once(' ')?;
        Some((keys.parse().ok()?, Duration::from_nanos(nanoseconds.parse().ok()?)))
    };
    let trials: Option<Vec<_>> = text.lines().map(trial).collect();
    match trials {
        Some(trials) if trials.len() == 2 * TRIALS => Ok(Some(trials)),
        _ => Err(io::Error::other(format!("node printed: {text}{}", String::from_utf8_lossy(&output.stderr)))),
    }
}

/// The first trial starts the threads and is not printed.
const SCRIPT: &str = "
const { pbkdf2, pbkdf2Sync } = require('crypto');
const { stat } = require('fs');
const now = process.hrtime.bigint;
function trial(left) {
  let open = 5;
  const end = () => { if (--open === 0 && left > 0) trial(left - 1); };
  const begun = now();
  for (let key = 0; key < 4; key++) pbkdf2('password', 'salt', COST, 32, 'sha256', end);
  stat(process.execPath, () => { if (left < TRIALS) console.log(`4 ${now() - begun}`); end(); });
}
for (let key = 0; key < TRIALS; key++) {
  const begun = now();
  pbkdf2Sync('password', 'salt', COST, 32, 'sha256');
  console.log(`0 ${now() - begun}`);
}
trial(TRIALS);
";
