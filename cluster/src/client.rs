//! The other side: a client that asks and waits for the answer.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long the client waits for a connection, a read or a write.
pub const PATIENCE: Duration = Duration::from_secs(5);
/// The largest reply it accepts, in bytes.
const MAX_REPLY: usize = 64 * 1024;

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
        let pid = self.body.split(' ').next().and_then(|word| word.parse().ok()).filter(|_| self.status == 200);
        pid.ok_or_else(|| invalid(format!("no pid in the reply {} '{}'", self.status, self.body)))
    }
}

/// A connection that is kept for several requests.
#[derive(Debug)]
pub struct Client {
    stream: TcpStream,
    input: Vec<u8>,
}

impl Client {
    /// Connects.
    ///
    /// # Errors
    /// Those of connect(2); `TimedOut` after [`PATIENCE`].
    pub fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, input: Vec::new() })
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
        self.stream.write_all(bytes)
    }

    /// Waits for the next reply to a GET.
    ///
    /// # Errors
    /// `UnexpectedEof` or `ConnectionReset` when the server closed the connection instead; `WouldBlock` after
    /// [`PATIENCE`] without a byte; `InvalidData` when what came is no reply of this service.
    pub fn receive(&mut self) -> io::Result<Response> {
        loop {
            if let Some((response, length)) = parse(&self.input)? {
                self.input.drain(..length);
                return Ok(response);
            }
            let mut buffer = [0; 4096];
            let count = match self.stream.read(&mut buffer) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                count => count?,
            };
            self.input.extend(&buffer[..count]);
            if self.input.len() > MAX_REPLY {
                return Err(invalid(format!("a reply of more than {MAX_REPLY} bytes")));
            }
        }
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

/// The reply at the beginning of `bytes` and its length, once it is all there.
fn parse(bytes: &[u8]) -> io::Result<Option<(Response, usize)>> {
    let mut fields = [httparse::EMPTY_HEADER; 16];
    let mut head = httparse::Response::new(&mut fields);
    let httparse::Status::Complete(start) = head.parse(bytes).map_err(|error| invalid(error.to_string()))? else {
        return Ok(None);
    };
    let length = head.headers.iter().find(|field| field.name.eq_ignore_ascii_case("content-length"));
    let length = length.and_then(|field| str::from_utf8(field.value).ok()?.parse::<usize>().ok());
    let end = length.and_then(|length| start.checked_add(length)).ok_or_else(|| invalid("no length".to_owned()))?;
    let Some(body) = bytes.get(start..end) else { return Ok(None) };
    let close =
        head.headers.iter().any(|field| field.name.eq_ignore_ascii_case("connection") && field.value == b"close");
    let response = Response { status: head.code.unwrap_or(0), body: String::from_utf8_lossy(body).into_owned(), close };
    Ok(Some((response, end)))
}

fn invalid(why: String) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, why)
}
