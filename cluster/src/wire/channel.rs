//! The channel between the primary and a worker: short messages, some with a socket attached (`SCM_RIGHTS`, unix(7)).

use std::io::{self, ErrorKind, IoSlice, IoSliceMut};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

use nix::cmsg_space;
use nix::errno::Errno;
use nix::sys::socket::{
    AddressFamily, ControlMessage, ControlMessageOwned, MsgFlags, SockFlag, SockType, recvmsg, sendmsg, socketpair,
};

/// What the two processes say: one byte on the wire, its index in [`MESSAGES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Message {
    /// Worker: I run.
    Online,
    /// Worker: I listen, or wait for a connection. The last one is mine, and I begin to read it.
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

const MESSAGES: [Message; 6] = {
    use Message::*;
    [Online, Ready, Connection, NoRoom, Drain, Leave]
};

/// One end. `SOCK_SEQPACKET` keeps messages apart, and a descriptor with its message.
#[derive(Debug)]
pub(crate) struct Channel(OwnedFd);

impl Channel {
    /// The primary's end, and the worker's, which is to become its standard input: so it is inherited without
    /// clearing close-on-exec on a descriptor that another child could inherit as well.
    pub(crate) fn pair() -> io::Result<(Self, OwnedFd)> {
        let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
        let (ours, theirs) = socketpair(AddressFamily::Unix, SockType::SeqPacket, None, flags)?;
        Ok((Self(ours), theirs))
    }

    /// In a worker: the channel to its primary.
    pub(crate) fn to_primary() -> io::Result<Self> {
        Ok(Self(io::stdin().as_fd().try_clone_to_owned()?))
    }

    pub(crate) fn send(&self, message: Message, attached: Option<BorrowedFd>) -> io::Result<()> {
        let fds = attached.map(|fd| [fd.as_raw_fd()]);
        let rights: Vec<_> = fds.iter().map(|fds| ControlMessage::ScmRights(fds)).collect();
        let byte = [message as u8];
        sendmsg::<()>(self.0.as_raw_fd(), &[IoSlice::new(&byte)], &rights, MsgFlags::MSG_NOSIGNAL, None)?;
        Ok(())
    }

    /// The next message and what is attached to it, without waiting for one; `None` when there is none for now,
    /// `UnexpectedEof` when the other process has gone. What it sent before is still delivered.
    ///
    /// Where this process may open no more descriptors the message comes without its own (`MSG_CTRUNC`, recvmsg(2)).
    pub(crate) fn receive(&self) -> io::Result<Option<(Message, Option<OwnedFd>)>> {
        let mut byte = [0];
        let mut space = cmsg_space!(RawFd);
        let mut slices = [IoSliceMut::new(&mut byte)];
        let flags = MsgFlags::MSG_CMSG_CLOEXEC;
        let received = loop {
            match recvmsg::<()>(self.0.as_raw_fd(), &mut slices, Some(&mut space), flags) {
                // Reset: the other process died with our messages unread. Reported once, before what it sent us.
                Err(Errno::EINTR | Errno::ECONNRESET) => continue,
                Err(Errno::EAGAIN) => return Ok(None),
                received => break received?,
            }
        };
        if received.bytes == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let mut attached = None; // of several, the last one: the others are closed
        for control in received.cmsgs().into_iter().flatten() {
            let ControlMessageOwned::ScmRights(descriptors) = control else { continue };
            for descriptor in descriptors {
                // SAFETY: the kernel just made this descriptor for us; nobody else has it.
                attached = Some(unsafe { OwnedFd::from_raw_fd(descriptor) });
            }
        }
        let message = MESSAGES.get(usize::from(byte[0])).ok_or(ErrorKind::InvalidData)?;
        Ok(Some((*message, attached)))
    }
}

impl AsFd for Channel {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::os::unix::net::UnixStream;

    use super::*;

    fn pair() -> (Channel, Channel) {
        let (one, other) = Channel::pair().unwrap();
        (one, Channel(other))
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
        let both = [one.as_raw_fd(); 2];
        let rights = [ControlMessage::ScmRights(&both)];
        let byte = [Message::Connection as u8];
        let flags = MsgFlags::MSG_NOSIGNAL;
        sendmsg::<()>(primary.0.as_raw_fd(), &[IoSlice::new(&byte)], &rights, flags, None).unwrap();
        drop(one);
        let received = worker.receive().unwrap();
        assert!(matches!(received, Some((Message::Connection, Some(_)))));
        drop(received);
        assert_eq!(other.read(&mut [0]).unwrap(), 0, "no copy is left open");
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
