//! Shows the lessons of the chapter, in the order in which it is read, or serves.

use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

use cluster::cli::{self, Output};
use cluster::lessons::LESSONS;
use cluster::primary::serve;
use cluster::settings::Settings;
use cluster::support::{inherited, roles};

const USAGE: &str = "\
Many processes, one port.

Usage: cluster [LESSON]...   the lessons named, or all
       cluster --list        their names
       cluster --help        this text
       cluster serve [OPTION]...
           HTTP until SIGINT or SIGTERM, then drains (a second one ends
           at once). SIGHUP from kill, or without a terminal, replaces
           the workers; from a terminal that closes it drains and ends;
           under nohup it is ignored.
  --port P          on 127.0.0.1 [0: any that is free]
  --workers N       1 to 256 [as many as CPUs]
  --schedule S      round-robin, shared or reuseport [round-robin]
  --connections N   at once, for each worker [1000]
  --allow-faults    /crash kills the worker that gets it";

fn main() -> ExitCode {
    let args: Vec<OsString> = env::args_os().skip(1).collect();
    inherited::reset(args.first().is_some_and(|first| first == "child"));
    if let Some(code) = roles::run(&args) {
        return code;
    }
    match args.split_first() {
        Some((first, options)) if first == "serve" => cli::finish(USAGE, serve_until_end(options)),
        _ => cli::run(USAGE, LESSONS, args),
    }
}

fn serve_until_end(options: &[OsString]) -> anyhow::Result<ExitCode> {
    if options.iter().any(|option| option == "--help" || option == "-h") {
        return Ok(cli::run(USAGE, LESSONS, vec!["--help".into()]));
    }
    serve(&Settings::parse(options)?, &mut Output)?;
    Ok(ExitCode::SUCCESS)
}
