//! A reply: its status line, its fields, its body.

use std::io::Write;
use std::time::{SystemTime, UNIX_EPOCH};

pub(crate) struct Reply<'a> {
    pub(crate) status: u16,
    pub(crate) body: &'a str,
    /// The request was HEAD: the reply says how long the body would be, and leaves it out.
    pub(crate) head_only: bool,
    /// The connection is closed after it.
    pub(crate) close: bool,
}

impl Reply<'_> {
    /// Appends it to the output of a connection.
    pub(crate) fn write(&self, out: &mut Vec<u8>, date: &str) {
        let line = match self.status {
            200 => "200 OK",
            400 => "400 Bad Request",
            404 => "404 Not Found",
            405 => "405 Method Not Allowed\r\nAllow: GET, HEAD",
            408 => "408 Request Timeout",
            414 => "414 URI Too Long",
            431 => "431 Request Header Fields Too Large",
            501 => "501 Not Implemented",
            505 => "505 HTTP Version Not Supported",
            status => unreachable!("no reply of this service has the status {status}"),
        };
        let length = self.body.len();
        let body = if self.head_only { "" } else { self.body };
        let close = if self.close { "Connection: close\r\n" } else { "" };
        let fields = format_args!("Date: {date}\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n{close}");
        let _ = write!(out, "HTTP/1.1 {line}\r\n{fields}\r\n{body}"); // a Vec takes all
    }
}

/// The value of the field `Date` (RFC 9110, 6.6.1), written anew once a second.
#[derive(Debug, Default)]
pub(crate) struct Date {
    second: u64,
    text: String,
}

impl Date {
    pub(crate) fn now(&mut self) -> &str {
        let now = SystemTime::now();
        let second = now.duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
        if second != self.second || self.text.is_empty() {
            self.second = second;
            self.text = httpdate::fmt_http_date(now);
        }
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_to_head_has_the_length_and_no_body() {
        let mut out = Vec::new();
        Reply { status: 200, body: "1234", head_only: true, close: true }.write(&mut out, Date::default().now());
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("Content-Length: 4\r\nConnection: close\r\n") && text.ends_with("\r\n\r\n"), "{text}");
        assert!(text.contains("\r\nDate: ") && text.contains(" GMT\r\n"), "{text}");
    }
}
