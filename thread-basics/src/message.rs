//! A channel moves a value to another thread: the bytes stay where they are, only their owner changes.
//!
//! Node's `postMessage` copies (structured clone) or transfers an `ArrayBuffer`, which the sender then finds empty. In
//! Rust every send is a transfer, and using the value afterwards does not compile:
//!
//! ```compile_fail,E0382
//! let (sender, receiver) = std::sync::mpsc::channel();
//! let message = vec![1, 2, 3];
//! sender.send(message).unwrap();
//! println!("{message:?}"); // borrow of moved value: `message`
//! ```

use std::io::{self, Write};
use std::path::Path;
use std::sync::mpsc::{self, Receiver, SyncSender, TryRecvError};
use std::thread::{self, JoinHandle, Thread};
use std::time::{Duration, Instant};

use anyhow::ensure;
use nix::unistd::gettid;

/// A thread that sends every message back. Dropped, it ends and is joined.
#[derive(Debug)]
pub struct Echo<T> {
    to: Option<SyncSender<(T, Thread)>>,
    from: Receiver<T>,
    thread: Option<JoinHandle<()>>,
    tid: i32,
}

impl<T: Send + 'static> Echo<T> {
    /// Starts the thread.
    ///
    /// # Errors
    /// `WouldBlock` at a limit of threads (`EAGAIN`, pthread_create(3)).
    pub fn start() -> io::Result<Self> {
        let (to, inbox) = mpsc::sync_channel::<(T, Thread)>(1);
        let ((outbox, from), (tell, told)) = (mpsc::sync_channel(1), mpsc::channel());
        let thread = thread::Builder::new().name("echo".to_owned()).spawn(move || {
            let _ = tell.send(gettid().as_raw());
            while let Ok((message, sender)) = receive(&inbox) {
                if outbox.send(message).is_err() {
                    break;
                }
                sender.unpark();
            }
        })?;
        let tid = told.recv().map_err(|_| gone())?;
        Ok(Self { to: Some(to), from, thread: Some(thread), tid })
    }

    /// The thread's id in the kernel (gettid(2)).
    pub fn tid(&self) -> i32 {
        self.tid
    }

    /// Sends `message` and waits until it is back: one round trip.
    ///
    /// # Errors
    /// `BrokenPipe` when the thread is gone.
    pub fn round_trip(&self, message: T) -> io::Result<T> {
        let (to, thread) = self.to.as_ref().zip(self.thread.as_ref()).expect("open until dropped");
        to.send((message, thread::current())).map_err(|_| gone())?;
        thread.thread().unpark();
        receive(&self.from)
    }
}

/// Takes the next message; asleep until there is one. `Receiver::recv` does that, too, but first yields the processor
/// some times, in the hope that a message comes: on one CPU, that costs more than to sleep and be woken.
fn receive<T>(from: &Receiver<T>) -> io::Result<T> {
    loop {
        match from.try_recv() {
            Ok(message) => return Ok(message),
            Err(TryRecvError::Empty) => thread::park(), // until the sender unparks us, or for no reason
            Err(TryRecvError::Disconnected) => return Err(gone()),
        }
    }
}

impl<T> Drop for Echo<T> {
    fn drop(&mut self) {
        self.to = None; // a closed channel ends the thread's loop
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}

fn gone() -> io::Error {
    io::Error::new(io::ErrorKind::BrokenPipe, "the other thread is gone")
}

/// Round trips of messages of `bytes`, moved and cloned in turn: the shortest time of each.
///
/// # Errors
/// Those of [`Echo`]; `Other` when a moved message came back elsewhere, or a clone at the same place.
pub fn move_against_clone(bytes: usize) -> io::Result<[Duration; 2]> {
    let echo = Echo::start()?;
    let mut message = vec![7_u8; bytes];
    let address = message.as_ptr();
    let (mut moved, mut cloned) = (Duration::MAX, Duration::MAX);
    for _ in 0..20 {
        let start = Instant::now();
        message = echo.round_trip(message)?;
        moved = moved.min(start.elapsed());
        let start = Instant::now();
        let clone = echo.round_trip(message.clone())?;
        cloned = cloned.min(start.elapsed());
        if message.as_ptr() != address || clone.as_ptr() == address {
            return Err(io::Error::other("a moved message was copied, or a clone was not"));
        }
    }
    Ok([moved, cloned])
}

/// Shows that a moved vector stays at its address and a clone does not, and what each costs.
pub fn show(out: &mut dyn Write, _program: &Path) -> anyhow::Result<()> {
    let us = |time: Duration| time.as_secs_f64() * 1e6;
    writeln!(out, "  to a thread and back, best of 20")?;
    writeln!(out, "  bytes         moved        cloned")?;
    let (small, large) = (move_against_clone(64 << 10)?, move_against_clone(16 << 20)?);
    for (size, [moved, cloned]) in [("64 KiB", small), ("16 MiB", large)] {
        writeln!(out, "  {size:<8} {:7.1} µs {:10.1} µs", us(moved), us(cloned))?;
    }
    let [moved, cloned] = [0, 1].map(|way| us(large[way]) / us(small[way]));
    ensure!(cloned > 3.0 * moved, "for 256 times the bytes a move took {moved:.1} ×, a clone {cloned:.1} ×");
    writeln!(out, "  256 times the bytes: a move takes {moved:.1} times as long, a")?;
    writeln!(out, "  clone {cloned:.0} times. What was moved is at its old address, a")?;
    writeln!(out, "  clone is not: a move sends pointer, length and capacity.")?;
    Ok(())
}
