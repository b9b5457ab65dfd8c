//! What passes between processes: messages, sockets, and the port that they share.

pub(crate) mod channel; // messages between primary and worker, some with a socket attached
pub(crate) mod poller; // one wait for many descriptors
pub(crate) mod port; // the port: claimed once, closed to new clients in the end
