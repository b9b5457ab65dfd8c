//! A shortage of descriptors or processes ends no service: clients wait, and a worker is started when there is room.

mod common;

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::process::{self, Command};

use nix::sys::signal::Signal;

use common::client::{self, Client};
use common::{PROGRAM, Service, for_each, send, wait_until, within_deadline};

const SCHEDULES: [&str; 3] = ["round-robin", "shared", "reuseport"];

#[test]
fn with_64_descriptors_80_clients_that_keep_their_connections_are_all_served_and_no_worker_ends() {
    for_each(&SCHEDULES, |schedule| {
        let inherited: String = (3..9).map(|descriptor| format!(" {descriptor}</dev/null")).collect();
        let serve = format!("ulimit -n 64; exec{inherited}; exec '{PROGRAM}' serve --workers=1 --schedule={schedule}");
        let mut limited = Command::new("sh");
        limited.args(["-c", &serve]);
        let service = Service::from(limited);
        let workers = service.workers();
        let mut clients: Vec<_> = (0..80).map(|_| Client::connect(service.address).unwrap()).collect();
        clients.iter_mut().for_each(|client| client.send("/").unwrap());
        for client in &mut clients {
            assert_eq!(client.receive().unwrap().status, 200, "{schedule}: an idle connection makes way");
        }
        assert_eq!(service.workers(), workers, "{schedule}: the worker that was there");
        assert_eq!(client::get(service.address, "/").unwrap().status, 200, "{schedule}");
    });
}

/// Sets a limit of the running primary with `prlimit` (util-linux), the soft one alone; `false` where that cannot be.
fn limit(service: &Service, resource: &str, most: &str) -> bool {
    let pid = service.pid().to_string();
    let user = fs::metadata(format!("/proc/{pid}")).unwrap().uid();
    let ran = Command::new("prlimit").uid(user).args(["--pid", &pid, &format!("--{resource}={most}:")]).status();
    let works = ran.as_ref().is_ok_and(process::ExitStatus::success);
    if !works {
        eprintln!("skipped: `prlimit` cannot limit {resource}: {ran:?}");
    }
    works
}

/// Replaces a worker that is killed while the primary has a shortage, after more failed starts than a service without
/// a shortage would survive. `asked_meanwhile`: another worker serves.
fn shortage_passes(service: &Service, resource: &str, error: &str, asked_meanwhile: bool) {
    let listened = service.said(" listening");
    if !limit(service, resource, "1") {
        return;
    }
    send(service.workers()[0], Signal::SIGKILL);
    let mut waiting = Client::connect(service.address).unwrap();
    waiting.send("/").unwrap();
    wait_until("eight starts have failed", || {
        let served = !asked_meanwhile || client::get(service.address, "/").is_ok();
        assert!(served, "the other worker serves");
        service.said(error) >= 8
    });
    assert!(limit(service, resource, "512"));
    wait_until("a worker listens again", || service.said(" listening") > listened);
    assert_eq!(waiting.receive().unwrap().status, 200, "it waited, and was served");
}

#[test]
fn without_descriptors_a_worker_is_started_again_and_again_while_another_serves() {
    within_deadline(|| {
        shortage_passes(&Service::start(2, "shared"), "nofile", "cannot start a worker: Too many open files", true);
    });
}

#[test]
fn without_descriptors_the_only_worker_is_started_again_and_again() {
    for_each(&SCHEDULES, |schedule| {
        shortage_passes(&Service::start(1, schedule), "nofile", "cannot start a worker: Too many open files", false);
    });
}

#[test]
fn without_descriptors_a_rolling_restart_is_aborted_and_the_old_workers_go_on() {
    within_deadline(|| {
        let service = Service::start(2, "shared");
        let old = service.workers();
        if !limit(&service, "nofile", "1") {
            return;
        }
        service.signal(Signal::SIGHUP);
        service.wait_for("cannot start a worker: Too many open files");
        service.wait_for("rolling restart aborted: the new worker did not come up; the old ones go on");
        assert_eq!(client::get(service.address, "/").unwrap().status, 200);
        assert_eq!((service.workers(), service.said("another starts")), (old, 0), "nothing had to be replaced");
    });
}

#[test]
fn without_processes_a_worker_is_started_again_and_again() {
    if fs::metadata("/proc/self").unwrap().uid() != 0 {
        return eprintln!("skipped: only root can choose a user that has no other process");
    }
    within_deadline(|| {
        for (nth, workers) in [1, 2].into_iter().enumerate() {
            let mut command = Command::new(PROGRAM);
            command.args(["serve", "--schedule=shared", &format!("--workers={workers}")]);
            let user = 1_000_000 + 2 * process::id() + nth as u32;
            command.uid(user);
            if Command::new(PROGRAM).arg("--list").uid(user).output().is_err() {
                return eprintln!("skipped: another user cannot run {PROGRAM}");
            }
            let error = "cannot start a worker: Resource temporarily unavailable";
            shortage_passes(&Service::from(command), "nproc", error, workers > 1);
        }
    });
}
