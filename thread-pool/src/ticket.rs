//! What a job carries through the pool, so that its submitter is told what came of it: always, and once.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe};

use crate::outcome::{JobError, Outcome};
use crate::sync::atomic::{AtomicU8, Ordering::SeqCst};
use crate::sync::{Arc, Sender};

/// A job's result on its way back; only the job and its callback know the type.
pub(crate) type Value = Box<dyn Any + Send>;
/// Which job, and what came of it.
pub(crate) type Completion = (u64, Outcome<Value>);

/// What a job's thread and who wants to cancel it have in common. Its stage only grows, and who takes it to `TOLD`
/// tells the submitter: nobody else does.
#[derive(Debug)]
struct Slot {
    id: u64,
    stage: AtomicU8,
    inbox: Sender<Completion>,
}

const QUEUED: u8 = 0;
const RUNNING: u8 = 1;
const TOLD: u8 = 2;

impl Slot {
    fn tell(&self, outcome: Outcome<Value>) {
        let _ = self.inbox.send((self.id, outcome)); // Err: the submitter has gone
    }
}

/// Goes with a job and, when it is dropped, tells what came of it. A job that panics, or is dropped before it ran,
/// drops its ticket like any other, whatever the pool does with it.
pub(crate) struct Ticket {
    slot: Arc<Slot>,
    outcome: Outcome<Value>,
}

impl Ticket {
    pub(crate) fn new(id: u64, inbox: Sender<Completion>) -> (Self, JobHandle) {
        let slot = Arc::new(Slot { id, stage: AtomicU8::new(QUEUED), inbox });
        (Self { slot: Arc::clone(&slot), outcome: Err(JobError::Discarded) }, JobHandle(slot))
    }

    /// Runs the job, unless it was cancelled.
    pub(crate) fn run<T: Send + 'static>(mut self, job: impl FnOnce() -> T) {
        if self.slot.stage.compare_exchange(QUEUED, RUNNING, SeqCst, SeqCst).is_ok() {
            self.outcome = match panic::catch_unwind(AssertUnwindSafe(job)) {
                Ok(value) => Ok(Box::new(value)),
                Err(payload) => Err(JobError::of_panic(&*payload)),
            };
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if self.slot.stage.swap(TOLD, SeqCst) != TOLD {
            self.slot.tell(std::mem::replace(&mut self.outcome, Err(JobError::Discarded)));
        }
    }
}

/// A submitted job, from outside.
#[derive(Debug, Clone)]
pub struct JobHandle(Arc<Slot>);

/// What an attempt to cancel a job found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancel {
    /// It was queued and will not run. Its callback will, told [`JobError::Cancelled`].
    Cancelled,
    /// A thread runs it: nothing was changed. libuv: `UV_EBUSY`.
    Running,
    /// It has been run, cancelled or discarded before: nothing was changed. libuv: `UV_EBUSY`, too.
    Done,
}

impl JobHandle {
    /// Cancels the job if it is still queued, from whatever thread. Its empty shell stays in the queue until its turn.
    pub fn cancel(&self) -> Cancel {
        match self.0.stage.compare_exchange(QUEUED, TOLD, SeqCst, SeqCst) {
            Ok(_) => {
                self.0.tell(Err(JobError::Cancelled));
                Cancel::Cancelled
            }
            Err(RUNNING) => Cancel::Running,
            Err(_) => Cancel::Done,
        }
    }
}
