//! The contract of `cluster serve`: one port, many clients, a clean end, and nothing left behind.

mod common;

use std::fs;
use std::net::TcpStream;
use std::process::Command;
use std::thread;

use nix::sys::signal::Signal;

use common::client::{self, Client};
use common::load::load;
use common::{PROGRAM, Service, lives, send, wait_until, within_deadline};

const SCHEDULES: [&str; 3] = ["round-robin", "shared", "reuseport"];

#[test]
fn many_clients_are_served_on_one_port_and_sigterm_ends_everything_with_code_0() {
    for schedule in SCHEDULES {
        within_deadline(move || {
            let service = Service::start(3, schedule);
            let (address, workers) = (service.address, service.workers());
            assert_eq!(workers.len(), 3, "{schedule}");
            thread::scope(|scope| {
                for _ in 0..8 {
                    scope.spawn(|| {
                        let mut kept = Client::connect(address).unwrap();
                        let pid = kept.get("/").unwrap().pid().unwrap();
                        for _ in 0..20 {
                            assert_eq!(
                                kept.get("/").unwrap().pid().unwrap(),
                                pid,
                                "a connection stays with its worker"
                            );
                            assert!(workers.contains(&client::get(address, "/").unwrap().pid().unwrap()));
                        }
                    });
                }
            });
            service.signal(Signal::SIGTERM);
            let ended = service.end();
            assert_eq!((ended.code, ended.out.as_str()), (Some(0), ""), "{schedule}");
            for state in ["starting", "listening", "leaving", "gone, exit status: 0"] {
                assert_eq!(ended.err.matches(state).count(), 3, "{schedule}: every worker was {state}: {}", ended.err);
            }
            assert!(!workers.iter().any(|pid| lives(*pid)), "{schedule}: a worker is left");
            assert!(client::get(address, "/").is_err(), "{schedule}: the port still has a listener");
        });
    }
}

#[test]
fn a_request_in_flight_is_finished_when_the_service_drains_and_an_idle_connection_is_closed() {
    for (schedule, signal) in SCHEDULES.into_iter().zip([Signal::SIGTERM, Signal::SIGINT, Signal::SIGTERM]) {
        within_deadline(move || {
            let service = Service::start(2, schedule);
            let mut idle = Client::connect(service.address).unwrap();
            idle.get("/").unwrap();
            let mut busy: Vec<_> = (0..4).map(|_| Client::connect(service.address).unwrap()).collect();
            busy.iter_mut().for_each(|client| client.send("/work?ms=50").unwrap());
            service.signal(signal);
            for client in &mut busy {
                assert_eq!(client.receive().unwrap().status, 200, "{schedule}");
            }
            assert!(idle.receive().is_err(), "{schedule}: the idle connection is closed");
            if schedule != "round-robin" {
                drop(busy); // there they stay, and the service ends nevertheless, after some seconds
            }
            let ended = service.end();
            assert_eq!(ended.code, Some(0), "{schedule}");
            assert!(!ended.err.contains("took too long"), "{schedule}: {}", ended.err);
        });
    }
}

#[test]
fn a_second_signal_waits_for_no_worker() {
    within_deadline(|| {
        let service = Service::start(1, "round-robin");
        let worker = service.workers()[0];
        send(worker, Signal::SIGSTOP);
        service.signal(Signal::SIGTERM);
        wait_until("new clients are refused", || TcpStream::connect(service.address).is_err());
        service.signal(Signal::SIGTERM);
        let ended = service.end();
        assert_eq!(ended.code, Some(0));
        assert!(ended.err.contains("a second signal: workers killed: 1"), "{}", ended.err);
        assert!(!lives(worker));
    });
}

#[test]
fn signals_to_the_whole_group_leave_the_end_of_workers_to_the_primary() {
    within_deadline(|| {
        let service = Service::start(1, "shared");
        let mut client = Client::connect(service.address).unwrap();
        let worker = client.get("/").unwrap().pid().unwrap();
        send(worker, Signal::SIGINT);
        send(worker, Signal::SIGTERM);
        assert_eq!(client.get("/").unwrap().pid().unwrap(), worker);
    });
}

