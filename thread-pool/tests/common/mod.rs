//! Deadlines: a check that hangs fails.
#![allow(dead_code, reason = "each file of checks uses some of these")]

use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use thread_pool::{Executor, Pool};

pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// What `check` returns; it panics here if `check` does, or does not end in time.
pub(crate) fn within_deadline<T: Send + 'static>(check: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, outcome) = mpsc::channel();
    let checker = thread::spawn(move || {
        let _ = done.send(check());
    });
    match outcome.recv_timeout(PATIENCE) {
        Ok(value) => value,
        Err(mpsc::RecvTimeoutError::Disconnected) => std::panic::resume_unwind(checker.join().unwrap_err()),
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("not done within {PATIENCE:?}: something hangs"),
    }
}

/// The program's output, its stdin closed. It is killed if it does not end in time.
pub(crate) fn output(command: &mut Command) -> Output {
    output_to(command, Stdio::piped())
}

/// The same, its stdout given away.
pub(crate) fn output_to(command: &mut Command, stdout: impl Into<Stdio>) -> Output {
    command.stdin(Stdio::null()).stdout(stdout).stderr(Stdio::piped());
    let child = command.spawn().expect("the program starts");
    let pid = Pid::from_raw(child.id() as i32);
    let (done, output) = mpsc::channel();
    thread::spawn(move || done.send(child.wait_with_output()));
    output.recv_timeout(PATIENCE).map(|output| output.expect("its output can be read")).unwrap_or_else(|_| {
        let _ = kill(pid, Signal::SIGKILL);
        panic!("the program did not end within {PATIENCE:?}")
    })
}

/// This chapter's program, with the arguments, and without a pool size from outside.
pub(crate) fn program(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_thread-pool"));
    command.args(args).env_remove("UV_THREADPOOL_SIZE");
    command
}

/// Jobs that wait here until the sender is dropped: whatever is submitted meanwhile stays queued.
pub(crate) fn occupy(pool: &Pool) -> mpsc::Sender<()> {
    let (release, wait) = mpsc::channel::<()>();
    let wait = Arc::new(Mutex::new(wait));
    let (running, all) = mpsc::channel();
    for _ in 0..pool.size() {
        let (wait, running) = (Arc::clone(&wait), running.clone());
        let job = move || {
            running.send(()).unwrap();
            let _ = wait.lock().unwrap().recv();
        };
        pool.execute(Box::new(job)).unwrap();
    }
    (0..pool.size()).for_each(|_| all.recv().unwrap());
    release
}
