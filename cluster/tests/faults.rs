//! Nothing is lost: workers killed, replaced and ended under load, and nothing left behind after a thousand of them.

mod chapter;
mod common;

use std::fs;
use std::process::Command;
use std::time::SystemTime;

use chapter::Scratch;
use cluster::client::cluster::Cluster;
use cluster::schedule::Schedule;
use nix::sys::signal::Signal;

use common::client::{self, Client};
use common::load::{Failure, load, restart_under_load};
use common::{PROGRAM, Service, children, for_each, lives, send, state, wait_until, within_deadline};

const SCHEDULES: [&str; 3] = ["round-robin", "shared", "reuseport"];

/// A worker drawn by the clock's last digits.
fn random_worker(service: &Service) -> u32 {
    let workers = service.workers();
    workers[SystemTime::UNIX_EPOCH.elapsed().unwrap().subsec_micros() as usize % workers.len()]
}

#[test]
fn ten_workers_killed_under_load_cost_only_their_own_clients_a_request() {
    for_each(&SCHEDULES, |schedule| {
        let service = Service::start(4, schedule);
        let (victims, tally) = load(service.address, 8, "/", true, || {
            (0..10)
                .map(|_| {
                    let victim = random_worker(&service);
                    let listened = service.said(" listening");
                    send(victim, Signal::SIGKILL);
                    wait_until("its successor listens", || service.said(" listening") > listened);
                    let workers = service.workers();
                    assert!(workers.len() == 4 && !workers.contains(&victim), "{schedule}: {workers:?}");
                    victim
                })
                .collect::<Vec<_>>()
        })
        .unwrap();
        let of_others = |failure: &&Failure| failure.worker.is_some_and(|worker| !victims.contains(&worker));
        let failed: Vec<_> = tally.failed.iter().filter(of_others).collect();
        assert!(failed.is_empty(), "{schedule}: clients of living workers saw {failed:?}");
        assert_eq!(tally.refused, 0, "{schedule}: the port was never without a listener");
        assert!(tally.failed.len() <= 8 * 10, "{schedule}: {:?}", tally.failed);
        for client in 0..20 {
            assert!(client::get(service.address, "/").is_ok(), "{schedule}: client {client} after all that");
        }
    });
}

#[test]
fn under_round_robin_no_connection_that_had_not_reached_a_killed_worker_is_lost() {
    within_deadline(|| {
        let service = Service::start(3, "round-robin");
        for _ in 0..10 {
            // Stopped first: it can acknowledge nothing, so whatever it holds from now on has not reached it.
            let victim = random_worker(&service);
            send(victim, Signal::SIGSTOP);
            wait_until("it has stopped", || state(victim).is_some_and(|state| state == "T"));
            let mut clients: Vec<_> = (0..12).map(|_| Client::connect(service.address).unwrap()).collect();
            clients.iter_mut().for_each(|client| client.send("/").unwrap());
            send(victim, Signal::SIGKILL);
            for client in &mut clients {
                assert_ne!(client.receive().unwrap().pid().unwrap(), victim);
            }
            wait_until("there are 3 workers again", || {
                let workers = service.workers();
                workers.len() == 3 && !workers.contains(&victim)
            });
        }
    });
}

#[test]
fn what_waits_for_a_dead_worker_of_reuseport_is_served_by_its_successor() {
    within_deadline(|| {
        let service = Service::start(2, "reuseport");
        let victim = service.workers()[0];
        send(victim, Signal::SIGSTOP);
        wait_until("it has stopped", || state(victim).is_some_and(|state| state == "T"));
        let mut clients: Vec<_> = (0..30).map(|_| Client::connect(service.address).unwrap()).collect();
        clients.iter_mut().for_each(|client| client.send("/").unwrap());
        send(victim, Signal::SIGKILL);
        for client in &mut clients {
            assert_ne!(client.receive().unwrap().pid().unwrap(), victim);
        }
    });
}

#[test]
fn a_rolling_restart_under_load_fails_no_request() {
    for schedule in Schedule::ALL {
        for kept in [true, false] {
            within_deadline(move || {
                let cluster = Cluster::start(PROGRAM.as_ref(), 3, schedule).unwrap();
                for _ in 0..3 {
                    let tally = restart_under_load(&cluster, 6, kept);
                    assert!(tally.failed.is_empty(), "{schedule:?}, kept {kept}: {:?}", tally.failed);
                    assert!(tally.refused == 0 && tally.answered > 0, "{schedule:?}, kept {kept}: {tally:?}");
                }
            });
        }
    }
}

