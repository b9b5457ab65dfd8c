//! Fails: a killed holder gives it back
//!
//! The file says who holds the token, and stays when its holder is killed.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// Whoever has this value holds the token.
#[derive(Debug)]
pub struct Token {
    path: PathBuf,
}

impl Token {
    /// Takes the token; sleeps until it is free.
    pub fn take(path: &Path) -> io::Result<Self> {
        loop {
            match Self::try_take(path)? {
                Some(token) => return Ok(token),
                None => thread::sleep(Duration::from_millis(1)),
            }
        }
    }

    /// Takes the token if it is free.
    pub fn try_take(path: &Path) -> io::Result<Option<Self>> {
        match File::create_new(path) {
            Ok(mut file) => {
                write!(file, "{}", std::process::id())?;
                Ok(Some(Self { path: path.to_owned() }))
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}
