//! Fails: a child that the holder has forked does not keep it
//!
//! The file is closed and not unlocked: a forked child has the same open file.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

/// Whoever has this value holds the token.
#[derive(Debug)]
pub struct Token {
    _file: File,
}

impl Token {
    /// Takes the token; sleeps until it is free.
    pub fn take(path: &Path) -> io::Result<Self> {
        let file = open(path)?;
        file.lock()?;
        Ok(Self { _file: file })
    }

    /// Takes the token if it is free.
    pub fn try_take(path: &Path) -> io::Result<Option<Self>> {
        let file = open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).truncate(false).write(true).open(path)
}
