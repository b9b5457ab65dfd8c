//! Hostile clients: no crash, no growth without bound, and the other clients are served.

mod common;

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use socket2::SockRef;

use common::client::{self, Client};
use common::{Service, for_each, within_deadline};

const SCHEDULES: [&str; 3] = ["round-robin", "shared", "reuseport"];

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream
}

/// What the server sends until it closes.
fn rest(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    match stream.read_to_string(&mut text) {
        Err(error) if error.kind() != ErrorKind::ConnectionReset => panic!("no end: {error}, after '{text}'"),
        _ => text,
    }
}

/// Resident memory of a process, in KiB.
fn memory(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse().unwrap()
}

/// Numbers that look random, the same in every run (xorshift, Marsaglia 2003).
struct Random(u64);

impl Random {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below as u64) as usize
    }
}

#[test]
fn half_a_request_is_told_408_when_its_time_is_over_and_an_idle_connection_is_not() {
    within_deadline(|| {
        let service = Service::start(1, "round-robin");
        let mut idle = Client::connect(service.address).unwrap();
        let mut half = connect(service.address);
        half.write_all(b"GET / HTTP/1.1\r\nHost:").unwrap();
        let text = rest(&mut half);
        assert!(text.starts_with("HTTP/1.1 408 Request Timeout\r\n"), "{text}");
        assert!(text.contains("\r\nConnection: close\r\n"), "{text}");
        assert_eq!(idle.get("/").unwrap().status, 200);
    });
}

#[test]
fn bytes_that_come_one_by_one_do_not_prolong_the_time_of_a_request() {
    within_deadline(|| {
        let service = Service::start(1, "round-robin");
        let mut slow = connect(service.address);
        slow.set_read_timeout(Some(Duration::from_millis(5))).unwrap();
        let mut reply = [0; 12];
        for byte in b"GET / HTTP/1.1\r\nX: ".iter().chain(std::iter::repeat(&b'x')) {
            let _ = slow.write_all(&[*byte]);
            match slow.read(&mut reply) {
                Ok(0) => panic!("closed without a reply"),
                Ok(_) => break,
                Err(_) => {} // no reply yet
            }
        }
        assert_eq!(&reply, b"HTTP/1.1 408");
    });
}

#[test]
fn a_mebibyte_of_headers_is_refused_and_costs_no_memory() {
    within_deadline(|| {
        let service = Service::start(1, "round-robin");
        let before = memory(service.workers()[0]);
        for _ in 0..20 {
            let mut flood = connect(service.address);
            let line = format!("X: {}\r\n", "x".repeat(1021 - 4));
            let _ = flood.write_all(format!("GET / HTTP/1.1\r\n{}", line.repeat(1024)).as_bytes()); // it may be cut off
            let text = rest(&mut flood);
            assert!(text.is_empty() || text.starts_with("HTTP/1.1 431 "), "{text}");
        }
        let after = memory(service.workers()[0]);
        assert!(after < before + 2048, "the worker grew from {before} to {after} KiB");
    });
}

#[test]
fn thousands_of_connections_opened_and_left_exclude_no_client() {
    let most = getrlimit(Resource::RLIMIT_NOFILE).unwrap().1;
    setrlimit(Resource::RLIMIT_NOFILE, most, most).unwrap();
    let left = (most as usize / 2).min(2_000) / 3;
    for_each(&SCHEDULES.map(|schedule| (schedule, left)), |(schedule, left)| {
        let service = Service::with(&["--workers=2", "--connections=100", "--schedule", schedule]);
        let workers = service.workers();
        let before: u64 = workers.iter().map(|pid| memory(*pid)).sum();
        let mut open: Vec<_> = (0..left).map(|_| connect(service.address)).collect();
        for stream in open.iter_mut().step_by(2) {
            let _ = stream.write_all(b"GET / HTTP/1.1\r\nX: half"); // some were closed to make room for others
        }
        for _ in 0..5 {
            assert_eq!(client::get(service.address, "/").unwrap().status, 200, "{schedule}");
        }
        let after: u64 = workers.iter().map(|pid| memory(*pid)).sum();
        assert!(after < before + 8 * 1024, "{schedule}: the workers grew from {before} to {after} KiB");
        assert_eq!(service.workers(), workers, "{schedule}: still the first ones");
    });
}

#[test]
fn no_more_connections_than_the_limit_are_served_at_once() {
    within_deadline(|| {
        let service = Service::with(&["--workers=1", "--connections=3", "--schedule=shared"]);
        let mut inside: Vec<_> = (0..3).map(|_| Client::connect(service.address).unwrap()).collect();
        inside.iter_mut().for_each(|client| assert_eq!(client.get("/").unwrap().status, 200));
        let mut outside = Client::connect(service.address).unwrap();
        outside.send("/").unwrap();
        let descriptors = fs::read_dir(format!("/proc/{}/fd", service.workers()[0])).unwrap().count();
        drop(inside.pop());
        assert_eq!(outside.receive().unwrap().status, 200, "room again");
        let after = fs::read_dir(format!("/proc/{}/fd", service.workers()[0])).unwrap().count();
        assert!(after <= descriptors, "one in, one out: {descriptors} descriptors, then {after}");
    });
}

#[test]
fn resets_in_the_middle_of_everything_do_no_harm() {
    for_each(&SCHEDULES, |schedule| {
        let service = Service::start(2, schedule);
        let workers = service.workers();
        for rest in ["", "GET", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET /work?ms=1 HTTP/1.1\r\nHost: a\r\n\r\nGET"] {
            for _ in 0..50 {
                let mut stream = connect(service.address);
                stream.write_all(rest.as_bytes()).unwrap();
                // With no time to linger, close resets the connection (socket(7)).
                SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
            }
        }
        for _ in 0..4 {
            assert!(workers.contains(&client::get(service.address, "/").unwrap().pid().unwrap()), "{schedule}");
        }
        assert_eq!(service.workers(), workers, "{schedule}: still the first ones");
    });
}

#[test]
fn random_bytes_and_broken_requests_in_random_pieces_crash_no_worker() {
    for_each(&[1, 2, 3], |seed| {
        let service = Service::start(1, "round-robin");
        let workers = service.workers();
        let mut random = Random(seed * 0x0123_4567_89AB_CDEF);
        let requests =
            b"GET /count HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\nHEAD / HTTP/1.0\r\nConnection: close\r\n\r\n";
        for _ in 0..200 {
            let mut bytes = requests.repeat(1 + random.next(3));
            match random.next(3) {
                0 => bytes.iter_mut().for_each(|byte| *byte = random.next(256) as u8),
                1 => {
                    let (at, byte) = (random.next(bytes.len()), random.next(256) as u8);
                    bytes[at] = byte;
                }
                _ => drop(bytes.remove(random.next(bytes.len()))),
            }
            let mut stream = connect(service.address);
            let (head, tail) = bytes.split_at(random.next(bytes.len()));
            let _ = stream.write_all(head).and_then(|()| stream.write_all(tail)); // it may be refused after the head
        }
        assert!(client::get(service.address, "/").is_ok());
        assert_eq!(service.workers(), workers, "still the first one");
    });
}
