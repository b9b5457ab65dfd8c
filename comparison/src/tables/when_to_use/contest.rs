//! A contest of the candidates: who keeps the loop free, and who of them is done first?

use crate::report::{Experiment, Ratio, Verdict};
use crate::tables::{Judged, time};
use crate::verdict::{Compared, Missing, arm, compare, find, noise, ratio};

pub(super) const RULE: &str = "Candidates: the loop itself (inline), a thread a job, a process a job, a pool of four. \
    One qualifies when the loop is clearly less late than with the work inline. Supported when the document's choice \
    qualifies and takes clearly less time than every other that does; depends when it takes the same as some and less \
    than the rest; contradicted when one takes clearly less than it, or others qualify and it does not; unresolved when \
    a comparison of it is unclear, or nobody qualifies.";

const INLINE: &str = "inline";
const OTHERS: [&str; 3] = ["thread", "process", "pool"];

/// How two arms compare, whichever way round the experiment has their ratio.
fn versus(experiment: &Experiment, above: &str, below: &str) -> Result<Compared, Missing> {
    let turned = |ratio: &Ratio| Ratio { low: 1.0 / ratio.high, high: 1.0 / ratio.low, ..ratio.clone() };
    let direct = ratio(experiment, [above, below]).cloned();
    Ok(compare(&direct.or_else(|_| ratio(experiment, [below, above]).map(turned))?, noise(experiment)))
}

/// Judges the experiment `id`, where the document chooses `choice`.
pub(super) fn judge(report: &[Experiment], id: &str, choice: &str) -> Result<Judged, Missing> {
    let contest = find(report, id)?;
    let total = |name: &str| arm(contest, &format!("{name}: total")).map_or(f64::MAX, |arm| arm.median);
    let late = |name: &str| arm(contest, &format!("{name}: loop delay")).map(|arm| time(arm.median));
    let delay = |name: &str| versus(contest, &format!("{name}: loop delay"), "inline: loop delay");
    let own_delay = delay(choice)?;
    let (mut qualified, mut all) =
        (Vec::new(), vec![format!("{INLINE} {}, loop late by {}", time(total(INLINE)), late(INLINE)?)]);
    for name in OTHERS {
        if delay(name)? == Compared::Less {
            qualified.push(name);
        }
        all.push(format!("{name} {}, loop late by {}", time(total(name)), late(name)?));
    }
    qualified.sort_by(|a, b| total(a).total_cmp(&total(b)));
    let (mut faster, mut same, mut unclear) = (Vec::new(), Vec::new(), Vec::new());
    for rival in qualified.iter().copied().filter(|&name| name != choice) {
        match versus(contest, &format!("{choice}: total"), &format!("{rival}: total"))? {
            Compared::More => faster.push(rival),
            Compared::Same => same.push(rival),
            Compared::Unclear => unclear.push(rival),
            Compared::Less => {}
        }
    }
    let free = format!("With the {choice} the loop is {} late instead of {}", late(choice)?, late(INLINE)?);
    let (verdict, answer) = match own_delay {
        _ if qualified.is_empty() => {
            (Verdict::Unresolved, "Nobody kept the loop clearly freer than the work inline".to_owned())
        }
        Compared::Unclear => {
            (Verdict::Unresolved, format!("Whether the {choice} keeps the loop free is within the noise"))
        }
        Compared::More | Compared::Same => (Verdict::Contradicted, format!("{free}: it does not keep it free")),
        Compared::Less if !faster.is_empty() => {
            let winner = faster[0];
            let times = format!("{} instead of {}", time(total(winner)), time(total(choice)));
            (Verdict::Contradicted, format!("{free}, but the {winner} does the work in {times}"))
        }
        Compared::Less if !unclear.is_empty() => (
            Verdict::Unresolved,
            format!("{free}; whether it is sooner done than the {} is within the noise", unclear.join(" or the ")),
        ),
        Compared::Less if !same.is_empty() => {
            (Verdict::Depends, format!("{free}, and the {} does as well", same.join(" or the ")))
        }
        Compared::Less => (
            Verdict::Supported,
            format!("{free}, and it is sooner done ({}) than all who do as well", time(total(choice))),
        ),
    };
    let measured = match qualified.as_slice() {
        [] => "none kept the loop clearly freer than the work inline".to_owned(),
        names => {
            let names = names.iter().map(|name| format!("{name} {}", time(total(name))));
            format!("the loop stays free with {}", names.collect::<Vec<_>>().join(", "))
        }
    };
    Ok(Judged {
        answer: answer + ".",
        node: Vec::new(),
        measured: vec![measured],
        verdict,
        why: format!("All jobs: {}.", all.join("; ")),
    })
}
