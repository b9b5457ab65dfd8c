//! Loaded before libc (`LD_PRELOAD`): every pthread_create takes 8 ms longer. See `../reality.rs`.

use std::ffi::{c_char, c_int, c_void};
use std::thread;
use std::time::Duration;

type Start = extern "C" fn(*mut c_void) -> *mut c_void;
type PthreadCreate = unsafe extern "C" fn(*mut c_void, *const c_void, Start, *mut c_void) -> c_int;

// SAFETY: the C library has such a function (dlsym(3)).
unsafe extern "C" {
    fn dlsym(handle: *mut c_void, symbol: *const c_char) -> *mut c_void;
}

/// The next library that has the symbol (dlsym(3)).
const RTLD_NEXT: *mut c_void = -1_isize as *mut c_void;

/// # Safety
/// As pthread_create(3), to which everything is passed on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pthread_create(
    thread: *mut c_void,
    attributes: *const c_void,
    start: Start,
    argument: *mut c_void,
) -> c_int {
    thread::sleep(Duration::from_millis(8));
    // SAFETY: dlsym(3) takes any symbol's name, which ends with a zero byte.
    let real = unsafe { dlsym(RTLD_NEXT, c"pthread_create".as_ptr()) };
    assert!(!real.is_null(), "libc has a pthread_create");
    // SAFETY: that symbol is a function of this type.
    let real: PthreadCreate = unsafe { std::mem::transmute(real) };
    // SAFETY: the arguments are the caller's, meant for this function.
    unsafe { real(thread, attributes, start, argument) }
}