#[test]
fn sigterm_under_load_cuts_no_request_short() {
    let loads = [(true, "/"), (false, "/"), (true, "/work?ms=5")];
    let cases: Vec<_> =
        SCHEDULES.iter().flat_map(|schedule| loads.map(|(kept, path)| (*schedule, kept, path))).collect();
    for_each(&cases, |(schedule, kept, path)| {
        let service = Service::start(3, schedule);
        let (ended, tally) = load(service.address, 6, path, kept, || {
            wait_until("the load runs", || client::get(service.address, "/").is_ok());
            service.signal(Signal::SIGTERM);
            service.end()
        })
        .unwrap();
        assert_eq!(ended.code, Some(0), "{schedule}");
        assert!(!ended.err.contains("took too long"), "{schedule}, kept {kept}, {path}: {}", ended.err);
        assert!(tally.failed.is_empty(), "{schedule}, kept {kept}, {path}: {:?}", tally.failed);
        assert!(tally.answered > 0, "{schedule}");
    });
}

#[test]
fn a_rolling_restart_with_workers_that_do_not_come_up_is_aborted_and_the_old_ones_go_on() {
    within_deadline(|| {
        let folder = Scratch::new("libraries");
        let library = folder.0.join("libc.so.6");
        let mut serve = Command::new(PROGRAM);
        serve.args(["serve", "--workers=3"]).env("LD_LIBRARY_PATH", &folder.0);
        let service = Service::from(serve);
        let old = service.workers();
        fs::write(&library, "no library").unwrap(); // a program that begins to run from now on ends at once
        service.signal(Signal::SIGHUP);
        service.wait_for("rolling restart aborted: the new worker did not come up; the old ones go on");
        assert_eq!(service.said("gone, exit status: 127"), 1);
        assert_eq!(service.workers(), old);
        for _ in 0..6 {
            assert!(old.contains(&client::get(service.address, "/").unwrap().pid().unwrap()));
        }
        fs::remove_file(&library).unwrap();
        service.signal(Signal::SIGHUP);
        service.wait_for("rolling restart done: 3 workers replaced");
        assert!(!service.workers().iter().any(|pid| old.contains(pid)));
        assert_eq!(service.said("another starts"), 0, "nothing had to be replaced");
    });
}

#[test]
fn crash_kills_its_worker_where_faults_are_allowed_and_is_no_path_elsewhere() {
    within_deadline(|| {
        let service = Service::with(&["--workers=2", "--allow-faults"]);
        let before = service.workers();
        assert!(client::get(service.address, "/crash").is_err());
        service.wait_for("gone, signal: 9 (SIGKILL)");
        wait_until("there are 2 again", || service.workers().len() == 2 && service.workers() != before);
        let careful = Service::start(1, "shared");
        assert_eq!(client::get(careful.address, "/crash").unwrap().status, 404);
    });
}

#[test]
fn a_thousand_restarts_leave_no_process_no_zombie_and_no_descriptor() {
    within_deadline(|| {
        const WORKERS: usize = 50;
        let service = Service::start(WORKERS, "round-robin");
        let descriptors = || fs::read_dir(format!("/proc/{}/fd", service.pid())).unwrap().count();
        let (before, first) = (descriptors(), service.workers());
        let mut said = 0;
        for _ in 0..1_000 / WORKERS {
            service.signal(Signal::SIGHUP);
            said = service.wait_for_after(said, "rolling restart done: 50 workers replaced");
        }
        assert_eq!((service.said(" starting"), service.said(" gone, exit status: 0")), (1_050, 1_000));
        assert_eq!(children(service.pid()).len(), WORKERS, "zombies would be children, too");
        assert_eq!(descriptors(), before);
        assert!(!first.iter().any(|pid| lives(*pid)));
        service.signal(Signal::SIGTERM);
        let ended = service.end();
        assert_eq!((ended.code, ended.err.matches(" gone, exit status: 0").count()), (Some(0), 1_050));
    });
}
