//! Runs the experiments, writes the tables again, and saves the report.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Instant, SystemTime};

use anyhow::{Context, bail};
use clap::{Parser, Subcommand};
use comparison::experiments::{self, Spec};
use comparison::interrupt::Interrupt;
use comparison::placement::allowed_cpus;
use comparison::predict::{self, Guess};
use comparison::report::{Experiment, Mode, Report, Run, SCHEMA, Status};
use comparison::runner::{self, Options};
use comparison::{child, machine, render, tables};

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

    /// Only these experiments, or those whose id begins so
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
        /// Where its files go
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
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
        Some(Draw::Render { report, out }) => draw_again(report, out),
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
    prepare(&out)?; // before the minutes of measuring, not after
    let machine = machine::look(!cli.no_node).context("cannot tell what machine this is")?;
    let mode = if cli.quick { Mode::Quick } else { Mode::Full };
    let seed = cli.seed.unwrap_or_else(|| fastrand::u64(..1 << 32));
    let options = Options { mode, seed, node: machine.node.is_some(), cpus: allowed_cpus()? };

    let guesses = if cli.predict { predict(specs)? } else { Vec::new() };

    let (start, started) = (Instant::now(), humantime::format_rfc3339_seconds(SystemTime::now()).to_string());
    let interrupt = Interrupt::catch().context("cannot catch Ctrl-C")?;
    let experiments = runner::run(specs, &options, &interrupt);
    let run = Run { mode, seed, started, seconds: start.elapsed().as_secs_f64() };
    let tables = tables::write(&experiments);
    let report = Report { schema: SCHEMA, machine, run, experiments, tables };

    // Neither a full disk nor a closed terminal loses what was measured.
    let shown = show(&report, &out);
    save(&report, &out).and(shown)?;
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
    console::Term::stdout().size_checked().map_or(100, |(_, columns)| columns)
}

/// Beside the program's own folder in the target folder that Cargo built it into.
fn default_out() -> PathBuf {
    let program = env::current_exe().unwrap_or_default();
    let target = program.ancestors().find(|folder| folder.ends_with("target")).unwrap_or(Path::new("target"));
    target.join("comparison")
}

fn draw_again(saved: &Path, out: &Path) -> anyhow::Result<ExitCode> {
    let report = load(saved)?;
    prepare(out)?;
    let shown = show(&report, out);
    save(&report, out).and(shown)?;
    Ok(ExitCode::SUCCESS)
}

fn load(saved: &Path) -> anyhow::Result<Report> {
    let json = fs::read(saved).with_context(|| format!("cannot read {}", saved.display()))?;
    let remedy = "give a report.json that this program wrote";
    let value: serde_json::Value =
        serde_json::from_slice(&json).with_context(|| format!("{} is not JSON; {remedy}", saved.display()))?;
    match value.get("schema").and_then(serde_json::Value::as_u64) {
        Some(schema) if schema == u64::from(SCHEMA) => {}
        other => bail!("{} has schema {other:?}, not {SCHEMA}; {remedy}", saved.display()),
    }
    serde_json::from_value(value).with_context(|| format!("{} is not a whole report; {remedy}", saved.display()))
}

/// Makes the folder, and tries whether a file can be written there: one without a name, so that none is left.
fn prepare(out: &Path) -> anyhow::Result<()> {
    let cannot = || format!("cannot write to the folder {}; choose another with --out", out.display());
    fs::create_dir_all(out).with_context(cannot)?;
    tempfile::tempfile_in(out).map(drop).with_context(cannot)
}

fn save(report: &Report, out: &Path) -> anyhow::Result<()> {
    let json = serde_json::to_string_pretty(report)? + "\n";
    let files = [
        ("report.json", json),
        ("report.md", render::markdown::render(report)),
        ("report.html", render::html::render(report)),
    ];
    for (name, text) in files {
        let file = out.join(name);
        fs::write(&file, text)
            .with_context(|| format!("cannot write {}; choose another place with --out", file.display()))?;
    }
    Ok(())
}

fn show(report: &Report, out: &Path) -> anyhow::Result<()> {
    let files = out.join("report.{json,md,html}");
    let tables = render::terminal::render(report, width());
    print(&format!("{tables}the rule of each verdict, and every sample: {}\n", files.display()))
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
