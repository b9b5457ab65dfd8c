//! How fast the loop is: against the bare system calls, and against the real Node.js where it is installed.
//!
//! The arms of a line take turns in this one run; a ratio is the median of the turns' ratios, with the smallest and
//! the largest behind it.

mod echo;
mod measure;
mod node;
mod queues;
mod timers;
mod wake;

use std::process::ExitCode;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("speed: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> anyhow::Result<()> {
    println!("{}", measure::HEAD);
    queues::beside_system_calls()?.print();
    match node::Node::start() {
        Ok(_) => {
            queues::beside_node()?;
            echo::beside_node()?;
        }
        Err(error) => println!("(left out: Node.js, which cannot be run here: `node`: {error})"),
    }
    wake::print()?;
    timers::print()?;
    Ok(())
}
