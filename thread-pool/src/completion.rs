//! What a job carries through the pool, so that its submitter gets its outcome: always, and exactly once.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe};

use crate::outcome::{JobError, Outcome, drop_quietly};
use crate::support::sync::atomic::{AtomicU8, Ordering::SeqCst};
use crate::support::sync::{Arc, Sender};

/// A job's result on its way back; only the job and its callback know the type.
pub(crate) type Value = Box<dyn Any + Send>;
/// The number of a job, and its outcome.
pub(crate) type Completion = (u64, Outcome<Value>);

/// Shared by the thread that runs a job and whatever wants to cancel it. Its stage only grows. The one that takes it to
/// `COMPLETED` sends the outcome; nothing else does.
#[derive(Debug)]
struct JobState {
    id: u64,
    stage: AtomicU8,
    inbox: Sender<Completion>,
}

const QUEUED: u8 = 0;
const RUNNING: u8 = 1;
const COMPLETED: u8 = 2;

impl JobState {
    fn send(&self, outcome: Outcome<Value>) {
        let _ = self.inbox.send((self.id, outcome)); // Err: the submitter has gone
    }
}

/// Travels with a job and sends its outcome when it is dropped. A job that panics, or is dropped before it ran, drops
/// its guard like any other, whatever the pool does with it.
pub(crate) struct CompletionGuard {
    state: Arc<JobState>,
    outcome: Outcome<Value>,
}

impl CompletionGuard {
    pub(crate) fn new(id: u64, inbox: Sender<Completion>) -> (Self, JobHandle) {
        let state = Arc::new(JobState { id, stage: AtomicU8::new(QUEUED), inbox });
        (Self { state: Arc::clone(&state), outcome: Err(JobError::Discarded) }, JobHandle(state))
    }

    /// Runs the job, unless it was cancelled. SeqCst is the strictest ordering: a cancel and a run see each other's
    /// change of the stage in one order, so only one of them takes the job from `QUEUED`.
    pub(crate) fn run<T: Send + 'static>(mut self, job: impl FnOnce() -> T) {
        if self.state.stage.compare_exchange(QUEUED, RUNNING, SeqCst, SeqCst).is_ok() {
            self.outcome = match panic::catch_unwind(AssertUnwindSafe(job)) {
                Ok(value) => Ok(Box::new(value)),
                Err(payload) => {
                    let error = JobError::of_panic(&*payload);
                    drop_quietly(payload);
                    Err(error)
                }
            };
        }
    }
}

impl Drop for CompletionGuard {
    fn drop(&mut self) {
        if self.state.stage.swap(COMPLETED, SeqCst) != COMPLETED {
            self.state.send(std::mem::replace(&mut self.outcome, Err(JobError::Discarded)));
        }
    }
}

/// A submitted job, from outside.
#[derive(Debug, Clone)]
pub struct JobHandle(Arc<JobState>);

impl JobHandle {
    /// Cancels the job if it is still queued: it will not run, and its callback gets [`JobError::Cancelled`]. Returns
    /// whether it was; else nothing has changed (libuv: `UV_EBUSY`). Any thread may call this. The job stays in the
    /// queue, with all that it captured, and is dropped when its turn comes.
    pub fn cancel(&self) -> bool {
        let was_queued = self.0.stage.compare_exchange(QUEUED, COMPLETED, SeqCst, SeqCst).is_ok();
        if was_queued {
            self.0.send(Err(JobError::Cancelled));
        }
        was_queued
    }
}
