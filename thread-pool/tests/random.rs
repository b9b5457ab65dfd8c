//! Ten thousand random rounds of submit, cancel, panic and shutdown: no completion is lost, none comes twice.

mod common;

use std::cell::{Cell, RefCell};
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use common::PATIENCE;
use thread_pool::{JobError, JobHandle, Outcome, Pool, Shutdown, WorkKind};

const ROUNDS: usize = 10_000;
const WORKERS: usize = 8;
const MOST_JOBS: usize = 12;

/// Numbers that look random; the same for the same seed (xorshift64).
struct Random(u64);

impl Random {
    /// Less than `end`.
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % end
    }

    fn one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }
}

/// A submitted job, from its submitter's side.
struct Sent {
    handle: JobHandle,
    panics: bool,
    cancelled: bool,
}

#[test]
fn no_completion_is_lost_or_doubled_in_ten_thousand_random_rounds() {
    let seed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64 | 1;
    println!("seed {seed}"); // shown when the check fails
    // A round starts and joins threads: beside processes that burn the CPUs it takes several time slices. So the
    // deadline is for each round, and eight run at once, most of which wait.
    let (done_tx, done_rx) = mpsc::channel();
    for worker in 0..WORKERS {
        let done_tx = done_tx.clone();
        thread::spawn(move || {
            let mut random = Random(seed.wrapping_mul(2 * worker as u64 + 1));
            for _ in 0..ROUNDS / WORKERS {
                let mut seen = [0; 4];
                round(&mut random, &mut seen);
                done_tx.send(seen).unwrap();
            }
        });
    }
    drop(done_tx);
    let mut seen = [0; 4];
    for round in 0..ROUNDS {
        let counts = done_rx.recv_timeout(PATIENCE).unwrap_or_else(|error| panic!("after round {round}: {error}"));
        for (sum, count) in seen.iter_mut().zip(counts) {
            *sum += count;
        }
    }
    assert!(seen.iter().all(|count| *count > ROUNDS / 100), "some outcome is too rare to be checked: {seen:?}");
}

/// One pool's life. Counts in `seen` the jobs that gave a result, panicked, were cancelled, were discarded.
fn round(random: &mut Random, seen: &mut [usize; 4]) {
    let pool = Pool::new(1 + random.below(3));
    let how = if random.one_in(2) { Shutdown::Drain } else { Shutdown::Discard };
    let (jobs, shutdown_at) = (random.below(MOST_JOBS), random.below(MOST_JOBS));
    let ran = Arc::new(AtomicUsize::new(0));
    let outcomes: RefCell<Vec<Vec<Outcome<usize>>>> = RefCell::default();
    let called_back = Cell::new(0);
    let mut sent: Vec<Sent> = Vec::new();
    thread::scope(|scope| {
        let submitter = pool.submitter();
        for n in 0..jobs {
            if n == shutdown_at {
                scope.spawn(|| pool.shutdown(how)); // meets what follows
            }
            let (kind, panics) =
                (if random.one_in(3) { WorkKind::SlowIo } else { WorkKind::Ordinary }, random.one_in(4));
            let (count, number) = (Arc::clone(&ran), sent.len());
            let job = move || {
                count.fetch_add(1, SeqCst);
                if panics {
                    resume_unwind(Box::new("on purpose"));
                }
                number
            };
            outcomes.borrow_mut().push(Vec::new());
            let (outcomes_here, called_back) = (&outcomes, &called_back);
            let done = move |outcome| {
                called_back.set(called_back.get() + 1);
                outcomes_here.borrow_mut()[number].push(outcome);
            };
            match submitter.submit_as(kind, job, done) {
                Ok(handle) => sent.push(Sent { handle, panics, cancelled: false }),
                Err(_) => drop(outcomes.borrow_mut().pop()),
            }
            if random.one_in(3) && !sent.is_empty() {
                let victim = random.below(sent.len());
                let cancelled = sent[victim].handle.cancel();
                assert!(!cancelled || !sent[victim].cancelled, "cancelled twice");
                sent[victim].cancelled |= cancelled;
            }
            if random.one_in(4) {
                submitter.run_completions();
            }
        }
        submitter.run_until_idle();
        assert_eq!((submitter.outstanding(), called_back.get()), (0, sent.len()));
        pool.shutdown(how);
        assert_eq!(submitter.run_completions(), 0, "a completion came after the last");
        drop(submitter);
    });
    let mut expected_to_run = 0;
    for (number, (job, outcomes)) in sent.iter().zip(outcomes.borrow().iter()).enumerate() {
        let (kind, right) = match &outcomes[..] {
            [Ok(value)] => (0, *value == number && !job.panics && !job.cancelled),
            [Err(JobError::Panicked(message))] => (1, job.panics && !job.cancelled && message == "on purpose"),
            [Err(JobError::Cancelled)] => (2, job.cancelled),
            [Err(JobError::Discarded)] => (3, how == Shutdown::Discard && !job.cancelled),
            _ => (0, false),
        };
        assert!(right, "job {number} got {outcomes:?}");
        assert!(!job.handle.cancel(), "cancelled when it was done");
        seen[kind] += 1;
        expected_to_run += usize::from(kind < 2);
    }
    assert_eq!(ran.load(SeqCst), expected_to_run, "the jobs that ran are not those reported as run");
}
