//! When each of k sleeping jobs ran, and on which thread: recorded by the jobs themselves.
//!
//! They sleep, since a job that computes would wait for a processor, too, and hide what the pool does on a machine
//! that has fewer processors than the pool has threads.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crate::executor::Executor;
use crate::rendezvous::Rendezvous;
use crate::tasks::thread_id;
use crate::trace::{Task, run_all};

/// How long the first jobs wait for each other.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// One job's time on a thread. Times count from the moment before the first submit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The job, from 0, in the order of submission.
    pub job: usize,
    /// The kernel's id of the thread that ran it.
    pub thread: i32,
    /// When it fell asleep.
    pub start: Duration,
    /// When it woke up.
    pub end: Duration,
}

/// The timeline of `jobs` jobs that each sleep for `nap` on a pool of `threads` threads, in the order of the jobs.
///
/// As many of them as there are threads wait for each other before they sleep: the pool provably runs those at once.
///
/// # Errors
/// `TimedOut` when `threads` jobs do not run at once within [`PATIENCE`]; those of [`Executor::execute`].
pub fn of_sleepers(executor: &dyn Executor, jobs: usize, threads: usize, nap: Duration) -> io::Result<Vec<Span>> {
    let meeting = Arc::new(Rendezvous::new(jobs.min(threads)));
    let begun = Instant::now();
    let tasks = (0..jobs).map(|job| {
        let meeting = (job < threads).then(|| Arc::clone(&meeting));
        Box::new(move || {
            if meeting.is_some_and(|meeting| !meeting.meet(PATIENCE)) {
                return Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    format!("the pool did not run {threads} jobs at once"),
                ));
            }
            let start = begun.elapsed();
            thread::sleep(nap);
            Ok(Span { job, thread: thread_id(), start, end: begun.elapsed() })
        }) as Task<io::Result<Span>>
    });
    let outcomes = run_all(executor, tasks.collect())?;
    outcomes.into_iter().map(|outcome| outcome.map_err(io::Error::other)?.value).collect()
}

/// How many jobs the busiest thread ran: the steps in which the jobs were done. 0 without jobs.
pub fn steps(spans: &[Span]) -> usize {
    by_thread(spans).values().map(Vec::len).max().unwrap_or(0)
}

/// The timeline as text: a row for each thread (in the order of their ids), time to the right over `width` columns, a
/// job as a run of its number, counted from 1 (its last digit only).
pub fn draw(spans: &[Span], width: usize) -> Vec<String> {
    let whole = spans.iter().map(|span| span.end).max().unwrap_or_default().as_nanos().max(1);
    let column = |time: Duration| (time.as_nanos() * width as u128 / whole) as usize;
    let row = |(thread, spans): (i32, Vec<&Span>)| {
        let mut cells = vec![' '; width];
        for span in spans {
            let digit = char::from_digit((span.job as u32 + 1) % 10, 10).expect("a digit");
            let from = column(span.start).min(width.saturating_sub(1));
            let to = column(span.end).max(from + 1).min(width);
            cells[from..to].fill(digit);
        }
        format!("{thread:<9} {}", cells.into_iter().collect::<String>().trim_end())
    };
    by_thread(spans).into_iter().map(row).collect()
}

fn by_thread(spans: &[Span]) -> BTreeMap<i32, Vec<&Span>> {
    let mut threads: BTreeMap<i32, Vec<&Span>> = BTreeMap::new();
    for span in spans {
        threads.entry(span.thread).or_default().push(span);
    }
    threads
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(job: usize, thread: i32, start: u64, end: u64) -> Span {
        Span { job, thread, start: Duration::from_millis(start), end: Duration::from_millis(end) }
    }

    #[test]
    fn a_timeline_has_a_row_for_each_thread_and_the_jobs_where_they_ran() {
        let spans = [span(0, 7, 0, 10), span(1, 8, 0, 12), span(2, 7, 10, 20)];
        assert_eq!(draw(&spans, 20), ["7         11111111113333333333", "8         222222222222"]);
        assert_eq!(steps(&spans), 2);
    }

    #[test]
    fn a_job_too_short_for_a_column_still_shows_and_no_jobs_draw_nothing() {
        assert_eq!(draw(&[span(9, 7, 0, 1000), span(0, 8, 1000, 1000)], 4), ["7         0000", "8            1"]);
        assert_eq!(draw(&[], 20), Vec::<String>::new());
        assert_eq!(steps(&[]), 0);
    }
}
