//! A token that only one worker process holds at a time, and that a killed worker gives back. (30 minutes)
//!
//! Every worker of a cluster runs the same program, but the nightly report must be sent once. So the workers share a
//! token, named by the path of a file: whoever holds it sends the report. Programs often write their pid into such a
//! file; when one is killed, the file stays, and nobody sends reports any more. Let the kernel keep the token
//! instead.
//!
//! - `try_take` takes the token if it is free, and returns nothing where another process, or this one, holds it.
//! - `take` waits until it is free. Meanwhile it sleeps in the kernel, and does not ask again and again.
//! - When a `Token` is dropped, it is free. When its holder is killed (SIGKILL), it is free, too, whatever
//!   file is left behind.
//! - A worker that waited and got the token holds it alone. So the file must stay: whoever removes it leaves others
//!   waiting for a file that has no name any more, while the next one makes a new file under the same name.
//! - A child that the holder has forked meanwhile has the same open file. When the holder drops the token, it is free
//!   nevertheless: give it back, and do not only close the file.
//!
//! What to know: `File::lock`, `File::try_lock` and `File::unlock` (flock(2)) lock an open file, not a name; the
//! kernel unlocks it when the last descriptor of this open file is closed, as it is when a process dies.
//! `std::fs::TryLockError` says why there is no lock. `OpenOptions` opens a file that may exist. The chapter's lesson
//! `replaced` kills a worker, too; it uses no lock.
//!
//! Check it with: cargo grade cluster single_token

use std::fs::File;
use std::io;
use std::path::Path;

/// Whoever has this value holds the token.
#[derive(Debug)]
pub struct Token {
    file: File,
}

impl Token {
    /// Takes the token; sleeps until it is free.
    pub fn take(path: &Path) -> io::Result<Self> {
        todo!("wait for the token {}", path.display())
    }

    /// Takes the token if it is free.
    pub fn try_take(path: &Path) -> io::Result<Option<Self>> {
        todo!("take the token {} if it is free", path.display())
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        todo!("give the token back: {:?}", self.file)
    }
}
