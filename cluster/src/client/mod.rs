//! The service seen from outside: a client that asks and waits for the answer.

pub mod cluster; // a whole cluster as a value

use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long the client waits for a connection, or for something to read.
const TIMEOUT: Duration = Duration::from_secs(5);

/// A connection that is kept for several requests.
#[derive(Debug)]
pub struct Client(BufReader<TcpStream>);

impl Client {
    /// Connects.
    ///
    /// # Errors
    /// Those of connect(2); `TimedOut` after 5 s.
    pub fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Sends a request for `path` and waits for the body of the reply.
    ///
    /// # Errors
    /// Those of [`Client::send`] and [`Client::receive`].
    pub fn get(&mut self, path: &str) -> io::Result<String> {
        self.send(path)?;
        self.receive()
    }

    /// Sends a request for `path`, and does not wait.
    ///
    /// # Errors
    /// Those of write(2).
    pub fn send(&mut self, path: &str) -> io::Result<()> {
        self.0.get_mut().write_all(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes())
    }

    /// Waits for the next reply: a head that ends with an empty line, and a body of one line, which is returned.
    ///
    /// # Errors
    /// `InvalidData` for a status other than 200; `UnexpectedEof` or `ConnectionReset` when the server closed the
    /// connection instead; `WouldBlock` after 5 s without a byte.
    pub fn receive(&mut self) -> io::Result<String> {
        let status = self.line()?;
        while self.line()? != "\r\n" {}
        let body = self.line()?;
        if status.starts_with("HTTP/1.1 200 ") { Ok(body) } else { Err(ErrorKind::InvalidData.into()) }
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
pub fn get(address: SocketAddr, path: &str) -> io::Result<String> {
    Client::connect(address)?.get(path)
}

/// The pid of the worker that answered: the body begins with it.
///
/// # Errors
/// `InvalidData` when there is none.
pub fn pid(body: &str) -> io::Result<u32> {
    let pid = body.split_whitespace().next().and_then(|word| word.parse().ok());
    pid.ok_or_else(|| ErrorKind::InvalidData.into())
}
