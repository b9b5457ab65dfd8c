//! What a worker's death may cost, and what a log, a shortage or a full worker may not.

mod common;

use std::io::Read;
use std::process::{Command, Stdio};

use nix::sys::signal::Signal;

use common::client::{self, Client};
use common::{PROGRAM, Service, for_each, hear_hangups, lives, send, state, wait_until, within_deadline};

const SCHEDULES: [&str; 3] = ["round-robin", "shared", "reuseport"];

#[test]
fn a_client_that_has_sent_nothing_loses_nothing_when_a_worker_is_killed() {
    for_each(&SCHEDULES, |schedule| {
        let service = Service::start(4, schedule);
        for _ in 0..5 {
            let mut clients: Vec<_> = (0..64).map(|_| Client::connect(service.address).unwrap()).collect();
            let victim = service.workers()[0];
            send(victim, Signal::SIGKILL);
            clients.iter_mut().for_each(|client| client.send("/").unwrap());
            for client in &mut clients {
                assert_ne!(client.receive().unwrap().pid().unwrap(), victim, "{schedule}");
            }
            wait_until("there are 4 workers again", || service.workers().len() == 4);
        }
    });
}

#[test]
fn a_request_that_kills_its_worker_is_not_done_a_second_time() {
    for_each(&SCHEDULES, |schedule| {
        let service = Service::with(&["--workers=3", "--allow-faults", "--schedule", schedule]);
        for deaths in 1..=5 {
            assert!(client::get(service.address, "/crash").is_err(), "{schedule}");
            wait_until("its worker was replaced", || service.said(" listening") == 3 + deaths);
            assert_eq!(service.said("gone, signal: 9"), deaths, "{schedule}");
        }
    });
}

#[test]
fn a_log_that_nobody_reads_stops_neither_the_service_nor_its_end() {
    for_each(&SCHEDULES, |schedule| {
        let mut command = Command::new(PROGRAM);
        command.args(["serve", "--workers=1", "--schedule", schedule]);
        hear_hangups(&mut command);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut out = child.stdout.take().unwrap();
        let mut line = vec![0; 64];
        let length = out.read(&mut line).unwrap();
        let line = String::from_utf8_lossy(&line[..length]).into_owned();
        let address = line.trim_end().strip_prefix("listening on ").unwrap().parse().unwrap();
        for _ in 0..2_000 {
            send(child.id(), Signal::SIGHUP); // at least a line each, unless several are pending together
            assert_eq!(client::get(address, "/").unwrap().status, 200);
        }
        send(child.id(), Signal::SIGTERM);
        assert_eq!(child.wait().unwrap().code(), Some(0), "{schedule}");
    });
}

#[test]
fn what_has_arrived_at_a_full_worker_is_answered_before_anything_is_closed() {
    for_each(&SCHEDULES, |schedule| {
        let service = Service::with(&["--workers=1", "--connections=3", "--schedule", schedule]);
        let mut kept: Vec<_> = (0..3).map(|_| Client::connect(service.address).unwrap()).collect();
        kept.iter_mut().for_each(|client| assert_eq!(client.get("/").unwrap().status, 200));
        kept[0].send("/work?ms=1500").unwrap();
        let mut outside = Client::connect(service.address).unwrap();
        outside.send("/").unwrap();
        kept[1].send("/").unwrap();
        kept[2].send("/").unwrap();
        for client in &mut kept {
            assert_eq!(client.receive().unwrap().status, 200, "{schedule}");
        }
        assert_eq!(outside.receive().unwrap().status, 200, "{schedule}: the longest idle one makes way");
    });
}

#[test]
fn at_the_end_the_connection_of_a_stopped_worker_goes_to_one_that_serves() {
    for_each(&SCHEDULES, |schedule| {
        let service = Service::start(2, schedule);
        let stopped = service.workers()[0];
        send(stopped, Signal::SIGSTOP);
        wait_until("it has stopped", || state(stopped).is_some_and(|state| state == "T"));
        let mut clients: Vec<_> = (0..8).map(|_| Client::connect(service.address).unwrap()).collect();
        clients.iter_mut().for_each(|client| client.send("/").unwrap());
        service.signal(Signal::SIGTERM);
        wait_until("the stopped worker was killed", || !lives(stopped));
        for client in &mut clients {
            assert_ne!(client.receive().unwrap().pid().unwrap(), stopped, "{schedule}");
        }
        assert_eq!(service.end().code, Some(0));
    });
}

#[test]
fn signals_for_the_end_that_are_pending_together_count_once() {
    within_deadline(|| {
        let service = Service::start(1, "round-robin");
        let mut client = Client::connect(service.address).unwrap();
        client.get("/").unwrap();
        client.send("/work?ms=300").unwrap();
        service.signal(Signal::SIGSTOP);
        [Signal::SIGTERM, Signal::SIGINT, Signal::SIGCONT].into_iter().for_each(|signal| service.signal(signal));
        assert_eq!(client.receive().unwrap().status, 200);
        let ended = service.end();
        assert!(ended.code == Some(0) && !ended.err.contains("a second signal"), "{}", ended.err);
    });
}
