//! Head-of-line blocking: with one queue, a short job waits until one of the long jobs before it ends.

use std::fs;
use std::io::Write;
use std::time::Duration;

use crossbeam_channel::bounded;

use crate::cli::claim;
use crate::observe::trace::{Task, Traced, run_all};
use crate::pool::Pool;
use crate::work::OWN_PROGRAM;

const LONG_JOBS: usize = 4;
const DELAY: Duration = Duration::from_millis(60);
const WIDTH: u128 = 48;

pub(super) fn show(out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "  Jobs 1 to 4 each wait until job 5 has ended, but at most 60 ms. Job 5 asks for")?;
    writeln!(out, "  a file's status, which is quick. We submit them to 4 threads, then to 5.")?;
    writeln!(out, "  Expected: on 4 threads job 5 waits until a long job ends; on 5 it does not.")?;
    for (threads, must_wait) in [(LONG_JOBS, true), (LONG_JOBS + 1, false)] {
        let jobs = run(threads)?;
        if must_wait {
            draw(out, &jobs)?;
        }
        let begun = jobs[LONG_JOBS].start;
        let waited = jobs.iter().any(|job| job.end <= begun);
        let answer = if waited { "after a long job had ended" } else { "while all long jobs ran" };
        writeln!(out, "    {threads} threads: job 5 began {answer}, at {:.1} ms", begun.as_secs_f64() * 1e3)?;
        claim(waited == must_wait, format!("on {threads} threads job 5 began {answer}"))?;
    }
    writeln!(out, "  In Node, four slow jobs hold up every file read behind them. More threads help")?;
    writeln!(out, "  only if the jobs wait, as here; jobs that compute also wait for a CPU.")?;
    Ok(())
}

/// When and where each job ran. Where a thread is left for the short job, the long ones end only after it.
fn run(threads: usize) -> anyhow::Result<Vec<Traced<()>>> {
    let (short_job_open, short_job_ended) = bounded::<()>(0);
    let may_wait = if threads > LONG_JOBS { super::TIMEOUT } else { DELAY };
    let mut jobs: Vec<Task<()>> = Vec::new();
    for _ in 0..LONG_JOBS {
        let short_job_ended = short_job_ended.clone();
        jobs.push(Box::new(move || _ = short_job_ended.recv_timeout(may_wait)));
    }
    jobs.push(Box::new(move || {
        let _ = fs::metadata(OWN_PROGRAM);
        drop(short_job_open);
    }));
    let outcomes = run_all(&Pool::new(threads), jobs)?;
    Ok(outcomes.into_iter().collect::<Result<_, _>>()?)
}

/// A line for each job: its number stands from its start to its end, time to the right.
fn draw(out: &mut dyn Write, jobs: &[Traced<()>]) -> anyhow::Result<()> {
    let whole = jobs.iter().map(|job| job.end.as_nanos()).max().unwrap_or(1);
    let column = |time: Duration| (time.as_nanos() * WIDTH / whole) as usize;
    for (number, job) in (1..).zip(jobs) {
        let before = " ".repeat(column(job.start));
        let bar = number.to_string().repeat(1 + column(job.end) - column(job.start));
        writeln!(out, "    job {number} on thread {:<8} {before}{bar}", job.ran_on)?;
    }
    Ok(())
}