#[test]
fn workers_leave_when_their_primary_is_killed() {
    for schedule in SCHEDULES {
        within_deadline(move || {
            let service = Service::start(3, schedule);
            let workers = service.workers();
            service.signal(Signal::SIGKILL);
            assert_eq!(service.end().code, None);
            wait_until("no worker lives", || !workers.iter().any(|pid| lives(*pid)));
        });
    }
}

#[test]
fn a_killed_worker_is_replaced_and_its_primary_leaks_no_descriptor() {
    for schedule in SCHEDULES {
        within_deadline(move || {
            let service = Service::start(2, schedule);
            let descriptors = || fs::read_dir(format!("/proc/{}/fd", service.pid())).unwrap().count();
            let (before, mut all) = (descriptors(), service.workers());
            for _ in 0..3 {
                let victim = service.workers()[0];
                send(victim, Signal::SIGKILL);
                let mut new = 0;
                wait_until("a new worker answers", || {
                    new = client::get(service.address, "/").map_or(0, |response| response.pid().unwrap());
                    new != 0 && !all.contains(&new)
                });
                all.push(new);
            }
            wait_until("descriptors are closed", || descriptors() == before);
            service.signal(Signal::SIGTERM);
            let ended = service.end();
            assert_eq!(
                (ended.code, ended.out.as_str()),
                (Some(0), ""),
                "the end of a worker is not reported on standard output"
            );
            assert_eq!(ended.err.matches("signal: 9 (SIGKILL); another starts in ").count(), 3, "{}", ended.err);
        });
    }
}

#[test]
fn a_connection_that_a_worker_had_not_acknowledged_when_it_died_goes_to_another() {
    within_deadline(|| {
        let service = Service::start(2, "round-robin");
        let workers = service.workers();
        send(workers[0], Signal::SIGSTOP);
        let (mut one, mut other) =
            (Client::connect(service.address).unwrap(), Client::connect(service.address).unwrap());
        let mut third = Client::connect(service.address).unwrap();
        one.send("/").unwrap();
        other.send("/").unwrap();
        // The third is assigned last: when it was answered, the stopped worker holds one of the others.
        assert_eq!(third.get("/").unwrap().pid().unwrap(), workers[1]);
        send(workers[0], Signal::SIGKILL);
        for client in [&mut one, &mut other] {
            assert_ne!(client.receive().unwrap().pid().unwrap(), workers[0]);
        }
    });
}

#[test]
fn with_few_descriptors_clients_wait_their_turn_and_none_is_lost() {
    for schedule in SCHEDULES {
        within_deadline(move || {
            let mut limited = Command::new("sh");
            let serve = format!("ulimit -n 32; exec '{PROGRAM}' serve --workers 1 --schedule {schedule}");
            limited.args(["-c", &serve]);
            let service = Service::from(limited);
            let mut clients: Vec<_> = (0..40).map(|_| Client::connect(service.address).unwrap()).collect();
            clients.iter_mut().for_each(|client| client.send("/").unwrap());
            for client in clients {
                let mut client = client; // closed after its turn: room for one that waits
                assert_eq!(client.receive().unwrap().status, 200, "{schedule}");
            }
        });
    }
}

#[test]
fn full_workers_that_share_a_listener_restart_and_drain() {
    within_deadline(|| {
        let service = Service::with(&["--workers=3", "--schedule=shared", "--connections=2"]);
        let (answers, tally) = load(service.address, 8, "/", false, || {
            service.signal(Signal::SIGHUP);
            service.wait_for("rolling restart done: 3 workers replaced");
            client::get(service.address, "/").unwrap().status
        })
        .unwrap();
        assert_eq!((answers, tally.failed.len(), tally.refused), (200, 0, 0), "{tally:?}");
        service.signal(Signal::SIGTERM);
        assert_eq!(service.end().code, Some(0));
    });
}
