//! A client that asks and sees status and body of the reply, whatever they are.

use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long the client waits for a connection, or for something to read. A busy disk was seen to keep new processes from
/// starting for eleven seconds.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(30);

/// A reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Response {
    /// The status code.
    pub(crate) status: u16,
    /// The body: this service sends one line of text.
    pub(crate) body: String,
}

impl Response {
    /// The pid that begins the body of a reply to `/`, `/count` or `/work`.
    ///
    /// # Errors
    /// `InvalidData` when the status is not 200 or there is none.
    pub(crate) fn pid(&self) -> io::Result<u32> {
        let pid = self.body.split_whitespace().next().and_then(|word| word.parse().ok()).filter(|_| self.status == 200);
        pid.ok_or_else(|| io::Error::new(ErrorKind::InvalidData, format!("no pid in {self:?}")))
    }
}

/// A connection that is kept for several requests.
#[derive(Debug)]
pub(crate) struct Client(
    /// For what else is to be written or read.
    pub(crate) BufReader<TcpStream>,
);

impl Client {
    /// Connects.
    ///
    /// # Errors
    /// Those of connect(2); `TimedOut` after [`TIMEOUT`].
    pub(crate) fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Sends a request for `path` and waits for the reply.
    ///
    /// # Errors
    /// Those of [`Client::send`] and [`Client::receive`].
    pub(crate) fn get(&mut self, path: &str) -> io::Result<Response> {
        self.send(path)?;
        self.receive()
    }

    /// Sends a request for `path`, and does not wait.
    ///
    /// # Errors
    /// Those of write(2).
    pub(crate) fn send(&mut self, path: &str) -> io::Result<()> {
        self.0.get_mut().write_all(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes())
    }

    /// Waits for the next reply to a GET: a head that ends with an empty line, and a body of one line.
    ///
    /// # Errors
    /// `InvalidData` without a status; `UnexpectedEof` or `ConnectionReset` when the server closed the connection
    /// instead; `WouldBlock` after [`TIMEOUT`] without a byte.
    pub(crate) fn receive(&mut self) -> io::Result<Response> {
        let status = self.line()?.get(9..12).and_then(|digits| digits.parse().ok()).ok_or(ErrorKind::InvalidData)?;
        while self.line()? != "\r\n" {}
        Ok(Response { status, body: self.line()? })
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        self.0.read_line(&mut line)?;
        if line.ends_with('\n') { Ok(line) } else { Err(ErrorKind::UnexpectedEof.into()) }
    }
}

/// One request on a new connection, closed afterwards.
///
/// # Errors
/// Those of [`Client::connect`] and [`Client::get`].
pub(crate) fn get(address: SocketAddr, path: &str) -> io::Result<Response> {
    Client::connect(address)?.get(path)
}
