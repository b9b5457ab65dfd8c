//! What each experiment gave, and how far it can be trusted.

use maud::{Markup, html};

use super::figure;
use crate::report::{Arm, Experiment};
use crate::stats::{MATTERS, drift, outliers};
use crate::tables::times;
use crate::verdict::noise;

/// An experiment's arms, ratios, noise and neighbours.
pub(super) fn experiment(experiment: &Experiment) -> Markup {
    html! {
        section aria-labelledby=(experiment.id) {
            h3 id=(experiment.id) { (experiment.id) }
            @if let Some(why) = &experiment.why { p { (why) } }
            @if !experiment.arms.is_empty() {
                p { (conditions(experiment)) }
                (super::html::scroller(&format!("Arms of {}", experiment.id), html! {
                    table {
                        caption { "Arms of " (experiment.id) }
                        thead { tr {
                            @for head in ["Arm", "Median", "p10", "p90", "Samples", "Remarks"] { th scope="col" { (head) } }
                        } }
                        tbody { @for of in &experiment.arms { (arm(experiment, of)) } }
                    }
                }))
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

fn arm(experiment: &Experiment, arm: &Arm) -> Markup {
    html! {
        tr {
            th scope="row" { (arm.name) }
            @for value in [arm.median, arm.p10, arm.p90] { td { (figure(arm, value)) } }
            td { (arm.samples.len()) }
            td { (remarks(experiment, arm)) }
        }
    }
}

/// Where arms are compared, samples are repetitions: what moved in time, or stands far off, is told.
fn remarks(experiment: &Experiment, arm: &Arm) -> String {
    if experiment.ratios.is_empty() {
        return String::new();
    }
    let drifted = drift(&arm.samples).filter(|drift| *drift > MATTERS || *drift < 1.0 / MATTERS);
    let drifted = drifted.map(|drift| format!("drifted: the last third took {drift:.2} × the first"));
    let far = Some(outliers(&arm.samples)).filter(|&count| count > 0);
    let far = far.map(|count| format!("{count} {}", if count == 1 { "outlier" } else { "outliers" }));
    drifted.into_iter().chain(far).collect::<Vec<_>>().join("; ")
}

fn conditions(experiment: &Experiment) -> String {
    let noise = noise(experiment);
    let has_control = experiment.ratios.iter().any(|ratio| ratio.of[0].starts_with("control:"));
    let control = match (has_control, experiment.ratios.is_empty()) {
        (true, _) => format!("The same against the same differed by up to {:.2} × (noise floor). ", noise.floor),
        (false, false) => "Without a control of the same against the same. ".to_owned(),
        (false, true) => String::new(), // nothing is compared
    };
    let most = experiment.others.most.as_ref().map(|name| format!(" (most: {name})")).unwrap_or_default();
    format!("{control}Others kept {:.2} CPUs busy{most}. It took {:.1} s.", noise.others, experiment.seconds)
}
