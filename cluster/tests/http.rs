//! What the service says to requests that are right, wrong, cut in pieces, or too much.

mod common;

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use cluster::worker::connection::MAX_HEAD;

use common::client::{self, Client};
use common::{Service, within_deadline};

/// Sends bytes, ends the sending direction, and reads until the service closes the connection.
fn exchange(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream.write_all(bytes).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    reply
}

fn with_service(test: impl FnOnce(&Service) + Send + 'static) {
    within_deadline(|| test(&Service::start(1, "round-robin")));
}

#[test]
fn the_body_of_the_root_is_the_pid_alone() {
    with_service(|service| {
        let response = client::get(service.address, "/").unwrap();
        assert_eq!((response.status, response.body), (200, format!("{}\n", service.workers()[0])));
    });
}

#[test]
fn pipelined_requests_in_one_write_are_answered_in_order() {
    with_service(|service| {
        let mut client = Client::connect(service.address).unwrap();
        client.0.get_mut().write_all("GET /count HTTP/1.1\r\nHost: a\r\n\r\n".repeat(2_000).as_bytes()).unwrap();
        for expected in 1..=2_000 {
            let body = client.receive().unwrap().body;
            assert_eq!(body.split_whitespace().nth(1), Some(expected.to_string().as_str()));
        }
    });
}

#[test]
fn a_client_that_does_not_read_is_stopped_and_the_others_are_served() {
    with_service(|service| {
        let mut flood = TcpStream::connect(service.address).unwrap();
        flood.set_nonblocking(true).unwrap();
        let requests = "GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(1_000);
        // Its writes end when both sides' buffers are full: the worker reads no further than it can answer.
        let refused = (0..10_000).find(|_| {
            let written = flood.write(requests.as_bytes());
            client::get(service.address, "/").unwrap();
            written.is_err()
        });
        assert!(refused.is_some(), "the worker took it all");
    });
}

#[test]
fn a_request_may_come_byte_by_byte_and_with_others_in_between() {
    with_service(|service| {
        let mut slow = Client::connect(service.address).unwrap();
        for byte in b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" {
            slow.0.get_mut().write_all(&[*byte]).unwrap();
            client::get(service.address, "/").unwrap();
        }
        assert_eq!(slow.receive().unwrap().status, 200);
    });
}

#[test]
fn what_is_wrong_gets_its_status_and_a_closed_connection() {
    with_service(|service| {
        let long = format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "x".repeat(10 * MAX_HEAD));
        for (request, status) in [
            ("\0\u{1}\u{2} nonsense\r\n\r\n", "400 Bad Request"),
            ("GET / HTTP/1.1\r\n\r\n", "400 Bad Request"),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", "405 Method Not Allowed"),
            (long.as_str(), "431 Request Header Fields Too Large"),
        ] {
            let reply = exchange(service.address, request.as_bytes());
            assert!(reply.starts_with(&format!("HTTP/1.1 {status}\r\n")), "{reply}");
            assert!(reply.contains("\r\nConnection: close\r\n"), "{reply}");
            assert_eq!(reply.matches("HTTP/1.1").count(), 1, "a body is no request: {reply}");
        }
    });
}

#[test]
fn a_client_that_goes_on_sending_too_long_a_head_is_told_and_not_reset() {
    with_service(|service| {
        let mut client = TcpStream::connect(service.address).unwrap();
        client.write_all(format!("GET / HTTP/1.1\r\nX: {}", "x".repeat(MAX_HEAD)).as_bytes()).unwrap();
        let mut reply = [0; 12];
        client.read_exact(&mut reply).unwrap();
        assert_eq!(&reply, b"HTTP/1.1 431");
        for _ in 0..4 {
            client.write_all("x".repeat(MAX_HEAD).as_bytes()).unwrap();
        }
        client.shutdown(Shutdown::Write).unwrap();
        client.read_to_end(&mut Vec::new()).unwrap();
    });
}

#[test]
fn a_wrong_path_or_method_costs_no_connection() {
    with_service(|service| {
        let mut client = Client::connect(service.address).unwrap();
        for (path, status) in [("/nowhere", 404), ("/work", 400), ("/work?ms=soon", 400), ("/work?ms=0", 200)] {
            assert_eq!(client.get(path).unwrap().status, status, "{path}");
        }
        client.0.get_mut().write_all(b"DELETE / HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
        assert_eq!(client.receive().unwrap().status, 405);
        assert_eq!(client.get("/").unwrap().status, 200);
    });
}

#[test]
fn head_gets_the_head_alone_and_close_closes() {
    with_service(|service| {
        let reply = exchange(service.address, b"HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        let length = format!("Content-Length: {}\r\n", service.workers()[0].to_string().len() + 1);
        assert!(reply.contains(&length) && reply.ends_with("Connection: close\r\n\r\n"), "{reply}");
        let two = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".repeat(2);
        assert_eq!(exchange(service.address, two.as_bytes()).matches("200 OK").count(), 1, "closed after the first");
        let old = exchange(service.address, b"GET / HTTP/1.0\r\n\r\n");
        assert!(old.starts_with("HTTP/1.1 200 OK\r\n") && old.contains("Connection: close"), "{old}");
    });
}

#[test]
fn clients_that_leave_in_the_middle_do_no_harm() {
    with_service(|service| {
        for rest in ["", "GET", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"] {
            for _ in 0..50 {
                TcpStream::connect(service.address).unwrap().write_all(rest.as_bytes()).unwrap();
            }
        }
        let worker = client::get(service.address, "/").unwrap().pid().unwrap();
        assert_eq!(vec![worker], service.workers(), "still the first one");
    });
}
