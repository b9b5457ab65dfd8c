//! Loaded before libc (`LD_PRELOAD`): the calls that `SLOW` names take `SLOW_US` microseconds longer, in every process
//! or only where `SLOW_IN` says: in `children` that were forked without a program of their own, or in `threads` beside a
//! process's first. Some names change what a call does: `sleep` returns at once, `one_cpu` keeps everything on one CPU,
//! `abort` takes the process's siblings with it. See `../reality.rs`.

use std::env;
use std::ffi::{CStr, c_char, c_int, c_long, c_void};
use std::fs;
use std::mem::transmute_copy;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

type Address = *const c_void;

// SAFETY: the C library has these functions (dlsym(3), fcntl(2), getsockopt(2), gettid(2), kill(2)).
unsafe extern "C" {
    fn dlsym(handle: Address, symbol: *const c_char) -> Address;
    fn fcntl(fd: c_int, operation: c_int) -> c_int;
    fn getsockopt(fd: c_int, level: c_int, option: c_int, value: *mut c_int, length: *mut u32) -> c_int;
    fn gettid() -> c_int;
    fn kill(pid: c_int, signal: c_int) -> c_int;
}

struct Settings {
    slow: String,
    delay: Duration,
    place: String,
    loaded_in: u32,
}

fn settings() -> &'static Settings {
    static SETTINGS: OnceLock<Settings> = OnceLock::new();
    SETTINGS.get_or_init(|| Settings {
        slow: env::var("SLOW").unwrap_or_default(),
        delay: Duration::from_micros(env::var("SLOW_US").ok().and_then(|us| us.parse().ok()).unwrap_or(0)),
        place: env::var("SLOW_IN").unwrap_or_default(),
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

/// Whether this call is changed here.
fn is_changed(what: &str) -> bool {
    let settings = settings();
    let here = match settings.place.as_str() {
        "children" => std::process::id() != settings.loaded_in,
        // SAFETY: gettid(2) takes nothing.
        "threads" => std::process::id() as c_int != unsafe { gettid() },
        _ => true,
    };
    here && settings.slow.split(',').any(|slow| slow == what)
}

fn delay(what: &str) {
    if is_changed(what) {
        thread::sleep(settings().delay);
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

slow!(read(fd: c_int, bytes: Address, count: usize) -> isize, delay("read"));

/// # Safety
/// As libc's function of that name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clock_nanosleep(clock: c_int, flags: c_int, until: Address, left: Address) -> c_int {
    if is_changed("sleep") {
        return 0;
    }
    // SAFETY: libc's function takes these arguments.
    let real: unsafe extern "C" fn(c_int, c_int, Address, Address) -> c_int = unsafe { real(c"clock_nanosleep") };
    // SAFETY: they are the caller's, meant for it.
    unsafe { real(clock, flags, until, left) }
}

/// With `one_cpu` the first CPU that was ever asked for is the only one.
///
/// # Safety
/// As libc's function of that name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sched_setaffinity(pid: c_int, size: usize, mask: *const u64) -> c_int {
    static ONE: AtomicU64 = AtomicU64::new(0);
    // SAFETY: libc's function takes these arguments.
    let real: unsafe extern "C" fn(c_int, usize, *const u64) -> c_int = unsafe { real(c"sched_setaffinity") };
    // SAFETY: a mask has at least the bits of 64 CPUs; this test runs on fewer.
    let asked = unsafe { mask.read() };
    let one = [ONE.load(SeqCst), asked & asked.wrapping_neg()].into_iter().find(|mask| *mask != 0).unwrap_or(asked);
    ONE.store(one, SeqCst);
    let (size, mask) = if is_changed("one_cpu") { (8, &raw const one) } else { (size, mask) };
    // SAFETY: both masks have as many bytes as is said.
    unsafe { real(pid, size, mask) }
}

/// With `abort` the other children of this process's parent are killed first.
///
/// # Safety
/// As libc's function of that name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn abort() -> ! {
    static DONE: AtomicBool = AtomicBool::new(false);
    const SIGKILL: c_int = 9;
    if is_changed("abort") && !DONE.swap(true, SeqCst) {
        let parent = std::os::unix::process::parent_id();
        let siblings = fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).unwrap_or_default();
        let siblings = siblings.split_whitespace().filter_map(|pid| pid.parse::<u32>().ok());
        for sibling in siblings.filter(|sibling| *sibling != std::process::id()) {
            // SAFETY: kill(2) takes two integers.
            unsafe { kill(sibling as c_int, SIGKILL) };
        }
    }
    // SAFETY: libc's function takes nothing.
    let real: unsafe extern "C" fn() -> ! = unsafe { real(c"abort") };
    // SAFETY: it is meant to be called.
    unsafe { real() }
}
