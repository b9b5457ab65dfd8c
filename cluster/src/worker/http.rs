//! The head of a request: HTTP/1.1 (RFC 9112) as far as this service needs it. httparse does the syntax.

use std::borrow::Cow;
use std::mem::MaybeUninit;

use httparse::{Error, Header, Status};

use super::connection::MAX_HEAD;
use super::uri::{is_host, path_and_query};

/// The shortest field is `a:` and the end of the line: only the size of the head limits their number.
const MAX_FIELDS: usize = MAX_HEAD / 3;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request<'a> {
    pub(crate) method: &'a str,
    /// Path and query.
    pub(crate) target: Cow<'a, str>,
    /// The client wants the connection closed after the reply.
    pub(crate) close: bool,
    /// A body follows. It is never read: such a connection is closed after the reply.
    pub(crate) has_body: bool,
}

/// A request and the length of its head in bytes, with empty lines before it (RFC 9112, 2.2); `None` when these bytes are
/// the beginning of one.
///
/// # Errors
/// The status that says what is wrong with them.
pub(crate) fn parse(bytes: &mut [u8]) -> Result<Option<(Request<'_>, usize)>, u16> {
    check_version(bytes)?;
    let mut fields = [const { MaybeUninit::uninit() }; MAX_FIELDS];
    let mut head = httparse::Request::new(&mut []);
    let length = match head.parse_with_uninit_headers(bytes, &mut fields) {
        Ok(Status::Complete(length)) => length,
        Ok(Status::Partial) if bytes.len() < MAX_HEAD => return Ok(None),
        Ok(Status::Partial) => return Err(if bytes.trim_ascii_start().contains(&b'\n') { 431 } else { 414 }),
        Err(Error::TooManyHeaders) => return Err(431),
        Err(_) => return Err(400),
    };
    let (method, target) = (head.method.unwrap_or_default(), head.path.unwrap_or_default());
    let is_1_0 = head.version == Some(0);
    let hosts: Vec<&[u8]> = values(head.headers, "host").collect();
    match hosts.as_slice() {
        [host] if str::from_utf8(host).is_ok_and(is_host) => {}
        [] if is_1_0 => {}
        _ => return Err(400), // exactly one, and valid (RFC 9112, 3.2)
    }
    let target = match method {
        "CONNECT" | "OPTIONS" => Cow::Borrowed(target), // these may have another form; neither is answered
        _ => path_and_query(target).ok_or(400u16)?,
    };
    let close = is_1_0 || words(head.headers, "connection").iter().any(|word| word == b"close");
    Ok(Some((Request { method, target, close, has_body: has_body(head.headers)? }, length)))
}

/// Looks at the end of the request line. A minor version above 1 is handled as 1 (RFC 9110, 2.5). Another HTTP, as in the
/// preface of HTTP/2, is refused.
fn check_version(bytes: &mut [u8]) -> Result<(), u16> {
    let mut lines = bytes.split_mut(|byte| matches!(byte, b'\r' | b'\n'));
    match lines.find(|line| !line.is_empty()) {
        Some([.., b' ', b'H', b'T', b'T', b'P', b'/', b'1', b'.', minor @ b'2'..=b'9']) => *minor = b'1',
        Some([.., b' ', b'H', b'T', b'T', b'P', b'/', b'0' | b'2'..=b'9', b'.', b'0'..=b'9']) => return Err(505),
        _ => {}
    }
    Ok(())
}

fn values<'a>(fields: &'a [Header], name: &'a str) -> impl Iterator<Item = &'a [u8]> {
    fields.iter().filter(move |field| field.name.eq_ignore_ascii_case(name)).map(|field| field.value)
}

/// The elements of a list with commas, in lower case.
fn words(fields: &[Header], name: &str) -> Vec<Vec<u8>> {
    let words = values(fields, name).flat_map(|value| value.split(|byte| *byte == b','));
    words.map(|word| word.trim_ascii().to_ascii_lowercase()).collect()
}

/// Whether a body follows (RFC 9112, 6.3). What leaves that in doubt could hide a second request.
fn has_body(fields: &[Header]) -> Result<bool, u16> {
    let (codings, lengths) = (words(fields, "transfer-encoding"), words(fields, "content-length"));
    let lengths = lengths.iter().map(|length| number(length)).collect::<Result<Vec<_>, _>>()?;
    match (codings.as_slice(), lengths.as_slice()) {
        ([], []) => Ok(false),
        ([], [first, rest @ ..]) if rest.iter().all(|length| length == first) => Ok(!first.is_empty()),
        ([only], []) if only == b"chunked" => Ok(true),
        ([before @ .., last], []) if last == b"chunked" && !before.contains(last) => Err(501),
        _ => Err(400),
    }
}

/// The digits of a number of any size, without zeros in front.
fn number(digits: &[u8]) -> Result<&[u8], u16> {
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
    let is_number = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    if is_number { Ok(&digits[zeros..]) } else { Err(400) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(text: &str) -> Option<u16> {
        parse(&mut text.to_owned().into_bytes()).err()
    }

    #[test]
    fn a_head_is_read_and_what_follows_is_left_alone() {
        let text = "GET /work?ms=1 HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\nGET";
        let request = Request { method: "GET", target: "/work?ms=1".into(), close: true, has_body: false };
        assert_eq!(parse(&mut text.to_owned().into_bytes()), Ok(Some((request, text.len() - 3))));
    }

    #[test]
    fn every_true_beginning_of_a_head_is_partial() {
        let text = "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n";
        for length in 0..text.len() {
            assert_eq!(parse(&mut text.as_bytes()[..length].to_vec()), Ok(None), "after {length} bytes");
        }
    }

    #[test]
    fn what_is_no_request_is_refused_with_the_right_status() {
        assert_eq!(status("\x16\x03\x01 tls?\r\n\r\n"), Some(400));
        assert_eq!(status("GET / HTTP/1.1\r\n\r\n"), Some(400), "no host");
        assert_eq!(status("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), Some(400), "two hosts");
        assert_eq!(status("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n"), Some(400));
        assert_eq!(status("PRI * HTTP/2.0\r\n\r\n"), Some(505));
    }

    #[test]
    fn a_body_is_noticed_and_an_empty_one_is_none() {
        let has_body = |field: &str| {
            let mut bytes = format!("POST / HTTP/1.1\r\nHost: a\r\n{field}\r\n\r\n").into_bytes();
            parse(&mut bytes).unwrap().unwrap().0.has_body
        };
        assert!(has_body("Content-Length: 4") && has_body("Transfer-Encoding: chunked"));
        assert!(!has_body("Content-Length: 0"));
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
            let size = bytes.len();
            let mut part = bytes[..cut].to_vec();
            match (parse(&mut bytes), parse(&mut part)) {
                (Ok(Some((request, length))), before) => {
                    assert!(length <= size && !request.method.is_empty());
                    assert!(cut >= length || before == Ok(None), "{before:?} became {request:?}");
                    seen[0] += 1;
                }
                // What is wrong may be seen early or late; what is not all there was not all there before.
                (Err(status), _) => {
                    assert!([400, 431, 501, 505].contains(&status));
                    seen[1] += 1;
                }
                (Ok(None), before) => {
                    assert_eq!(before, Ok(None));
                    seen[2] += 1;
                }
            }
        }
        assert!(seen.iter().all(|count| *count > 100), "each of the three was tried: {seen:?}");
    }
}
