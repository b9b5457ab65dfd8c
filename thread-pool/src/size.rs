//! How many threads: 4, or what `UV_THREADPOOL_SIZE` says.

use std::ffi::OsStr;
use std::io;

/// libuv's default.
pub const DEFAULT: usize = 4;
/// libuv's upper limit: a greater size is lowered to this one.
pub const MAX: usize = 1024;
/// The environment variable that overrides the default.
pub const VARIABLE: &str = "UV_THREADPOOL_SIZE";

/// The size that the variable's value asks for; [`DEFAULT`] without a value, 1 for 0, at most [`MAX`].
///
/// # Errors
/// `InvalidInput` for anything but decimal digits, blanks around them aside. libuv reads the value with atoi(3), which
/// makes 0, so one thread, of a word, and says nothing.
pub fn parse(value: Option<&OsStr>) -> io::Result<usize> {
    let Some(value) = value else { return Ok(DEFAULT) };
    let text = value.to_string_lossy();
    let digits = text.trim();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let wrong = format!("{VARIABLE} is '{text}', which is no number of threads: ");
        let remedy = format!("set it to a whole number from 1 to {MAX}, or unset it for {DEFAULT}");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, wrong + &remedy));
    }
    // Digits that overflow are a number all the same, and a great one.
    Ok(digits.parse().unwrap_or(MAX).clamp(1, MAX))
}
