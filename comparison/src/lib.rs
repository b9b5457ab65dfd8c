#![doc = include_str!("../README.md")]

#[cfg(not(target_os = "linux"))]
compile_error!("this course measures Linux system calls (fork, /proc, epoll): build it on Linux, x86-64 or ARM");

pub mod claims; // the document's rows: experiments, rule, sentences
pub mod measure; // arms in turn, fresh processes, ratios with an interval
pub mod node; // the real Node.js as a partner
pub mod report; // what is written: JSON, terminal, Markdown, HTML
pub mod roles; // this program as a child
