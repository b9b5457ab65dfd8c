//! What needs a process with one thread: so no test harness, which starts a thread for each test.

use std::io::ErrorKind;
use std::panic;
use std::process::Command;

use nix::sys::signal::Signal;
use process_basics::fork::{PANICKED, fork};
use process_basics::mapping::Mapping;
use process_basics::memory::{BEFORE, Seen, WRITTEN, copy_on_write, write_in_child};
use process_basics::more::orphan;
use process_basics::reap;
use process_basics::spawn::End;
use process_basics::support::proc::state;

fn main() {
    let checks: [(&str, fn()); 9] = [
        ("a child's code is its closure's result", code_is_the_result),
        ("a private write is not seen, a shared one is", writes),
        ("a panic in the child does not come back into the parent's code", panic_stays),
        ("a child that is dropped is killed and reaped", dropped_is_reaped),
        ("only written pages are copied", copies),
        ("a zombie is one until it is reaped", zombies),
        ("of two orphans the one that did not ask lives on", orphans),
        ("waiting for a child that does not end has a deadline", deadline),
        ("fork works again once a thread was joined", after_a_thread),
    ];
    for (name, check) in checks {
        check();
        println!("{name}: ok");
    }
    println!("{} passed, 0 failed", checks.len());
}

fn code_is_the_result() {
    assert_eq!(fork(|| 42).unwrap().wait().unwrap(), End::Exited(42));
}

fn writes() {
    let seen = |value: Mapping, writes| write_in_child(&value, writes).unwrap();
    assert_eq!(seen(Mapping::private(1).unwrap(), true), Seen { child: WRITTEN, parent: BEFORE });
    assert_eq!(seen(Mapping::shared(1).unwrap(), true), Seen { child: WRITTEN, parent: WRITTEN });
    assert_eq!(seen(Mapping::shared(1).unwrap(), false), Seen { child: BEFORE, parent: BEFORE });
}

fn copies() {
    for written in [0, 1, 40] {
        assert_eq!(copy_on_write(40, written).unwrap(), written as u64);
    }
}

fn zombies() {
    let child = reap::zombie().unwrap();
    let pid = child.pid();
    assert_eq!(state(pid).as_deref(), Some("Z"));
    assert_eq!(child.wait().unwrap(), End::Exited(7));
    assert_eq!(state(pid), None);
}

fn orphans() {
    let orphans = orphan::orphans().unwrap();
    assert_eq!(orphans.unbound_adopted_by, std::process::id() as i32);
    assert_eq!(orphans.bound, End::Signaled(Signal::SIGKILL as i32));
    assert_eq!(orphans.unbound, End::Exited(0));
}

fn deadline() {
    let child = fork(|| {
        loop {
            nix::unistd::pause();
        }
    });
    let child = child.unwrap();
    let pid = child.pid();
    assert_eq!(child.wait().unwrap_err().kind(), ErrorKind::TimedOut);
    assert_eq!(state(pid), None, "it was not killed");
}

fn panic_stays() {
    let before = std::process::id();
    let child = fork(|| {
        panic::set_hook(Box::new(|_| ())); // quiet: this panic is the check
        panic!("in the child")
    });
    assert_eq!(child.unwrap().wait().unwrap(), End::Exited(PANICKED));
    assert_eq!(std::process::id(), before);
}

fn dropped_is_reaped() {
    let child = fork(|| {
        loop {
            nix::unistd::pause();
        }
    });
    let child = child.unwrap();
    let pid = child.pid();
    drop(child);
    assert!(!std::path::Path::new(&format!("/proc/{pid}")).exists(), "the child is still there, or a zombie");
}

fn after_a_thread() {
    for _ in 0..50 {
        std::thread::spawn(|| ()).join().unwrap();
        assert_eq!(fork(|| 0).unwrap().wait().unwrap(), End::Exited(0));
    }
    assert!(Command::new("true").status().unwrap().success());
}
