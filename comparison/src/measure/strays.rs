//! What a process that we started leaves behind when it ends.

use std::process;

use nix::sys::prctl;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::waitpid;
use nix::unistd::Pid;
use process_basics::support::proc::parent_of;

use super::neighbours::pids;

/// What a process that we started leaves behind becomes our child from now on (PR_SET_CHILD_SUBREAPER, prctl(2)).
pub fn adopt_strays() {
    let _ = prctl::set_child_subreaper(true);
}

/// Kills and reaps every child that is left, until there is none: orphans become ours one generation after the other.
pub fn end_strays() {
    loop {
        let strays = children_of(process::id());
        if strays.is_empty() {
            return;
        }
        for pid in strays {
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
            let _ = waitpid(Pid::from_raw(pid), None);
        }
    }
}

/// The children of a process, from the parents that `/proc` names.
fn children_of(parent: u32) -> Vec<i32> {
    pids().filter(|pid| parent_of(*pid).is_ok_and(|other| other as u32 == parent)).collect()
}
