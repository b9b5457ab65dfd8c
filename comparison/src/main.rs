//! Runs the experiments, writes the tables again, and saves the report.

use std::env;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Instant, SystemTime};

use anyhow::Context;
use clap::{Parser, Subcommand};
use comparison::experiments::{self, Plan, Spec};
use comparison::interrupt::Interrupt;
use comparison::placement::allowed_cpus;
use comparison::predict::{self, Guess};
use comparison::report::{Experiment, Mode, Report, Run, SCHEMA, Status};
use comparison::runner;
use comparison::{child, machine, render, saved, tables};
use console::Term;

/// The document's three tables, measured here and now.
///
/// Runs the chapters' operations as experiments, each in a process of its own; prints the tables, and writes
/// report.json, report.md and report.html.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Draw>,

    /// Fewer samples
    #[arg(long)]
    quick: bool,

    /// Only these experiments, or groups of them: communication, overhead.by_parent
    #[arg(long, value_name = "ID", num_args = 1..)]
    only: Vec<String>,

    /// List the experiments and end
    #[arg(long)]
    list: bool,

    /// Where the report goes [default: target/comparison]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Without the real Node.js, even where it is installed
    #[arg(long)]
    no_node: bool,

    /// Puts the tables into this file, too, between <!-- comparison:begin --> and <!-- comparison:end -->
    #[arg(long, value_name = "FILE")]
    readme: Option<PathBuf>,

    /// Ask for your guess before each claim, and show it beside the measurement
    #[arg(long)]
    predict: bool,

    /// Seeds the order of the arms; random by default, and recorded
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

#[derive(Subcommand)]
enum Draw {
    /// Draw a saved report again
    Render {
        /// A report.json
        report: PathBuf,
        /// Where its files go; needed without --readme
        #[arg(long, value_name = "DIR", required_unless_present = "readme")]
        out: Option<PathBuf>,
        /// A file that gets the tables, between its markers
        #[arg(long, value_name = "FILE")]
        readme: Option<PathBuf>,
    },
    /// Many machines' reports as one table
    Class {
        /// A report.json of each machine
        #[arg(required = true, value_name = "REPORT")]
        reports: Vec<PathBuf>,
    },
}

fn main() -> ExitCode {
    let args: Vec<OsString> = env::args_os().skip(1).collect();
    if let Some(code) = child::run(&args) {
        return code;
    }
    let cli = Cli::parse();
    let specs = match chosen(&cli.only) {
        Ok(specs) => specs,
        Err(wrong) => {
            complain(&wrong);
            return ExitCode::from(2);
        }
    };
    let done = match &cli.command {
        Some(Draw::Render { report, out, readme }) => draw_again(report, out.as_deref(), readme.as_deref()),
        Some(Draw::Class { reports }) => class(reports),
        None if cli.list => list(&specs),
        None => measure(&cli, &specs),
    };
    done.unwrap_or_else(|error| {
        complain(&format!("{error:#}"));
        ExitCode::FAILURE
    })
}

fn list(specs: &[&Spec]) -> anyhow::Result<ExitCode> {
    let line = |spec: &&Spec| format!("{:<40} {}\n", spec.id, spec.about);
    print(&specs.iter().map(line).collect::<String>())?;
    Ok(ExitCode::SUCCESS)
}

/// The experiments that the ids name, each an id or the beginning of some; all, when there are none.
fn chosen(ids: &[String]) -> Result<Vec<&'static Spec>, String> {
    let names = |id: &str, spec: &Spec| spec.id == id || spec.id.starts_with(&format!("{id}."));
    if let Some(unknown) = ids.iter().find(|id| !experiments::all().any(|spec| names(id, spec))) {
        return Err(format!("no experiment is named '{unknown}'; the nearest are: {}", nearest(unknown)));
    }
    Ok(experiments::all().filter(|spec| ids.is_empty() || ids.iter().any(|id| names(id, spec))).collect())
}

fn nearest(unknown: &str) -> String {
    let mut ids: Vec<&str> = experiments::all().map(|spec| spec.id).collect();
    ids.sort_by(|a, b| strsim::jaro_winkler(unknown, b).total_cmp(&strsim::jaro_winkler(unknown, a)));
    ids.truncate(3);
    ids.join(", ")
}

