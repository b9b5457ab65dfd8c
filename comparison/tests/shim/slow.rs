//! Loaded before libc (`LD_PRELOAD`): the calls that `SLOW` names take `SLOW_US` microseconds longer, in every process
//! or, with `SLOW_IN=children`, only in those that were forked without a program of their own. See `../reality.rs`. Of
//! the files whose paths end with `HIDDEN`, none can be opened. See `../limits.rs`.

use std::env;
use std::ffi::{CStr, c_char, c_int, c_long, c_void};
use std::mem::transmute_copy;
use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

type Address = *const c_void;

// SAFETY: the C library has these functions (dlsym(3), errno(3), fcntl(2), getsockopt(2)).
unsafe extern "C" {
    fn dlsym(handle: Address, symbol: *const c_char) -> Address;
    fn fcntl(fd: c_int, operation: c_int) -> c_int;
    fn __errno_location() -> *mut c_int;
    fn getsockopt(fd: c_int, level: c_int, option: c_int, value: *mut c_int, length: *mut u32) -> c_int;
}

struct Settings {
    hidden: Option<String>,
    slow: String,
    delay: Duration,
    only_children: bool,
    loaded_in: u32,
}

fn settings() -> &'static Settings {
    static SETTINGS: OnceLock<Settings> = OnceLock::new();
    SETTINGS.get_or_init(|| Settings {
        hidden: env::var("HIDDEN").ok(),
        slow: env::var("SLOW").unwrap_or_default(),
        delay: Duration::from_micros(env::var("SLOW_US").ok().and_then(|us| us.parse().ok()).unwrap_or(0)),
        only_children: env::var("SLOW_IN").is_ok_and(|place| place == "children"),
        loaded_in: std::process::id(),
    })
}

/// The loader calls this in every process that starts with the library, before its `main`.
#[used]
#[unsafe(link_section = ".init_array")]
static AT_LOAD: extern "C" fn() = {
    extern "C" fn at_load() {
        settings();
    }
    at_load
};

fn delay(what: &str) {
    let settings = settings();
    let here = !settings.only_children || std::process::id() != settings.loaded_in;
    if here && settings.slow.split(',').any(|slow| slow == what) {
        thread::sleep(settings.delay);
    }
}

fn delay_write(fd: c_int) {
    const F_GETPIPE_SZ: c_int = 1032;
    const SOL_SOCKET: c_int = 1;
    const SO_TYPE: c_int = 3;
    let (mut kind, mut length) = (0, 4);
    // SAFETY: any number may be asked about.
    if unsafe { fcntl(fd, F_GETPIPE_SZ) } >= 0 {
        delay("pipe");
    // SAFETY: the kind is a number of four bytes, as `length` says.
    } else if unsafe { getsockopt(fd, SOL_SOCKET, SO_TYPE, &mut kind, &mut length) } == 0 {
        delay("socket");
    }
}

/// libc's own function of that name.
///
/// # Safety
/// `F` is the type of that function.
unsafe fn real<F>(name: &CStr) -> F {
    const RTLD_NEXT: Address = -1_isize as Address;
    // SAFETY: dlsym(3) takes any symbol's name, which ends with a zero byte.
    let address = unsafe { dlsym(RTLD_NEXT, name.as_ptr()) };
    assert!(!address.is_null(), "libc has no {name:?}");
    // SAFETY: the caller knows its type.
    unsafe { transmute_copy(&address) }
}

/// A function of libc's, with its arguments passed on after a delay.
macro_rules! slow {
    ($name:ident($($argument:ident: $type:ty),*) -> $result:ty, $delay:expr) => {
        /// # Safety
        /// As libc's function of that name, to which everything is passed on.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name($($argument: $type),*) -> $result {
            $delay;
            let name = CStr::from_bytes_with_nul(concat!(stringify!($name), "\0").as_bytes()).unwrap();
            // SAFETY: libc's function takes these arguments.
            let real: unsafe extern "C" fn($($type),*) -> $result = unsafe { real(name) };
            // SAFETY: they are the caller's, meant for it.
            unsafe { real($($argument),*) }
        }
    };
}

const SYS_FUTEX: c_long = if cfg!(target_arch = "x86_64") { 202 } else { 98 };
const FUTEX_WAKE: c_long = 1;
const FUTEX_PRIVATE_FLAG: c_long = 128;

slow!(pthread_create(thread: Address, attributes: Address, start: Address, argument: Address) -> c_int, delay("pthread_create"));
slow!(fork() -> c_int, delay("fork"));
slow!(posix_spawn(pid: Address, path: Address, actions: Address, attributes: Address, argv: Address, env: Address) -> c_int, delay("posix_spawn"));
slow!(posix_spawnp(pid: Address, file: Address, actions: Address, attributes: Address, argv: Address, env: Address) -> c_int, delay("posix_spawn"));
slow!(write(fd: c_int, bytes: Address, count: usize) -> isize, delay_write(fd));
slow!(writev(fd: c_int, parts: Address, count: c_int) -> isize, delay_write(fd));
slow!(send(fd: c_int, bytes: Address, count: usize, flags: c_int) -> isize, delay_write(fd));
slow!(sendmsg(fd: c_int, message: Address, flags: c_int) -> isize, delay_write(fd));
slow!(
    syscall(number: c_long, a: c_long, b: c_long, c: c_long, d: c_long, e: c_long, f: c_long) -> c_long,
    if number == SYS_FUTEX && b & !FUTEX_PRIVATE_FLAG == FUTEX_WAKE { delay("futex") }
);

/// # Safety
/// As libc's function of that name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn open64(path: *const c_char, flags: c_int, mode: c_int) -> c_int {
    const ENOENT: c_int = 2;
    // SAFETY: the caller's path ends with a zero byte.
    let name = unsafe { CStr::from_ptr(path) }.to_string_lossy();
    if settings().hidden.as_ref().is_some_and(|hidden| name.ends_with(hidden)) {
        // SAFETY: it is this thread's own.
        unsafe { *__errno_location() = ENOENT };
        return -1;
    }
    // SAFETY: libc's function takes these arguments, the third where it is asked for.
    let real: unsafe extern "C" fn(*const c_char, c_int, ...) -> c_int = unsafe { real(c"open64") };
    // SAFETY: they are the caller's, meant for it.
    unsafe { real(path, flags, mode) }
}
