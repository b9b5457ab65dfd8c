//! Shows the lessons of the chapter, in the order in which it is read.

use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

use process_basics::support::{inherited, roles};
use process_basics::{LESSONS, cli};

const USAGE: &str = "\
A process: separate memory, a separate lifetime, and messages
through the kernel.

Usage: process-basics [LESSON]...   the lessons named, or all
       process-basics --list        their names
       process-basics --help        this text";

fn main() -> ExitCode {
    let args: Vec<OsString> = env::args_os().skip(1).collect();
    let is_child = args.first().is_some_and(|arg| arg == "child");
    inherited::reset(is_child);
    // A child that was started in a role plays it; else this is the program that shows the lessons.
    roles::run(&args).unwrap_or_else(|| cli::run(USAGE, LESSONS, args))
}
