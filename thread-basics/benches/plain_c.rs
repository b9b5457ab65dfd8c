//! pthread_create(3) and pthread_join(3), called as C does.

use std::ffi::c_void;
use std::io;
use std::ptr;

use nix::libc;

extern "C" fn nothing(_: *mut c_void) -> *mut c_void {
    ptr::null_mut()
}

/// Starts a thread that does nothing, and joins it.
pub(crate) fn create_and_join() -> io::Result<()> {
    let mut thread = 0;
    // SAFETY: default attributes; the function takes and returns nothing.
    let failed = unsafe { libc::pthread_create(&mut thread, ptr::null(), nothing, ptr::null_mut()) };
    if failed != 0 {
        return Err(io::Error::from_raw_os_error(failed));
    }
    // SAFETY: the thread was just created, and is joined once.
    match unsafe { libc::pthread_join(thread, ptr::null_mut()) } {
        0 => Ok(()),
        failed => Err(io::Error::from_raw_os_error(failed)),
    }
}