fn measure(cli: &Cli, specs: &[&'static Spec]) -> anyhow::Result<ExitCode> {
    let out = cli.out.clone().unwrap_or_else(default_out);
    prepare(Some(&out), cli.readme.as_deref())?; // before the minutes of measuring, not after
    let machine = machine::look(!cli.no_node).context("cannot tell what machine this is")?;
    let mode = if cli.quick { Mode::Quick } else { Mode::Full };
    let seed = cli.seed.unwrap_or_else(|| fastrand::u64(..1 << 32));
    let plan =
        Plan { program: child::OWN_PROGRAM.into(), mode, seed, cpus: allowed_cpus()?, node: machine.node.is_some() };

    let guesses = if cli.predict { predict(specs)? } else { Vec::new() };

    let (start, started) = (Instant::now(), humantime::format_rfc3339_seconds(SystemTime::now()).to_string());
    let interrupt = Interrupt::catch().context("cannot catch Ctrl-C")?;
    let experiments = runner::run(specs, &plan, &interrupt);
    let run = Run { mode, seed, started, seconds: start.elapsed().as_secs_f64() };
    let tables = tables::write(&experiments);
    let report = Report { schema: SCHEMA, machine, run, experiments, tables };

    deliver(&report, Some(&out), cli.readme.as_deref())?;
    if cli.predict {
        print(&predict::beside(&guesses, &report.tables, width()))?;
    }
    let not_done = |experiment: &Experiment| {
        experiment.status == Status::Failed || experiment.why.as_deref() == Some(runner::INTERRUPTED)
    };
    Ok(if report.experiments.iter().any(not_done) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Asks on standard output and input, a terminal or not.
fn predict(specs: &[&Spec]) -> anyhow::Result<Vec<Guess>> {
    let ids: Vec<&str> = specs.iter().map(|spec| spec.id).collect();
    predict::ask(&ids, &mut io::stdin().lock(), &mut io::stdout().lock()).context("cannot ask for your guesses")
}

/// Columns of the terminal; 100 where there is none.
fn width() -> u16 {
    Term::stdout().size_checked().map_or(100, |(_, columns)| columns)
}

/// Beside the program's own folder in the target folder that Cargo built it into.
fn default_out() -> PathBuf {
    let program = env::current_exe().unwrap_or_default();
    let target = program.ancestors().find(|folder| folder.ends_with("target")).unwrap_or(Path::new("target"));
    target.join("comparison")
}

fn draw_again(saved: &Path, out: Option<&Path>, readme: Option<&Path>) -> anyhow::Result<ExitCode> {
    let report = saved::load(saved)?;
    prepare(out, readme)?;
    deliver(&report, out, readme)?;
    Ok(ExitCode::SUCCESS)
}

/// Those that can be read are compared; of the others it tells why not.
fn class(files: &[PathBuf]) -> anyhow::Result<ExitCode> {
    let mut reports = Vec::new();
    for file in files {
        match saved::load(file) {
            Ok(report) => reports.push((file.display().to_string(), report)),
            Err(error) => complain(&format!("{error:#}")),
        }
    }
    if !reports.is_empty() {
        print(&render::class::render(&reports, width()))?;
    }
    Ok(if reports.len() == files.len() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn prepare(out: Option<&Path>, readme: Option<&Path>) -> anyhow::Result<()> {
    out.map_or(Ok(()), saved::prepare)?;
    readme.map_or(Ok(()), render::readme::check)
}

/// Writes and prints the report. Neither a full disk nor a closed terminal loses what was measured.
fn deliver(report: &Report, out: Option<&Path>, readme: Option<&Path>) -> anyhow::Result<()> {
    let mut text = render::terminal::render(report, width(), Term::stdout().features().colors_supported());
    if let Some(out) = out {
        let files = out.join("report.{json,md,html}");
        text += &format!("every sample, and plots: {}\n", files.display());
    }
    let shown = print(&text);
    let saved = out.map_or(Ok(()), |out| saved::save(report, out));
    let updated = readme.map_or(Ok(()), |file| render::readme::update(file, report));
    saved.and(updated).and(shown)
}

/// Prints. A reader who has left (`… | head -1`) is no failure: the report is saved.
fn print(text: &str) -> anyhow::Result<()> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(error).context("cannot write to standard output")
        }
        _ => Ok(()),
    }
}

fn complain(message: &str) {
    let _ = writeln!(io::stderr(), "comparison: {message}");
}
