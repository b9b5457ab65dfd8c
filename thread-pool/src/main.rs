//! Shows the lessons of the chapter, in the order in which it is read.

use std::env;
use std::process::ExitCode;

use thread_pool::{LESSONS, cli, inherited};

const USAGE: &str = "\
The thread pool behind the event loop: one queue, a few threads,
and callbacks on the thread that submitted the jobs.

Usage: thread-pool [LESSON]...   show the named lessons, or all
       thread-pool --list        list their names
       thread-pool --help        show this text";

fn main() -> ExitCode {
    inherited::reset(false);
    cli::run(USAGE, LESSONS, env::args_os().skip(1).collect())
}
