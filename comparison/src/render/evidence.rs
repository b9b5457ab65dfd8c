//! What each experiment gave, and how far it can be trusted.

use itertools::Itertools;
use maud::{Markup, html};

use super::html::table;
use super::without_samples;
use crate::report::{Arm, Experiment, Report};
use crate::stats::{MATTERS, drift, outliers};
use crate::tables::{precise, time, times};
use crate::verdict::{LINE, noise};

const HEAD: [&str; 6] = ["Arm", "Median", "p10", "p90", "Samples", "Remarks"];

/// What the verdicts' words mean, what was not measured, and each experiment.
pub(super) fn all(report: &Report) -> Markup {
    let missing = without_samples(report);
    html! {
        p { (LINE) }
        @if !missing.is_empty() {
            h3 { "Not measured" }
            ul { @for why in &missing { li { (why) } } }
        }
        @for of in &report.experiments { (experiment(of)) }
    }
}

/// An experiment's arms, ratios, noise and neighbours.
fn experiment(experiment: &Experiment) -> Markup {
    let arms: Vec<_> = experiment.arms.iter().map(|arm| row(arm, !experiment.ratios.is_empty())).collect();
    html! {
        section aria-labelledby=(experiment.id) {
            h3 id=(experiment.id) { (experiment.id) }
            @if let Some(why) = &experiment.why { p { (why) } }
            @if !arms.is_empty() {
                p { (conditions(experiment)) }
                (table(&format!("Arms of {}", experiment.id), &HEAD, &arms))
            }
            @if !experiment.ratios.is_empty() {
                p { "Ratios of medians, with their 95 % intervals:" }
                ul { @for ratio in &experiment.ratios {
                    li { (ratio.of[0]) " to " (ratio.of[1]) ": " (times(ratio)) }
                } }
            }
        }
    }
}

/// Where arms are compared, samples are repetitions: what moved in time, or stands far off, is told.
fn row(arm: &Arm, compared: bool) -> Vec<String> {
    let drifted = drift(&arm.samples).filter(|drift| compared && (*drift > MATTERS || *drift < 1.0 / MATTERS));
    let drifted = drifted.map(|drift| format!("drifted: the last third took {} × the first", precise(drift)));
    let far = match outliers(&arm.samples) {
        0 => None,
        1 => Some("1 outlier".to_owned()),
        many => Some(format!("{many} outliers")),
    };
    let remarks = drifted.into_iter().chain(far.filter(|_| compared)).join("; ");
    let [median, p10, p90] = [arm.median, arm.p10, arm.p90].map(|value| figure(arm, value));
    vec![arm.name.clone(), median, p10, p90, arm.samples.len().to_string(), remarks]
}

/// A value of an arm, with its unit.
fn figure(arm: &Arm, value: f64) -> String {
    match arm.unit.as_str() {
        "ns" => time(value),
        "ms" => time(value * 1e6),
        unit if value.fract() == 0.0 => format!("{value} {unit}"),
        unit => format!("{value:.1} {unit}"),
    }
}

fn conditions(experiment: &Experiment) -> String {
    let noise = noise(experiment);
    let control = match &experiment.ratios {
        ratios if ratios.is_empty() => String::new(), // nothing is compared
        ratios if ratios.iter().any(|ratio| ratio.of[0].starts_with("control:")) => {
            format!("The same against the same differed by up to {} × (noise floor). ", precise(noise.floor))
        }
        _ => "Without a control of the same against the same. ".to_owned(),
    };
    let most = experiment.others.most.as_ref().map(|name| format!(" (most: {name})")).unwrap_or_default();
    format!("{control}Others kept {:.2} CPUs busy{most}. It took {:.1} s.", noise.others, experiment.seconds)
}
