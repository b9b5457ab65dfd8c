//! What the lessons need beside their one idea.

pub mod end; // an exit code, or a signal
pub mod guard; // a child that is killed and reaped when it is dropped
pub mod deadline; // waiting for an end or for data, with a deadline
pub mod own_program; // this program again, as a child
pub mod roles; // what such a child does
pub mod handshake; // how parent and child come by a channel
pub mod inherited; // puts back what a parent may have left
pub mod proc; // what /proc says about a process
pub mod fault; // seven ways to fail
