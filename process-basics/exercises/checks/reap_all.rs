//! The checks of the exercise `reap_all`.

use std::io::{self, PipeWriter, Read, Write};
use std::process::ExitCode;

use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, kill, sigaction};
use nix::unistd::{Pid, getpid, pause};

use answer::{End, reap_all};
use harness::process::fork;
use harness::{Check, Outcome, answered, ensure, equal, look, setup};

#[forbid(unsafe_code)]
#[path = "../reap_all.rs"]
pub mod answer;
pub mod harness;

const CHECKS: &[Check] = &[
    Check {
        name: "without any child it returns an empty list",
        hint: "ECHILD is how the kernel says that no child is left; it is no error here",
        more: "match on the result of wait(): Err(Errno::ECHILD) ends the loop with what was collected so far",
        run: no_children,
    },
    Check {
        name: "every child is reported once, with its exit code",
        hint: "one call of wait() reaps one child: call it until no child is left",
        more: "WaitStatus::Exited(pid, code) has both; pid.as_raw() is its number",
        run: exit_codes,
    },
    Check {
        name: "a killed child is reported with its signal, not with a code",
        hint: "a killed child has no exit code: look at WaitStatus::Signaled",
        more: "WaitStatus::Signaled(pid, signal, _): `signal as i32` is the number",
        run: signals,
    },
    Check {
        name: "the ends come in the order of death, not of start",
        hint: "wait for any child instead of one child after another",
        more: "waitpid(one_pid) sleeps although another child has ended already; wait() returns the one that ended",
        run: order_of_death,
    },
    Check {
        name: "no zombie is left when it returns",
        hint: "each end must be collected, also that of a child you do not expect",
        more: "WNOWAIT looks at an end and leaves the zombie; a count that is too low does so, too",
        run: no_zombie,
    },
    Check {
        name: "it sleeps while no child ends",
        hint: "do not ask again and again: let the kernel wake you",
        more: "WNOHANG returns at once, so a loop around it spins, and with a sleep in it, polls; wait() sleeps in the kernel",
        run: sleeps,
    },
    Check {
        name: "an interrupted wait is tried again",
        hint: "Errno::EINTR says that a signal handler ran: no child has ended, and none is lost",
        more: "treat Err(Errno::EINTR) as a reason to continue the loop",
        run: interrupted,
    },
];

fn main() -> ExitCode {
    harness::run("process-basics reap_all", CHECKS)
}

fn no_children() -> Outcome {
    equal("there was no child to reap", &answered(reap_all())?, &vec![])
}

fn exit_codes() -> Outcome {
    let mut expected = Vec::new();
    for code in [0, 7, 1, 255, 42] {
        expected.push((fork(move || code)?.as_raw(), End::Code(code)));
    }
    let mut ends = answered(reap_all())?;
    ends.sort_by_key(|(pid, _)| *pid);
    expected.sort_by_key(|(pid, _)| *pid);
    equal("the pids and codes are not those of the five children", &ends, &expected)
}

fn signals() -> Outcome {
    let mut expected = Vec::new();
    for signal in [Signal::SIGTERM, Signal::SIGKILL] {
        let pid = fork(|| {
            loop {
                pause();
            }
        })?;
        setup(kill(pid, signal))?;
        expected.push((pid.as_raw(), End::Signal(signal as i32)));
    }
    let mut ends = answered(reap_all())?;
    ends.sort_by_key(|(pid, _)| *pid);
    expected.sort_by_key(|(pid, _)| *pid);
    equal("two children were killed", &ends, &expected)
}

/// Starts five children of which the last one dies first: each dies only after the next one was reaped.
fn order_of_death() -> Outcome {
    let mut children: Vec<(Pid, PipeWriter)> = Vec::new();
    for _ in 0..5 {
        let (mut reader, writer) = setup(io::pipe())?;
        let child = fork(|| {
            let mut pid = [0; 4];
            reader.read_exact(&mut pid).expect("the parent writes a pid");
            look::wait_until(|| look::state(Pid::from_raw(i32::from_ne_bytes(pid))).is_none());
            0
        })?;
        children.push((child, writer));
    }
    children.reverse(); // now in the order of death
    let mut before = 0; // no process has this pid
    for (child, writer) in &mut children {
        setup(writer.write_all(&i32::to_ne_bytes(before)))?;
        before = child.as_raw();
    }
    let ends = answered(reap_all())?;
    let order: Vec<i32> = ends.iter().map(|(pid, _)| *pid).collect();
    let expected: Vec<i32> = children.iter().map(|(pid, _)| pid.as_raw()).collect();
    equal("the child that was started last died first, and so on", &order, &expected)
}

fn no_zombie() -> Outcome {
    for code in 0..20 {
        fork(move || code)?;
    }
    let count = answered(reap_all())?.len();
    let left = look::children();
    equal("children are left", &left, &vec![])?;
    equal("20 children were started; this many ends came", &count, &20)
}

/// The child looks at its parent, which is in `reap_all`, and exits with 0 if it sleeps.
fn sleeps() -> Outcome {
    let parent = getpid();
    let child = fork(|| i32::from(!look::sleeps(parent)))?;
    let ends = answered(reap_all())?;
    equal("the only child should be reported", &ends.len(), &1)?;
    let slept = ends == [(child.as_raw(), End::Code(0))];
    ensure(slept, "the child saw this process run again and again", "asleep in one system call", "awake")
}

/// The child waits until its parent sleeps, interrupts it, waits until it sleeps again, and exits.
fn interrupted() -> Outcome {
    extern "C" fn handler(_: i32) {}
    let action = SigAction::new(SigHandler::Handler(handler), SaFlags::empty(), SigSet::empty());
    // SAFETY: the handler does nothing, so it may run at any time.
    setup(unsafe { sigaction(Signal::SIGUSR1, &action) })?;
    let parent = getpid();
    let child = fork(|| {
        look::sleeps(parent);
        let before = look::switches(parent);
        kill(parent, Signal::SIGUSR1).expect("the parent is there");
        look::wait_until(|| look::switches(parent) > before);
        7
    })?;
    equal("a signal interrupted the wait", &answered(reap_all())?, &vec![(child.as_raw(), End::Code(7))])
}
