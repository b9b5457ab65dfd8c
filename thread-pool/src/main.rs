//! Shows the lessons of the chapter, in the order in which it is read.

use std::env;
use std::process::ExitCode;

use thread_pool::{LESSONS, cli};

const USAGE: &str = "\
The threads behind the event loop: one queue, a few threads, and
completions handed back.

Usage: thread-pool [LESSON]...   the lessons named, or all
       thread-pool --list        their names
       thread-pool --help        this text";

fn main() -> ExitCode {
    cli::run(USAGE, LESSONS, env::args_os().skip(1).collect())
}
