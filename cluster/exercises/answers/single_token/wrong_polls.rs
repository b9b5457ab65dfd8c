//! Fails: a process that waits for it sleeps, and then gets it
//!
//! Right in its result, but it asks every millisecond.

use std::fs::{File, OpenOptions, TryLockError};
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
        loop {
            match Self::try_take(path)? {
                Some(token) => return Ok(token),
                None => std::thread::sleep(std::time::Duration::from_millis(1)),
            }
        }
    }

    /// Takes the token if it is free.
    pub fn try_take(path: &Path) -> io::Result<Option<Self>> {
        let file = open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).truncate(false).write(true).open(path)
}

impl Drop for Token {
    fn drop(&mut self) {
        let _ = self.file.unlock(); // also for children that have the same open file
    }
}
