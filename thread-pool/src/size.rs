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
/// `InvalidInput`, naming the value, for anything but decimal digits with blanks around them. libuv reads the value
/// with atoi(3) and reports nothing: a word or an empty value gives 1 thread, "4x" gives 4, "-1" gives 1024.
pub fn parse(value: Option<&OsStr>) -> io::Result<usize> {
    let Some(value) = value else { return Ok(DEFAULT) };
    let text = value.to_string_lossy(); // bytes that are not UTF-8 become U+FFFD
    let digits = text.trim();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let wrong = format!("{VARIABLE} is '{text}', which is not a number of threads: ");
        let remedy = format!("set it to a whole number from 1 to {MAX}, or unset it for {DEFAULT}");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, wrong + &remedy));
    }
    // Too many digits to parse is still a number: a very large one.
    Ok(digits.parse().unwrap_or(MAX).clamp(1, MAX))
}
