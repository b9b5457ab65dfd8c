//! Fails: while one holds it, nobody else gets it
//!
//! A variable is shared by the threads of a process, but not by processes: each has a copy.

use std::io;
use std::path::Path;
use std::sync::{Condvar, Mutex};

static HELD: Mutex<bool> = Mutex::new(false);
static FREE: Condvar = Condvar::new();

/// Whoever has this value holds the token.
#[derive(Debug)]
pub struct Token(());

impl Token {
    /// Takes the token; sleeps until it is free.
    pub fn take(path: &Path) -> io::Result<Self> {
        let _ = path;
        let mut held = FREE.wait_while(HELD.lock().unwrap(), |held| *held).unwrap();
        *held = true;
        Ok(Self(()))
    }

    /// Takes the token if it is free.
    pub fn try_take(path: &Path) -> io::Result<Option<Self>> {
        let _ = path;
        let mut held = HELD.lock().unwrap();
        let free = !std::mem::replace(&mut *held, true);
        Ok(free.then(|| Self(())))
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        *HELD.lock().unwrap() = false;
        FREE.notify_one();
    }
}
