//! What the lessons need beside their one idea.

pub mod own_program; // this program again, as a child
pub mod roles; // what such a child does
pub mod inherited; // puts back what a parent may have left
pub mod guard; // a child that is killed and reaped when it is dropped
pub mod deadline; // reading from a child that may say nothing
pub mod pidfd; // waiting for a child with a deadline
pub mod proc; // what /proc says about a process
pub mod handshake; // how parent and child come by a channel
pub mod echo; // a child that answers
pub mod fault; // seven ways to fail
