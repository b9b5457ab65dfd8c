//! Runs the experiments, writes the document's tables again, and saves the report.

use std::env;
use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use comparison::roles;
use process_basics::support::inherited;

mod args;
mod commands;

fn main() -> ExitCode {
    inherited::reset_signals(); // with SIGCHLD ignored, for instance, no child could be waited for
    let args: Vec<OsString> = env::args_os().skip(1).collect();
    if let Some(code) = roles::run(&args) {
        return code;
    }
    let done = args::parse(args).map_err(Into::into).and_then(commands::run);
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let wrong_usage = error.is::<lexopt::Error>();
            print_error(&if wrong_usage { format!("{error}") } else { format!("{error:#}") });
            ExitCode::from(if wrong_usage { 2 } else { 1 })
        }
    }
}

fn print_error(message: &str) {
    let _ = writeln!(io::stderr(), "comparison: {message}");
}
