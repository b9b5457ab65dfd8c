//! One check in this process. Its result goes to the socket that was this process's standard input.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe};
use std::process::{self, ExitCode};
use std::sync::Mutex;
use std::{mem, thread};

use nix::sys::prctl;
use nix::sys::signal::Signal;

use super::protocol::Sender;
use super::stdin::private_socket;
use super::{Check, Failure, Outcome, failure};

/// Where the main thread panicked first.
static PANIC: Mutex<Option<String>> = Mutex::new(None);

/// Runs the check and reports; does not return to `main`, where an answer's destructors could still wait.
pub fn run(check: Option<&Check>) -> ExitCode {
    let (Some(check), Ok(report)) = (check, private_socket().and_then(Sender::new)) else {
        eprintln!("a check is started by `cargo test` or by the grader");
        return ExitCode::from(2);
    };
    let _ = prctl::set_pdeathsig(Signal::SIGKILL);
    let started_as = process::id();
    report.begun(check.name, check.hint, check.more);
    let mut outcome = judge(check);
    if process::id() != started_as {
        outcome = Err(failure("a forked child returned from your function: a child must end by itself"));
    }
    report.ended(&outcome);
    process::exit(0)
}

/// Runs the check; a panic is a failure with the place where it came from.
fn judge(check: &Check) -> Outcome {
    let default = panic::take_hook();
    let main = thread::current().id();
    panic::set_hook(Box::new(move |info| {
        if thread::current().id() != main {
            return default(info); // the answer may have threads that panic on purpose
        }
        let place =
            info.location().map(|place| format!(" ({}:{})", place.file().replace("checks/../", ""), place.line()));
        let mut first = PANIC.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        first.get_or_insert(place.unwrap_or_default());
    }));
    panic::catch_unwind(AssertUnwindSafe(check.run)).unwrap_or_else(|payload| Err(panicked(payload)))
}

fn panicked(payload: Box<dyn Any + Send>) -> Failure {
    let text = payload.downcast_ref::<String>().map(String::as_str).or(payload.downcast_ref().copied());
    let text = text.unwrap_or("a value that is no text").to_owned();
    mem::forget(payload); // its destructor may panic, too
    let place = PANIC.lock().map(|mut place| place.take()).ok().flatten().unwrap_or_default();
    match text.strip_prefix("not yet implemented") {
        Some(_) => failure(format!("not written yet: todo!() was reached{place}")),
        None => failure(format!("panicked: {text}{place}")),
    }
}
