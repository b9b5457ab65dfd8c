//! How many threads: 4, or what `UV_THREADPOOL_SIZE` says.

use std::env;
use std::error::Error;
use std::ffi::OsStr;
use std::fmt;

/// libuv's default.
pub const DEFAULT: usize = 4;
/// libuv's upper limit: a greater size is lowered to this one.
pub const MAX: usize = 1024;
/// The environment variable that overrides the default.
pub const VARIABLE: &str = "UV_THREADPOOL_SIZE";

/// The variable's value is not a size.
///
/// libuv reads it with atoi(3), which makes 0, so one thread, of a word, and says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotASize {
    value: String,
}

impl fmt::Display for NotASize {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{VARIABLE} is '{}', which is no number of threads: ", self.value)?;
        write!(f, "set it to a whole number from 1 to {MAX}, or unset it for {DEFAULT}")
    }
}

impl Error for NotASize {}

/// The size that the variable's value asks for; [`DEFAULT`] without a value, 1 for 0, at most [`MAX`].
///
/// # Errors
/// [`NotASize`] for anything but decimal digits, blanks around them aside.
pub fn parse(value: Option<&OsStr>) -> Result<usize, NotASize> {
    let Some(value) = value else { return Ok(DEFAULT) };
    let text = value.to_string_lossy();
    let digits = text.trim();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NotASize { value: text.into_owned() });
    }
    // Digits that overflow are a number all the same, and a great one.
    Ok(digits.parse().unwrap_or(MAX).clamp(1, MAX))
}

/// The size that this process's environment asks for.
///
/// # Errors
/// Those of [`parse`].
pub fn from_env() -> Result<usize, NotASize> {
    parse(env::var_os(VARIABLE).as_deref())
}
