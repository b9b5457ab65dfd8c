//! The same bytes over the same kind of pipe as between processes, but to a thread: what the boundary alone costs.

use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::thread::{self, JoinHandle};

use nix::unistd::gettid;

/// A thread that echoes messages of one size over pipes. Dropped, it ends and is joined.
#[derive(Debug)]
pub struct PipeEcho {
    to: Option<PipeWriter>,
    from: PipeReader,
    thread: Option<JoinHandle<()>>,
    tid: i32,
}

impl PipeEcho {
    /// Starts a thread that echoes messages of `size` bytes each.
    ///
    /// # Errors
    /// Those of pipe(2) (`EMFILE`) and of starting a thread.
    pub fn start(size: usize) -> io::Result<Self> {
        let ((mut inbox, to), (mut from, mut outbox)) = (io::pipe()?, io::pipe()?);
        let thread = thread::Builder::new().name("pipe-echo".to_owned()).spawn(move || {
            let mut message = vec![0; size];
            let _ = outbox.write_all(&gettid().as_raw().to_ne_bytes());
            while inbox.read_exact(&mut message).is_ok() && outbox.write_all(&message).is_ok() {}
        })?;
        let mut tid = [0; 4];
        from.read_exact(&mut tid)?;
        Ok(Self { to: Some(to), from, thread: Some(thread), tid: i32::from_ne_bytes(tid) })
    }

    /// The thread's id in the kernel (gettid(2)).
    pub fn tid(&self) -> i32 {
        self.tid
    }

    /// Sends `message` and reads it back into the same place: one round trip.
    ///
    /// # Errors
    /// `BrokenPipe` or `UnexpectedEof` when the thread is gone.
    pub fn round_trip(&mut self, message: &mut [u8]) -> io::Result<()> {
        self.to.as_mut().expect("open until dropped").write_all(message)?;
        self.from.read_exact(message)
    }
}

impl Drop for PipeEcho {
    fn drop(&mut self) {
        self.to = None; // end-of-file ends the thread's loop
        let _ = self.thread.take().map(JoinHandle::join);
    }
}
