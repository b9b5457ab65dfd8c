//! The service seen from outside: a client that asks and waits for the answer.

pub mod answers; // which worker answers
pub mod cluster; // a whole cluster as a value
pub mod load; // many clients at once

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long the client waits for a connection, a read or a write.
pub const TIMEOUT: Duration = Duration::from_secs(5);
/// The largest body it accepts, in bytes.
const MAX_BODY: usize = 64 * 1024;

/// A reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The body. This service sends text.
    pub body: String,
    /// The server closes the connection after this reply.
    pub close: bool,
}

impl Response {
    /// The pid that begins the body of a reply to `/`, `/count` or `/work`.
    ///
    /// # Errors
    /// `InvalidData` when the status is not 200 or there is none.
    pub fn pid(&self) -> io::Result<u32> {
        let pid = self.body.split_whitespace().next().and_then(|word| word.parse().ok()).filter(|_| self.status == 200);
        pid.ok_or_else(|| invalid(format!("no pid in the reply {} '{}'", self.status, self.body.trim_end())))
    }
}

/// A connection that is kept for several requests.
#[derive(Debug)]
pub struct Client(BufReader<TcpStream>);

impl Client {
    /// Connects.
    ///
    /// # Errors
    /// Those of connect(2); `TimedOut` after [`TIMEOUT`].
    pub fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        stream.set_write_timeout(Some(TIMEOUT))?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Sends a request for `path` and waits for the reply.
    ///
    /// # Errors
    /// Those of [`Client::send`] and [`Client::receive`].
    pub fn get(&mut self, path: &str) -> io::Result<Response> {
        self.send(path)?;
        self.receive()
    }

    /// Sends a request for `path`, and does not wait.
    ///
    /// # Errors
    /// Those of write(2).
    pub fn send(&mut self, path: &str) -> io::Result<()> {
        self.write(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes())
    }

    /// Sends bytes as they are.
    ///
    /// # Errors
    /// Those of write(2).
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.get_mut().write_all(bytes)
    }

    /// Waits for the next reply to a GET.
    ///
    /// # Errors
    /// `UnexpectedEof` or `ConnectionReset` when the server closed the connection instead; `TimedOut` after
    /// [`TIMEOUT`] without a byte; `InvalidData` when what came is no reply of this service.
    pub fn receive(&mut self) -> io::Result<Response> {
        self.read_reply().map_err(|error| match error.kind() {
            ErrorKind::WouldBlock => io::Error::new(ErrorKind::TimedOut, format!("no reply within {TIMEOUT:?}")),
            _ => error,
        })
    }

    fn read_reply(&mut self) -> io::Result<Response> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            if self.0.read_until(b'\n', &mut head)? == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
        }
        let mut fields = [httparse::EMPTY_HEADER; 8];
        let mut reply = httparse::Response::new(&mut fields);
        reply.parse(&head).map_err(|error| invalid(error.to_string()))?;
        let value = |name| reply.headers.iter().find(|field| field.name == name).map(|field| field.value);
        let length = value("Content-Length").and_then(|value| str::from_utf8(value).ok()?.parse().ok());
        let length = length.filter(|length| *length <= MAX_BODY);
        let length = length.ok_or_else(|| invalid("a reply without a length".to_owned()))?;
        let (status, close) = (reply.code.unwrap_or(0), value("Connection") == Some(b"close"));
        let mut body = vec![0; length];
        self.0.read_exact(&mut body)?;
        Ok(Response { status, body: String::from_utf8_lossy(&body).into_owned(), close })
    }
}

/// One request on a connection of its own.
///
/// # Errors
/// Those of [`Client::connect`], [`Client::send`] and [`Client::receive`].
pub fn get(address: SocketAddr, path: &str) -> io::Result<Response> {
    let mut client = Client::connect(address)?;
    client.write(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").as_bytes())?;
    client.receive()
}

fn invalid(why: String) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, why)
}
