//! The row "Performance": does a process shield its neighbour, do threads speed work up?

use crate::report::{Experiment, Ratio, Verdict};
use crate::tables::{Claim, Judged, precise, times};
use crate::verdict::{Compared, Missing, compare, find, noise, ratio};

pub(super) const ROW: Claim = Claim {
    key: "Performance",
    document: &["Good for CPU isolation", "Good for parallel execution in same process"],
    rule: "Two claims. Parallel: serial work takes clearly more time than the same work on threads, as many as were \
        best. Isolation: on the same CPU, a busy thread delays the slowest of a victim's answers (its 99th percentile) \
        clearly more than a busy process does. Supported when both hold, contradicted when neither, depends when one \
        does; unresolved when one is unclear or was not measured.",
    evidence: &["cpu.speed_up", "cpu.isolation"],
    judge,
};

/// One of the claims: how its arms compare, a clause that says so, and what else there is to know.
struct Part {
    compared: Compared,
    clause: String,
    cell: String,
    more: String,
}

fn judge(report: &[Experiment]) -> Result<Judged, Missing> {
    let unmeasured = |Missing(why): Missing, what: &str| Part {
        compared: Compared::Unclear,
        clause: format!("{what} was not measured"),
        cell: format!("{what} not measured"),
        more: format!("{why}."),
    };
    let (parallel, shields) = match (parallel(report), isolation(report)) {
        (Err(Missing(one)), Err(Missing(other))) => return Err(Missing(format!("{one}; {other}"))),
        (parallel, shields) => (
            parallel.unwrap_or_else(|missing| unmeasured(missing, "the speed-up")),
            shields.unwrap_or_else(|missing| unmeasured(missing, "the isolation")),
        ),
    };
    let verdict = match (parallel.compared, shields.compared) {
        (Compared::Unclear, _) | (_, Compared::Unclear) => Verdict::Unresolved,
        (Compared::More, Compared::More) => Verdict::Supported,
        (Compared::More, _) | (_, Compared::More) => Verdict::Depends,
        _ => Verdict::Contradicted,
    };
    Ok(Judged {
        answer: format!("{}; {}.", capital(&parallel.clause), shields.clause),
        node: Vec::new(),
        measured: vec![shields.cell, parallel.cell],
        verdict,
        why: format!("{} {}", parallel.more, shields.more),
    })
}

fn parallel(report: &[Experiment]) -> Result<Part, Missing> {
    let speed_up = find(report, "cpu.speed_up")?;
    let serial = |unit: &str| {
        let ratios = speed_up.ratios.iter().filter(|ratio| ratio.of[0] == "serial" && counted(&ratio.of[1], unit));
        ratios.max_by(|a, b| a.median.total_cmp(&b.median))
    };
    let missing = || Missing("cpu.speed_up has no ratio of serial work to work on threads".to_owned());
    let (threads, processes) = (serial("thread").ok_or_else(missing)?, serial("process"));
    let compared = compare(threads, noise(speed_up));
    let name = |ratio: &Ratio| ratio.of[1].clone();
    let mut more = format!("Serial work takes {} the time of '{}'", times(threads), name(threads));
    if let Some(processes) = processes {
        more += &format!(", {} of '{}'", times(processes), name(processes));
    }
    let array = |unit| ratio(speed_up, ["serial: array", unit]).map(times);
    if let (Ok(threads), Ok(processes)) = (array("thread: array"), array("process: array")) {
        more += &format!("; where an array is to be filled for all, {threads} of threads, {processes} of processes");
    }
    let figure = precise(threads.median);
    let clause = match compared {
        Compared::More => format!("threads do the work {figure} × as fast"),
        Compared::Unclear => format!("whether threads do the work faster is within the noise ({figure} ×)"),
        _ => format!("threads do the work no faster ({figure} ×)"),
    };
    Ok(Part { compared, clause, cell: format!("speed-up {}", times(threads)), more: more + "." })
}

/// Whether an arm's name is the unit with a number.
fn counted(name: &str, unit: &str) -> bool {
    let number = name.strip_prefix(unit).and_then(|rest| rest.strip_prefix(": "));
    number.is_some_and(|number| number.parse::<u32>().is_ok())
}

fn isolation(report: &[Experiment]) -> Result<Part, Missing> {
    let isolation = find(report, "cpu.isolation")?;
    let boundary = ratio(isolation, ["thread", "process"])?;
    let compared = compare(boundary, noise(isolation));
    let later = |name| ratio(isolation, [name, "control: none"]);
    let process = later("process")?;
    let elsewhere = later("process, pinned elsewhere").ok();
    let away = elsewhere.map(|ratio| format!(", {} × when that is pinned elsewhere", precise(ratio.median)));
    let late = precise(process.median);
    let clause = match compared {
        Compared::More => format!("a process disturbs its neighbour's answers less ({late} ×) than a thread does"),
        Compared::Same => format!(
            "a process shields its neighbour no better than a thread: beside either on its CPU the slowest answers take \
             {late} × as long{}",
            away.unwrap_or_default()
        ),
        Compared::Less => format!("a process disturbs its neighbour's answers more ({late} ×) than a thread does"),
        Compared::Unclear => {
            "whether a process shields its neighbour better than a thread is within the noise".to_owned()
        }
    };
    let cell = format!("a victim's slowest answers take {} beside a busy process on its CPU", times(process));
    let each = ["same thread", "thread", "process", "thread, pinned elsewhere", "process, pinned elsewhere"];
    let each = each.iter().filter_map(|name| Some(format!("{name} {}", times(later(name).ok()?))));
    let each = each.collect::<Vec<_>>().join("; ");
    let more =
        format!("The victim's 99th percentile beside the same work: {each}. Thread to process: {}.", times(boundary));
    Ok(Part { compared, clause, cell, more })
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
