//! TCP: a listening socket, a connection, and writing without waiting.

pub(crate) mod listener;
pub(crate) mod stream;
pub(crate) mod write;
