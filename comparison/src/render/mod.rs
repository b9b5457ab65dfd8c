//! The report as text: on the terminal, as Markdown, as one HTML page.

use crate::experiments;
use crate::report::{Experiment, Report, Status};

pub mod html;
pub mod markdown;
pub mod terminal;

/// What machine and run the report is of, in a line.
fn provenance(report: &Report) -> String {
    let machine = &report.machine;
    let node = machine.node.as_ref().map_or("no Node.js".to_owned(), |version| format!("Node.js {version}"));
    let cpus = if machine.cpus == 1 { "1 CPU" } else { &format!("{} CPUs", machine.cpus) };
    format!(
        "{cpus}, Linux {}, huge pages {}, governor {}, {node}; {} run, {} of {} experiments, {}, seed {}, {:.0} s",
        machine.kernel,
        machine.thp,
        machine.governor,
        match report.run.mode {
            crate::report::Mode::Quick => "quick",
            crate::report::Mode::Full => "full",
        },
        report.experiments.len(),
        experiments::all().count(),
        report.run.started,
        report.run.seed,
        report.run.seconds
    )
}

/// The experiments that have no samples, with the reason.
fn without_samples(report: &Report) -> impl Iterator<Item = String> {
    let missing = report.experiments.iter().filter(|experiment| experiment.status != Status::Ok);
    missing.map(|experiment| {
        let what = if experiment.status == Status::Failed { "failed" } else { "left out" };
        format!("{} {what}: {}", experiment.id, experiment.why.as_deref().unwrap_or("no reason given"))
    })
}

/// An experiment's arm in words: median and spread, with its unit.
fn arms(experiment: &Experiment) -> impl Iterator<Item = [String; 4]> {
    experiment.arms.iter().map(|arm| {
        let figure = |value: f64| match arm.unit.as_str() {
            "ns" => crate::tables::time(value),
            unit => format!("{value:.1} {unit}"),
        };
        let spread = format!("{} to {}", figure(arm.p10), figure(arm.p90));
        [arm.name.clone(), figure(arm.median), spread, arm.samples.len().to_string()]
    })
}
