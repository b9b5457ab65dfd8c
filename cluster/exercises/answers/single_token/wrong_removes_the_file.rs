//! Fails: a process that waited for it holds it alone
//!
//! It tidies up: the file that others wait for loses its name.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

/// Whoever has this value holds the token.
#[derive(Debug)]
pub struct Token {
    file: File,
    path: std::path::PathBuf,
}

impl Token {
    /// Takes the token; sleeps until it is free.
    pub fn take(path: &Path) -> io::Result<Self> {
        let file = open(path)?;
        file.lock()?;
        Ok(Self { file, path: path.to_owned() })
    }

    /// Takes the token if it is free.
    pub fn try_take(path: &Path) -> io::Result<Option<Self>> {
        let file = open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { file, path: path.to_owned() })),
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
        let _ = std::fs::remove_file(&self.path);
        let _ = self.file.unlock(); // also for children that have the same open file
    }
}
