//! What the command line asks for.

use std::ffi::OsString;
use std::path::PathBuf;

use lexopt::prelude::{Long, Short, Value, ValueExt};

pub(crate) const USAGE: &str = include_str!("usage.txt");

/// What to do.
#[derive(Debug, Default)]
pub(crate) enum Command {
    #[default]
    Measure,
    Help,
    List,
    /// A row, and the report that it is of.
    Explain(String, Option<PathBuf>),
    Render(PathBuf),
    Class(Vec<PathBuf>),
}

/// The whole command line.
#[derive(Debug, Default)]
pub(crate) struct Args {
    pub(crate) command: Command,
    pub(crate) quick: bool,
    pub(crate) only: Vec<String>,
    pub(crate) out: Option<PathBuf>,
    pub(crate) no_node: bool,
    pub(crate) seed: Option<u64>,
    pub(crate) predict: bool,
    pub(crate) readme: Option<PathBuf>,
    pub(crate) verbose: bool,
    pub(crate) csv: bool,
}

/// Reads the arguments.
pub(crate) fn parse(args: Vec<OsString>) -> Result<Args, lexopt::Error> {
    let mut parser = lexopt::Parser::from_args(args);
    let mut parsed = Args::default();
    let mut words: Vec<OsString> = Vec::new();
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Args { command: Command::Help, ..parsed }),
            Long("list") => parsed.command = Command::List,
            Long("quick") => parsed.quick = true,
            Long("no-node") => parsed.no_node = true,
            Long("predict") => parsed.predict = true,
            Long("verbose") => parsed.verbose = true,
            Long("csv") => parsed.csv = true,
            Long("only") => {
                for id in parser.values()? {
                    parsed.only.push(id.string()?);
                }
            }
            Long("out") => parsed.out = Some(parser.value()?.into()),
            Long("readme") => parsed.readme = Some(parser.value()?.into()),
            Long("seed") => {
                let value = parser.value()?;
                let not_a_number = |_| format!("--seed takes a whole number, not '{}'", value.to_string_lossy());
                parsed.seed = Some(value.parse().map_err(not_a_number)?);
            }
            Value(word) => words.push(word),
            other => return Err(format!("{}; see --help", other.unexpected()).into()),
        }
    }
    let mut words = words.into_iter();
    let Some(name) = words.next() else { return Ok(parsed) };
    parsed.command = match name.to_str() {
        Some("explain") => {
            let row = words.next().ok_or("explain takes a row, such as communication")?;
            Command::Explain(row.string()?, words.next().map(PathBuf::from))
        }
        Some("render") => Command::Render(words.next().ok_or("render takes one REPORT.json")?.into()),
        Some("class") if words.len() == 0 => return Err("class takes at least one REPORT.json".into()),
        Some("class") => Command::Class(words.by_ref().map(PathBuf::from).collect()),
        _ => return Err(format!("'{}' is no command; see --help", name.to_string_lossy()).into()),
    };
    match words.next() {
        Some(_) => Err("there are more arguments than this takes; see --help".into()),
        None => Ok(parsed),
    }
}
