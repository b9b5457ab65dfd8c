//! The channel between the primary and a worker: short messages, some with a socket attached (`SCM_RIGHTS`, unix(7)).

use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::os::unix::net::UnixStream;

use uds::UnixStreamExt;

/// What the two processes say: one byte on the wire, its index in [`MESSAGES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Message {
    /// Worker: I listen, or wait for a connection. If I was handed one, this acknowledges it: now I read it.
    Ready,
    /// Primary: serve the attached connection.
    Connection,
    /// Worker: I cannot serve that connection now. Keep it, and hand me none until I am ready.
    NoRoom,
    /// Primary: the service ends. Accept no more, announce the end in your replies. I may still hand you connections.
    Drain,
    /// Primary: accept no more, finish what has begun, then leave.
    Leave,
}

const MESSAGES: [Message; 5] = [Message::Ready, Message::Connection, Message::NoRoom, Message::Drain, Message::Leave];

/// One end. What is attached comes with its byte, and each read takes one byte: so no message is mixed with the next.
#[derive(Debug)]
pub(crate) struct Channel(
    /// For the poller to watch.
    pub(crate) UnixStream,
);

impl Channel {
    /// The primary's end, and the worker's, which is to become its standard input: so it is inherited without
    /// clearing close-on-exec on a descriptor that another child could inherit as well.
    pub(crate) fn pair() -> io::Result<(Self, OwnedFd)> {
        let (ours, theirs) = UnixStream::pair()?;
        ours.set_nonblocking(true)?;
        theirs.set_nonblocking(true)?;
        Ok((Self(ours), theirs.into()))
    }

    /// In a worker: the channel to its primary.
    pub(crate) fn to_primary() -> io::Result<Self> {
        Ok(Self(io::stdin().as_fd().try_clone_to_owned()?.into()))
    }

    pub(crate) fn send(&self, message: Message, attached: Option<BorrowedFd>) -> io::Result<()> {
        let descriptor = attached.map(|fd| fd.as_raw_fd());
        self.0.send_fds(&[message as u8], descriptor.as_slice())?;
        Ok(())
    }

    /// The next message and what is attached to it, without waiting for one; `None` when there is none for now,
    /// `UnexpectedEof` when the other process has gone. What it sent before is still delivered.
    ///
    /// Where this process may open no more descriptors, the socket that was attached is missing (`MSG_CTRUNC`,
    /// recvmsg(2)). If several are attached, all but the first are closed.
    pub(crate) fn receive(&self) -> io::Result<Option<(Message, Option<OwnedFd>)>> {
        let (mut byte, mut descriptor) = ([0], [-1]);
        let count = match self.0.recv_fds(&mut byte, &mut descriptor) {
            Ok((0, _)) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok((_, count)) => count,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
            // The other process died with our messages unread. This is reported once.
            Err(error) if error.kind() == ErrorKind::ConnectionReset => return self.receive(),
            Err(error) => return Err(error),
        };
        // SAFETY: the kernel just made this descriptor for us; nobody else has it.
        let attached = (count == 1).then(|| unsafe { OwnedFd::from_raw_fd(descriptor[0]) });
        let message = MESSAGES.get(usize::from(byte[0])).ok_or(ErrorKind::InvalidData)?;
        Ok(Some((*message, attached)))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::{Read, Write};

    use nix::libc::O_CLOEXEC;

    use super::*;

    fn pair() -> (Channel, Channel) {
        let (one, other) = Channel::pair().unwrap();
        (one, Channel(other.into()))
    }

    #[test]
    fn a_socket_arrives_with_its_message_and_works() {
        let (primary, worker) = pair();
        let (mut client, server) = UnixStream::pair().unwrap();
        primary.send(Message::Connection, Some(server.as_fd())).unwrap();
        drop(server); // the one in the message is another descriptor for the same socket
        let Some((Message::Connection, Some(received))) = worker.receive().unwrap() else { panic!() };
        UnixStream::from(received).write_all(b"here").unwrap();
        let mut text = String::new();
        client.read_to_string(&mut text).unwrap();
        assert_eq!(text, "here");
    }

    #[test]
    fn a_second_descriptor_is_closed() {
        let (primary, worker) = pair();
        let (one, mut other) = UnixStream::pair().unwrap();
        primary.0.send_fds(&[Message::Connection as u8], &[one.as_raw_fd(); 2]).unwrap();
        drop(one);
        let received = worker.receive().unwrap();
        assert!(matches!(received, Some((Message::Connection, Some(_)))));
        drop(received);
        assert_eq!(other.read(&mut [0]).unwrap(), 0, "no copy is left open");
    }

    #[test]
    fn messages_that_wait_together_keep_apart_and_so_do_their_sockets() {
        let (primary, worker) = pair();
        let (one, _other) = UnixStream::pair().unwrap();
        primary.send(Message::Connection, Some(one.as_fd())).unwrap();
        primary.send(Message::Drain, None).unwrap();
        primary.send(Message::Connection, Some(one.as_fd())).unwrap();
        let received: Vec<_> = std::iter::from_fn(|| worker.receive().unwrap()).collect();
        let said: Vec<_> = received.iter().map(|(message, attached)| (*message, attached.is_some())).collect();
        assert_eq!(said, [(Message::Connection, true), (Message::Drain, false), (Message::Connection, true)]);
        assert!(received.iter().flat_map(|(_, attached)| attached).all(is_closed_by_exec));
    }

    fn is_closed_by_exec(descriptor: &OwnedFd) -> bool {
        let info = fs::read_to_string(format!("/proc/self/fdinfo/{}", descriptor.as_raw_fd())).unwrap();
        let flags = info.lines().find_map(|line| line.strip_prefix("flags:")).unwrap().trim();
        i32::from_str_radix(flags, 8).unwrap() & O_CLOEXEC != 0
    }

    #[test]
    fn what_a_worker_said_before_it_died_is_heard_though_it_left_a_message_unread() {
        let (primary, worker) = pair();
        assert!(primary.receive().unwrap().is_none());
        primary.send(Message::Connection, None).unwrap();
        worker.send(Message::Ready, None).unwrap();
        drop(worker);
        assert!(matches!(primary.receive().unwrap(), Some((Message::Ready, None))));
        assert_eq!(primary.receive().unwrap_err().kind(), ErrorKind::UnexpectedEof);
        assert!(primary.send(Message::Drain, None).is_err());
    }
}
