//! HTTP/1.1 (RFC 9112) as far as this service needs it: the head of a request in, a short reply out.

use std::io::Write;
use std::mem::MaybeUninit;

use httparse::{Error, Status};

/// Header fields a request may have.
const MAX_FIELDS: usize = 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Request<'a> {
    pub(crate) method: &'a str,
    pub(crate) target: &'a str,
    /// The client wants the connection closed after the reply.
    pub(crate) close: bool,
    /// A body follows. It is never read: such a connection is closed after the reply.
    pub(crate) has_body: bool,
}

/// A request and the length of its head in bytes; `None` when these bytes are the beginning of one.
///
/// # Errors
/// The status that says what is wrong with them.
pub(crate) fn parse(bytes: &[u8]) -> Result<Option<(Request<'_>, usize)>, u16> {
    let mut fields = [const { MaybeUninit::uninit() }; MAX_FIELDS];
    let mut head = httparse::Request::new(&mut []);
    let length = match head.parse_with_uninit_headers(bytes, &mut fields) {
        Ok(Status::Complete(length)) => length,
        Ok(Status::Partial) => return Ok(None),
        Err(Error::TooManyHeaders) => return Err(431),
        Err(_) => return Err(400),
    };
    let (method, target) = (head.method.unwrap_or_default(), head.path.unwrap_or_default());
    let old = head.version == Some(0);
    let mut request = Request { method, target, close: old, has_body: false };
    let mut hosts = 0;
    for field in head.headers.iter() {
        let is = |name| field.name.eq_ignore_ascii_case(name);
        if is("host") {
            hosts += 1;
        } else if is("connection") {
            let mut words = field.value.split(|byte| *byte == b',');
            request.close |= words.any(|word| word.trim_ascii().eq_ignore_ascii_case(b"close"));
        } else if is("transfer-encoding") {
            request.has_body = true;
        } else if is("content-length") {
            match str::from_utf8(field.value).map(str::parse::<u64>) {
                Ok(Ok(length)) => request.has_body |= length > 0,
                _ => return Err(400),
            }
        }
    }
    // RFC 9112, 3.2: in HTTP/1.1 exactly one Host.
    if hosts > 1 || hosts == 0 && !old { Err(400) } else { Ok(Some((request, length))) }
}

/// Appends a reply. One to HEAD says how long the body would be, and leaves it out.
pub(crate) fn reply(out: &mut Vec<u8>, status: u16, body: &str, head_only: bool, close: bool) {
    let line = match status {
        200 => "200 OK",
        400 => "400 Bad Request",
        404 => "404 Not Found",
        405 => "405 Method Not Allowed\r\nAllow: GET, HEAD",
        408 => "408 Request Timeout",
        431 => "431 Request Header Fields Too Large",
        _ => unreachable!("no reply of this service has the status {status}"),
    };
    let (length, body) = (body.len(), if head_only { "" } else { body });
    let close = if close { "Connection: close\r\n" } else { "" };
    let head = format_args!("HTTP/1.1 {line}\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n{close}");
    let _ = write!(out, "{head}\r\n{body}"); // a Vec takes all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(text: &str) -> Option<u16> {
        parse(text.as_bytes()).err()
    }

    #[test]
    fn a_head_is_read_and_what_follows_is_left_alone() {
        let text = "GET /work?ms=1 HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\nGET";
        let request = Request { method: "GET", target: "/work?ms=1", close: true, has_body: false };
        assert_eq!(parse(text.as_bytes()), Ok(Some((request, text.len() - 3))));
    }

    #[test]
    fn every_true_beginning_of_a_head_is_partial() {
        let text = "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n";
        for length in 0..text.len() {
            assert_eq!(parse(&text.as_bytes()[..length]), Ok(None), "after {length} bytes");
        }
    }

    #[test]
    fn what_is_no_request_is_refused_with_the_right_status() {
        assert_eq!(status("\x16\x03\x01 tls?\r\n\r\n"), Some(400));
        assert_eq!(status("GET / HTTP/1.1\r\n\r\n"), Some(400), "no host");
        assert_eq!(status("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), Some(400), "two hosts");
        assert_eq!(status("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n"), Some(400));
        let many = format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", "a: b\r\n".repeat(MAX_FIELDS));
        assert_eq!(status(&many), Some(431));
    }

    #[test]
    fn a_body_is_noticed_and_an_empty_one_is_none() {
        let has_body = |field: &str| match parse(format!("POST / HTTP/1.1\r\nHost: a\r\n{field}\r\n\r\n").as_bytes()) {
            Ok(Some((request, _))) => request.has_body,
            other => panic!("{other:?}"),
        };
        assert!(has_body("Content-Length: 4") && has_body("Transfer-Encoding: chunked"));
        assert!(!has_body("Content-Length: 0"));
    }

    #[test]
    fn a_reply_to_head_has_the_length_and_no_body() {
        let mut out = Vec::new();
        reply(&mut out, 200, "1234", true, true);
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("Content-Length: 4\r\nConnection: close\r\n") && text.ends_with("\r\n\r\n"), "{text}");
    }

    /// Valid requests, damaged at random, and noise: whatever comes, the parser says something that can be true.
    #[test]
    fn random_input_is_judged_alike_whole_and_in_pieces() {
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        let mut random = |below: usize| {
            state ^= state << 13; // xorshift, Marsaglia 2003
            state ^= state >> 7;
            state ^= state << 17;
            (state % below as u64) as usize
        };
        let valid = b"GET /work?ms=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 7\r\n\r\nrest";
        let mut seen = [0; 3];
        for _ in 0..20_000 {
            let mut bytes = valid.to_vec();
            for _ in 0..random(4) {
                let at = random(bytes.len());
                match random(4) {
                    0 => bytes[at] = random(256) as u8,
                    1 if at > 0 => drop(bytes.remove(at)),
                    2 => bytes.insert(at, b"\r\n :,\0"[random(6)]),
                    _ => bytes.truncate(at + 1),
                }
            }
            let cut = random(bytes.len());
            match (parse(&bytes), parse(&bytes[..cut])) {
                (Ok(Some((request, length))), before) => {
                    assert!(length <= bytes.len() && !request.method.is_empty());
                    assert!(cut >= length || before == Ok(None), "{before:?} became {request:?}");
                    seen[0] += 1;
                }
                // What is wrong may be seen early or late; what is not all there was not all there before.
                (Err(status), _) => {
                    assert!(status == 400 || status == 431);
                    seen[1] += 1;
                }
                (Ok(None), before) => {
                    assert_eq!(before, Ok(None), "{bytes:?}");
                    seen[2] += 1;
                }
            }
        }
        assert!(seen.iter().all(|count| *count > 100), "each of the three was tried: {seen:?}");
    }
}
