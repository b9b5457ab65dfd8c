#![doc = include_str!("../README.md")]

#[cfg(not(target_os = "linux"))]
compile_error!("this course shows Linux system calls (fork, /proc, epoll): build it on Linux, x86-64 or ARM");

pub mod cli; // the command line
pub mod schedule; // who accepts a connection: three ways
pub mod settings; // what to serve, and how
pub mod primary; // the process that keeps the workers
pub mod worker; // a process that serves many connections
pub mod wire; // messages and sockets between them
pub mod client; // the service seen from outside
pub mod lessons; // what the chapter shows
pub mod support; // this program as a child
