//! When each job ran, and on which thread: recorded by the jobs themselves.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crate::executor::{Executor, WorkKind};
use crate::observe::rendezvous::Rendezvous;
use crate::observe::trace::{Task, Traced, run_all_as};

/// A job on the timeline.
pub type Span = Traced<()>;

/// Has `executor` run the jobs, each of its kind, and waits for them; when each ran, and where, in their order.
///
/// # Errors
/// Those of [`Executor::execute`]; the first [`JobError`](crate::JobError), as an [`io::Error`].
pub fn record(executor: &dyn Executor, jobs: Vec<(WorkKind, Task<()>)>) -> io::Result<Vec<Span>> {
    run_all_as(executor, jobs)?.into_iter().map(|outcome| outcome.map_err(io::Error::other)).collect()
}

/// The timeline of `jobs` jobs that each sleep for `nap`. The first `threads` of them wait for each other before, at
/// most five seconds, so that a slow machine does not let one thread run two of them.
///
/// They sleep, since a job that computes would wait for a processor, too, and hide what the pool does on a machine
/// that has fewer processors than the pool has threads.
///
/// # Errors
/// Those of [`record`].
pub fn of_sleepers(executor: &dyn Executor, jobs: usize, threads: usize, nap: Duration) -> io::Result<Vec<Span>> {
    let meeting = Arc::new(Rendezvous::new(jobs.min(threads)));
    let sleeper = |_| {
        let meeting = Arc::clone(&meeting);
        let sleep = move || {
            meeting.meet(Duration::from_secs(5)); // a later job finds it complete
            thread::sleep(nap);
        };
        (WorkKind::Fast, Box::new(sleep) as Task<()>)
    };
    record(executor, (0..jobs).map(sleeper).collect())
}

/// How many of them had ended when `job` began.
pub fn ended_before(spans: &[Span], job: &Span) -> usize {
    spans.iter().filter(|span| span.end <= job.start).count()
}

/// How many of them ran at the same time, at most.
pub fn most_at_once(spans: &[Span]) -> usize {
    let at = |time| spans.iter().filter(|span| span.start <= time && time < span.end).count();
    spans.iter().map(|span| at(span.start)).max().unwrap_or(0)
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
    let row = |(thread, spans): (i32, Vec<(usize, &Span)>)| {
        let mut cells = vec![' '; width];
        for (job, span) in spans {
            let digit = char::from_digit((job as u32 + 1) % 10, 10).expect("a digit");
            let from = column(span.start).min(width.saturating_sub(1));
            let to = column(span.end).max(from + 1).min(width);
            cells[from..to].fill(digit);
        }
        format!("{thread:<9} {}", cells.into_iter().collect::<String>().trim_end())
    };
    by_thread(spans).into_iter().map(row).collect()
}

/// Milliseconds, as text.
pub(crate) fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

/// Each thread's jobs, with their numbers from 0.
fn by_thread(spans: &[Span]) -> BTreeMap<i32, Vec<(usize, &Span)>> {
    let mut threads: BTreeMap<i32, Vec<_>> = BTreeMap::new();
    for (job, span) in spans.iter().enumerate() {
        threads.entry(span.ran_on).or_default().push((job, span));
    }
    threads
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(thread: i32, start: u64, end: u64) -> Span {
        let (start, end) = (Duration::from_millis(start), Duration::from_millis(end));
        Span { value: (), ran_on: thread, completed_on: 1, start, end }
    }

    #[test]
    fn a_timeline_has_a_row_for_each_thread_and_the_jobs_where_they_ran() {
        let spans = [span(7, 0, 10), span(8, 0, 12), span(7, 10, 20)];
        assert_eq!(draw(&spans, 20), ["7         11111111113333333333", "8         222222222222"]);
        assert_eq!((steps(&spans), most_at_once(&spans), ended_before(&spans, &spans[2])), (2, 2, 1));
    }

    #[test]
    fn a_job_too_short_for_a_column_still_shows_and_no_jobs_draw_nothing() {
        assert_eq!(draw(&[span(8, 1000, 1000), span(7, 0, 1000)], 4), ["7         2222", "8            1"]);
        assert_eq!(draw(&[span(7, 0, 10); 10], 4), ["7         0000"], "the tenth job's last digit");
        assert_eq!(draw(&[], 20), Vec::<String>::new());
        assert_eq!(steps(&[]), 0);
    }
}
