//! Two changes to a process that are unsafe to make where other threads might look.

use std::env;

use nix::libc::{mode_t, umask};

/// Sets an environment variable.
///
/// # Safety
/// No other thread may read or write the environment meanwhile (`std::env::set_var`).
pub unsafe fn set_variable(name: &str, value: &str) {
    // SAFETY: the caller's promise.
    unsafe { env::set_var(name, value) };
}

/// Sets which permissions a new file is denied (umask(2)).
pub fn set_umask(mask: mode_t) {
    // SAFETY: umask takes any number and cannot fail.
    unsafe { umask(mask) };
}
