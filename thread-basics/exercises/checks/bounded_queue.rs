//! The checks of the exercise `bounded_queue`.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use nix::unistd::gettid;

use answer::Queue;
use harness::watch::{Watcher, falls_asleep};
use harness::{Check, Outcome, ensure, equal, failure, look};

#[forbid(unsafe_code)]
#[path = "../bounded_queue.rs"]
pub mod answer;
pub mod harness;

const CHECKS: &[Check] = &[
    Check {
        name: "items come out in the order in which they were pushed",
        hint: "take from one end, add at the other",
        more: "VecDeque has push_back and pop_front",
        run: in_order,
    },
    Check {
        name: "a push to a full queue waits until there is room",
        hint: "wait while the length is the capacity; pop must wake a thread that waits for room",
        more: "a condition variable `not_full`: push waits for it, pop notifies it",
        run: back_pressure,
    },
    Check {
        name: "push and pop sleep while they wait",
        hint: "let a condition variable put the thread to sleep",
        more: "try_lock, yield_now or a short sleep in a loop polls; Condvar::wait sleeps until it is notified",
        run: sleeps,
    },
    Check {
        name: "with many threads no item and no wake-up is lost",
        hint: "notify_one wakes any sleeper: it may be one that can do nothing now. And look again after each wait",
        more: "one condition variable for those that wait for room, another for those that wait for items; `while`, not `if`",
        run: many_threads,
    },
    Check {
        name: "close wakes all threads that wait",
        hint: "all of them must go: those in pop and those in push",
        more: "notify_all on both condition variables; what they wait for is `closed or ...`",
        run: close_wakes,
    },
    Check {
        name: "what was pushed before close still comes out",
        hint: "close says that nothing more comes; it does not throw away what is there",
        more: "pop returns None only if the queue is closed and empty",
        run: close_keeps,
    },
];

fn main() -> ExitCode {
    harness::run("thread-basics bounded_queue", CHECKS)
}

fn in_order() -> Outcome {
    let queue = Queue::new(3);
    let mut popped = Vec::new();
    for start in [1, 4] {
        for n in start..start + 3 {
            equal("a push to an open queue with room", &queue.push(n), &Ok(()))?;
        }
        popped.extend([queue.pop(), queue.pop(), queue.pop()].into_iter().flatten());
    }
    equal("1 to 6 were pushed, three at a time", &popped, &vec![1, 2, 3, 4, 5, 6])
}

/// A producer pushes three items to a queue for two.
fn back_pressure() -> Outcome {
    let queue = Arc::new(Queue::new(2));
    let pushed = Arc::new(AtomicUsize::new(0));
    let (tid_tx, tid_rx) = mpsc::channel();
    let (producer_queue, producer_pushed) = (Arc::clone(&queue), Arc::clone(&pushed));
    thread::spawn(move || {
        let _ = tid_tx.send(gettid());
        for n in 0..3 {
            if producer_queue.push(n).is_ok() {
                producer_pushed.fetch_add(1, SeqCst);
            }
        }
    });
    let producer = tid_rx.recv().expect("the producer says its id");
    look::wait_until(|| pushed.load(SeqCst) == 2);
    falls_asleep(producer);
    equal("the queue has room for 2, and nothing was popped: so many were pushed", &pushed.load(SeqCst), &2)?;
    equal("the first item", &queue.pop(), &Some(0))?;
    look::wait_until(|| pushed.load(SeqCst) == 3);
    equal("one item was popped: so many were pushed now", &pushed.load(SeqCst), &3)
}

/// One thread waits in `push`, another one in `pop`.
fn sleeps() -> Outcome {
    let watcher = Watcher::fork()?;
    let full = Queue::new(1);
    let filled = full.push(1);
    equal("the first push", &filled, &Ok(()))?;
    thread::spawn(move || full.push(2));
    let empty = Queue::<u32>::new(1);
    thread::spawn(move || empty.pop());
    let asleep = watcher.all_asleep();
    ensure(asleep, "a push to a full queue and a pop from an empty one", "both sleep in one system call", "awake")
}

/// Four producers and four consumers share a queue for one item.
fn many_threads() -> Outcome {
    const EACH: usize = 200;
    let queue = Arc::new(Queue::new(1));
    let (item_tx, item_rx) = mpsc::channel();
    for _ in 0..4 {
        let (queue, item_tx) = (Arc::clone(&queue), item_tx.clone());
        thread::spawn(move || {
            while let Some(item) = queue.pop() {
                let _ = item_tx.send(item);
            }
        });
    }
    for producer in 0..4 {
        let queue = Arc::clone(&queue);
        thread::spawn(move || (0..EACH).all(|n| queue.push(producer * EACH + n).is_ok()));
    }
    let mut seen = vec![0; 4 * EACH];
    for n in 0..4 * EACH {
        match item_rx.recv_timeout(Duration::from_secs(3)) {
            Ok(item) => seen[item] += 1,
            Err(_) => return Err(stuck(n, 4 * EACH)),
        }
    }
    equal("how often each of the 800 items came out", &seen, &vec![1; 4 * EACH])
}

fn stuck(came: usize, of: usize) -> harness::Failure {
    failure(format!("{came} of {of} items came out, then none for 3 seconds: the threads sleep on, or have ended"))
}

/// Two threads wait in `pop`, two in `push`.
fn close_wakes() -> Outcome {
    let empty = Arc::new(Queue::new(1));
    let full = Arc::new(Queue::new(1));
    equal("the first push", &full.push(0), &Ok(()))?;
    let (result_tx, result_rx) = mpsc::channel();
    for item in [1, 2] {
        waiting_thread(&empty, &result_tx, |queue| format!("pop: {:?}", queue.pop()));
        waiting_thread(&full, &result_tx, move |queue| format!("push({item}): {:?}", queue.push(item)));
    }
    empty.close();
    full.close();
    let mut results = received(&result_rx, 4);
    results.sort();
    let expected = ["pop: None", "pop: None", "push(1): Err(1)", "push(2): Err(2)"].map(str::to_owned);
    equal("what the four threads that waited got", &results, &expected.to_vec())
}

/// Starts a thread that calls and sends what came of it; returns when it sleeps in the call.
fn waiting_thread(
    queue: &Arc<Queue<u32>>,
    result_tx: &Sender<String>,
    call: impl FnOnce(&Queue<u32>) -> String + Send + 'static,
) {
    let (queue, result_tx) = (Arc::clone(queue), result_tx.clone());
    let (tid_tx, tid_rx) = mpsc::channel();
    thread::spawn(move || {
        let _ = tid_tx.send(gettid());
        let _ = result_tx.send(call(&queue));
    });
    falls_asleep(tid_rx.recv().expect("the thread says its id"));
}

/// The next `count` messages; fewer when none comes for three seconds.
fn received(results: &Receiver<String>, count: usize) -> Vec<String> {
    (0..count).map_while(|_| results.recv_timeout(Duration::from_secs(3)).ok()).collect()
}

fn close_keeps() -> Outcome {
    let queue = Queue::new(3);
    equal("two pushes", &[queue.push(1), queue.push(2)], &[Ok(()), Ok(())])?;
    queue.close();
    equal("a push to a closed queue gives the item back", &queue.push(3), &Err(3))?;
    equal("pop after close, four times", &[(); 4].map(|()| queue.pop()), &[Some(1), Some(2), None, None])
}
