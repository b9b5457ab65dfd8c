//! One check in this process. Its result goes to the socket that was this process's standard input.
//!
//! The first message on the socket is a nonce. Each report begins with it, so that an answer cannot report by accident,
//! and not without looking for it on purpose. An exit code proves nothing: an answer may call `exit(0)`.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe};
use std::process::{self, ExitCode};
use std::sync::Mutex;
use std::{mem, thread};

use nix::sys::prctl;
use nix::sys::signal::Signal;

use super::stdin::private_socket;
use super::{Check, Failure, Outcome, failure};

/// Separates the parts of a report.
pub const SEPARATOR: char = '\u{1f}';

/// Where the main thread panicked first.
static PANIC: Mutex<Option<String>> = Mutex::new(None);

/// Runs the check and reports; does not return to `main`, where an answer's destructors could still wait.
pub fn run(check: Option<&Check>) -> ExitCode {
    let (Some(check), Ok(socket)) = (check, private_socket()) else {
        eprintln!("a check is started by `cargo test` or by the grader");
        return ExitCode::from(2);
    };
    let _ = prctl::set_pdeathsig(Signal::SIGKILL);
    let mut nonce = [0; 64];
    let Ok(length) = socket.recv(&mut nonce) else {
        return ExitCode::from(2);
    };
    let report = |text: &str| socket.send(&[&nonce[..length], text.as_bytes()].concat());

    let started_as = process::id();
    let _ = report(" begun");
    let mut outcome = judge(check);
    if process::id() != started_as {
        outcome = Err(failure("a forked child returned from your function: a child must end by itself"));
    }
    let _ = match outcome {
        Ok(()) => report(" passed"),
        Err(why) => report(&text(&why)),
    };
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

/// A report must fit into one message, however much an answer returned.
fn text(why: &Failure) -> String {
    let kind = if why.setup { " setup" } else { " failed" };
    let mut text = kind.to_owned();
    for part in [&why.cause, &why.expected, &why.actual] {
        text.push(SEPARATOR);
        text.extend(part.chars().filter(|c| *c != SEPARATOR).take(1000));
    }
    text
}
