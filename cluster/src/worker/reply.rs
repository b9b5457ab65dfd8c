//! A reply: its status line, its fields, its body.

use std::io::Write;
use std::time::SystemTime;

use httpdate::HttpDate;

pub(crate) struct Reply {
    pub(crate) status: u16,
    /// Without one, the status is explained.
    pub(crate) body: Option<String>,
    /// The request was HEAD: the reply says how long the body would be, and leaves it out.
    pub(crate) head_only: bool,
    /// The connection is closed after it.
    pub(crate) close: bool,
}

/// A status line, further fields, and what the status means here.
fn explain(status: u16) -> (&'static str, &'static str) {
    match status {
        200 => ("200 OK", ""),
        400 => ("400 Bad Request", "this is no valid HTTP request"),
        404 => ("404 Not Found", "no such path; there are /, /count and /work?ms=N"),
        405 => ("405 Method Not Allowed\r\nAllow: GET, HEAD", "only GET and HEAD"),
        408 => ("408 Request Timeout", "the request took too long to arrive"),
        414 => ("414 URI Too Long", "the head of a request has at most 8 KiB"),
        431 => ("431 Request Header Fields Too Large", "the head of a request has at most 8 KiB"),
        501 => ("501 Not Implemented", "unknown; the methods are GET and HEAD, the only transfer coding is chunked"),
        505 => ("505 HTTP Version Not Supported", "this service speaks HTTP/1.1"),
        _ => unreachable!("no reply of this service has the status {status}"),
    }
}

impl Reply {
    /// Appends it to the output of a connection.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let (line, meaning) = explain(self.status);
        let date = HttpDate::from(SystemTime::now()); // RFC 9110, 6.6.1
        let body = self.body.as_deref().unwrap_or(meaning);
        let length = body.len() + 1;
        let close = if self.close { "Connection: close\r\n" } else { "" };
        // A Vec takes all.
        let _ = write!(out, "HTTP/1.1 {line}\r\nDate: {date}\r\nContent-Type: text/plain\r\n");
        let _ = write!(out, "Content-Length: {length}\r\n{close}\r\n");
        if !self.head_only {
            let _ = writeln!(out, "{body}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_to_head_has_the_length_and_no_body() {
        let mut out = Vec::new();
        Reply { status: 200, body: Some("123".into()), head_only: true, close: true }.write(&mut out);
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("Content-Length: 4\r\nConnection: close\r\n") && text.ends_with("\r\n\r\n"), "{text}");
        assert!(text.contains("\r\nDate: ") && text.contains(" GMT\r\n"), "{text}");
    }
}
