//! Shows the lessons of the chapter, in the order in which it is read.

use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

use thread_basics::support::{inherited, roles};
use thread_basics::{LESSONS, cli};

const USAGE: &str = "\
Threads: they share memory and resources, and most faults
of one thread end all of them.

Usage: thread-basics [LESSON]...   show the named lessons, or all
       thread-basics --list        list their names
       thread-basics --help        show this text";

fn main() -> ExitCode {
    let args: Vec<OsString> = env::args_os().skip(1).collect();
    let is_child = args.first().is_some_and(|arg| arg == "child");
    inherited::reset(is_child);
    // A child that was started in a role plays it; else this is the program that shows the lessons.
    roles::run(&args).unwrap_or_else(|| cli::run(USAGE, LESSONS, args))
}
