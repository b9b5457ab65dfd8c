//! One table of HTTP cases: what is sent, the status that comes back, whether the connection stays open, and the source.
//! A reader can add a row. All rows run under all three schedules, each on a new connection.

mod common;

use std::fmt::Write as _;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use common::{Service, for_each};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum After {
    Open,
    Closed,
}
use After::{Closed, Open};

/// What is sent, the statuses of the replies in their order, the connection afterwards, where that is written.
type Case = (&'static str, &'static [u16], After, &'static str);

#[rustfmt::skip] // a table
const CASES: &[Case] = &[
    ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", &[200], Open, "9112 3"),
    ("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", &[200], Closed, "9112 9.6"),
    ("GET / HTTP/1.1\r\nHost: a\r\nConnection: x, CLOSE\r\n\r\n", &[200], Closed, "9110 7.6.1"),
    ("GET / HTTP/1.0\r\n\r\n", &[200], Closed, "9112 9.3"),
    ("GET / HTTP/1.2\r\nHost: a\r\n\r\n", &[200], Open, "9110 2.5"),
    ("GET / HTTP/1.9\r\n\r\n", &[400], Closed, "9110 2.5, 9112 3.2"),
    ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", &[505], Closed, "9110 15.6.6"),
    ("PRI * HTTP/2.0\r\n\r\n", &[505], Closed, "9113 3.4"),
    ("GET / HTTP/1.x\r\nHost: a\r\n\r\n", &[400], Closed, "9112 2.3"),
    ("GET / http/1.1\r\nHost: a\r\n\r\n", &[400], Closed, "9112 2.3: case-sensitive"),
    ("GET /\r\n\r\n", &[400], Closed, "9112 3"),
    // Targets.
    ("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", &[200], Open, "9112 3.2.2"),
    ("GET HTTP://a HTTP/1.1\r\nHost: a\r\n\r\n", &[200], Open, "9110 4.2.3"),
    ("GET http://a:80/work?ms=0 HTTP/1.1\r\nHost: b\r\n\r\n", &[200], Open, "9112 3.2.2"),
    ("GET http://a/ HTTP/1.1\r\n\r\n", &[400], Closed, "9112 3.2"),
    ("GET http:/// HTTP/1.1\r\nHost: a\r\n\r\n", &[400], Closed, "9110 4.2.1"),
    ("GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", &[400], Closed, "9110 4.2.4"),
    ("GET /%77ork?ms=0 HTTP/1.1\r\nHost: a\r\n\r\n", &[200], Open, "3986 6.2.2.2"),
    ("GET /w%6Frk?ms=%30 HTTP/1.1\r\nHost: a\r\n\r\n", &[200], Open, "3986 6.2.2.2"),
    ("GET /work%3Fms=0 HTTP/1.1\r\nHost: a\r\n\r\n", &[404], Open, "3986 2.2"),
    ("GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", &[400], Closed, "3986 2.1"),
    ("GET /#x HTTP/1.1\r\nHost: a\r\n\r\n", &[400], Closed, "9112 3.2"),
    ("GET /\u{e9} HTTP/1.1\r\nHost: a\r\n\r\n", &[400], Closed, "3986 2"),
    ("GET nowhere HTTP/1.1\r\nHost: a\r\n\r\n", &[400], Closed, "9112 3.2"),
    ("GET * HTTP/1.1\r\nHost: a\r\n\r\n", &[400], Closed, "9112 3.2.4"),
    ("GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n", &[404], Open, "9110 15.5.5"),
    // Methods.
    ("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", &[405], Open, "9110 15.5.6"),
    ("CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n", &[405], Open, "9110 15.5.6"),
    ("DELETE / HTTP/1.1\r\nHost: a\r\n\r\n", &[405], Open, "9110 15.5.6"),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", &[405], Closed, "9110 15.5.6"),
    ("BREW / HTTP/1.1\r\nHost: a\r\n\r\n", &[501], Open, "9110 9.1"),
    ("get / HTTP/1.1\r\nHost: a\r\n\r\n", &[501], Open, "9110 9.1: case-sensitive"),
    ("G ET / HTTP/1.1\r\nHost: a\r\n\r\n", &[400], Closed, "9112 3"),
    // Host.
    ("GET / HTTP/1.1\r\n\r\n", &[400], Closed, "9112 3.2"),
    ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", &[400], Closed, "9112 3.2"),
    ("GET / HTTP/1.1\r\nHost:\r\n\r\n", &[200], Open, "9112 3.2: may be empty"),
    ("GET / HTTP/1.1\r\nHost: a:8080\r\n\r\n", &[200], Open, "9110 7.2"),
    ("GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", &[200], Open, "9110 7.2"),
    ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", &[400], Closed, "9112 3.2"),
    ("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", &[400], Closed, "9112 3.2"),
    ("GET / HTTP/1.1\r\nHost: a:x\r\n\r\n", &[400], Closed, "9112 3.2"),
    ("GET / HTTP/1.0\r\nHost: a/b\r\n\r\n", &[400], Closed, "9112 3.2"),
    // Where a body ends.
    ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", &[200], Open, "9112 6.3"),
    ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 00\r\n\r\n", &[200], Open, "9112 6.3"),
    ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", &[400], Closed, "9112 6.3"),
    ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 6\r\n\r\nhello", &[400], Closed, "9112 6.3"),
    ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +0\r\n\r\n", &[400], Closed, "9110 8.6"),
    ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", &[400], Closed, "9110 8.6"),
    ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", &[400], Closed, "9110 8.6"),
    ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n", &[200], Closed, "9110 8.6"),
    ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", &[200], Closed, "9112 7.1"),
    ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", &[400], Closed, "9112 6.3"),
    ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", &[501], Closed, "9112 6.1"),
    ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n", &[400], Closed, "9112 6.3"),
    ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n", &[400], Closed, "9112 6.1"),
    ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc", &[400], Closed, "9112 6.1"),
    // Lines and fields.
    ("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", &[200], Open, "9112 2.2"),
    ("GET / HTTP/1.1\r\nHost: a\r\n\r\n\r\n", &[200], Open, "9112 2.2"),
    ("\r\n", &[], Open, "9112 2.2"),
    ("GET / HTTP/1.1\nHost: a\n\n", &[200], Open, "9112 2.2: may accept"),
    ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", &[400], Closed, "9112 5.1"),
    ("GET / HTTP/1.1\r\n Host: a\r\n\r\n", &[400], Closed, "9112 2.2"),
    ("GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n", &[400], Closed, "9112 5.2"),
    ("GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", &[400], Closed, "9112 5"),
    ("GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n", &[400], Closed, "9110 5.5"),
    ("\u{16}\u{3}\u{1} tls\r\n\r\n", &[400], Closed, "9112 3"),
    // Several on a connection.
    ("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n", &[200, 404], Open, "9112 9.3.2"),
    ("GET /x HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\n\r\n", &[404, 400], Closed, "9112 9.3.2"),
    ("GET / HTTP/1.0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", &[200], Closed, "9112 9.6: nothing after a close"),
];

#[test]
fn every_case_gets_its_reply_under_every_schedule() {
    for_each(&["round-robin", "shared", "reuseport"], |schedule| {
        let service = Service::start(1, schedule);
        let mut wrong = String::new();
        for (request, statuses, after, source) in CASES {
            let seen = exchange(service.address, request.as_bytes());
            if seen != (statuses.to_vec(), *after) {
                let _ = writeln!(wrong, "{request:?}: {seen:?}, not {statuses:?} {after:?} (RFC {source})");
            }
        }
        assert!(wrong.is_empty(), "{schedule}:\n{wrong}");
    });
}

#[test]
fn sixty_five_fields_are_no_more_than_the_head_allows_and_too_long_a_head_or_target_is_named() {
    for_each(&["round-robin", "shared", "reuseport"], |schedule| {
        let service = Service::start(1, schedule);
        for (request, statuses, after) in [
            (format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", "a: b\r\n".repeat(1_000)), vec![200], Open),
            (format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}", "x".repeat(9_000)), vec![431], Closed),
            (format!("GET /{}", "x".repeat(9_000)), vec![414], Closed),
        ] {
            assert_eq!(exchange(service.address, request.as_bytes()), (statuses, after), "{schedule}");
        }
    });
}

/// Sends a request, then one that is known to be right and closes: an open connection answers that one, too. The
/// statuses of the replies to the first, and what became of the connection.
fn exchange(address: SocketAddr, request: &[u8]) -> (Vec<u16>, After) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream.write_all(request).unwrap();
    let _ = stream.write_all(b"GET /work HTTP/1.1\r\nHost: last\r\nX-Last: 1\r\nConnection: close\r\n\r\n");
    let mut bytes = Vec::new();
    if let Err(error) = stream.read_to_end(&mut bytes) {
        // The service may have closed before the second request came: the first one had said that it is the last.
        let end = request.to_ascii_lowercase();
        let is_last = end.ends_with(b"close\r\n\r\n") || end.ends_with(b"http/1.0\r\n\r\n");
        let request = String::from_utf8_lossy(request);
        assert!(is_last && error.kind() == ErrorKind::ConnectionReset, "{request:?}: {error}");
    }
    let text = String::from_utf8_lossy(&bytes);
    let heads: Vec<&str> = text.split("HTTP/1.1 ").skip(1).collect();
    for head in &heads {
        assert!(head.contains("\r\nDate: "), "a reply without a date: {head}");
    }
    let mut statuses: Vec<u16> = heads.iter().map(|head| head[..3].parse().unwrap()).collect();
    let last_answered = text.contains("say how long");
    if last_answered {
        statuses.pop();
    }
    (statuses, if last_answered { Open } else { Closed })
}
