//! The row "Performance": does a process shield its neighbour, do threads speed work up?

use super::{Claim, Judged, NOT_MEASURED, cells, precise, tell, times, told};
use crate::report::{Experiment, Ratio};
use crate::verdict::{Compared, Missing, compare, find, noise, of_parts, ratio};

pub(super) const ROW: Claim = Claim {
    key: "Performance",
    document: &["Good for CPU isolation", "Good for parallel execution in same process"],
    rule: "Two claims. Parallel: serial work takes clearly more time than the same work on threads, as many as were \
        best. Isolation: on the same CPU, a busy thread delays the slowest of a victim's answers (its 99th percentile) \
        clearly more than a busy process does. Supported when both hold, contradicted when neither, depends when one \
        does; unresolved when one is unclear or was not measured.",
    decided_by: &["cpu.speed_up", "cpu.isolation"],
    beside: &["loop_delay.10ms"],
    judge,
};

/// One of the claims: how its arms compare, a clause that says so, and the ratios that decided.
struct Part {
    compared: Compared,
    clause: String,
    cell: String,
    why: String,
}

/// Two tasks of 10 ms.
const IN_NODE: [&str; 2] = [
    "isolation not asked; speed-up {node inline: total / node process: total} with two child processes that wait",
    "speed-up {node inline: total / node thread: total} with two Workers that wait",
];

fn judge(report: &[Experiment]) -> Result<Judged, Missing> {
    let parts = [("The speed-up", parallel(report)), ("the isolation", isolation(report))];
    let [parallel, shield] = parts.map(|(what, part)| {
        part.unwrap_or_else(|Missing(why)| Part {
            compared: Compared::Unclear,
            clause: format!("{what} was not measured"),
            cell: NOT_MEASURED.to_owned(),
            why: format!("{why}."),
        })
    });
    Ok(Judged {
        verdict: of_parts(&[parallel.compared, shield.compared]),
        answer: format!("{}; {}.", parallel.clause, shield.clause),
        measured: vec![shield.cell, parallel.cell],
        node: cells(report, "loop_delay.10ms", &IN_NODE),
        why: format!("{} {}", parallel.why, shield.why),
    })
}

fn parallel(report: &[Experiment]) -> Result<Part, Missing> {
    let speed_up = find(report, "cpu.speed_up")?;
    let (threads, processes) = (best(speed_up, "thread")?, best(speed_up, "process"));
    let (compared, figure) = (compare(threads, noise(speed_up)), precise(threads.median));
    let clause = match compared {
        Compared::More => format!("Threads do the work {figure} × as fast"),
        Compared::Unclear => format!("Whether threads do the work faster is within the noise ({figure} ×)"),
        _ => format!("Threads do the work no faster ({figure} ×)"),
    };
    let array = "Where an array is to be filled for all, it takes {serial: array / thread: array} of threads, \
        {serial: array / process: array} of processes.";
    let serial = format!("Serial work takes {} the time of '{}'.", times(threads), threads.of[1]);
    let processes = processes.map(|best| format!("It takes {} the time of '{}'.", times(best), best.of[1]));
    let why = told(report, "cpu.speed_up", &[&serial, &processes.unwrap_or_default(), array]);
    Ok(Part { compared, clause, cell: format!("speed-up {}", times(threads)), why })
}

/// The most that several such units gain.
fn best<'a>(speed_up: &'a Experiment, unit: &str) -> Result<&'a Ratio, Missing> {
    let several = |arm: &str| arm.strip_prefix(unit)?.strip_prefix(": ")?.parse().ok().filter(|units: &u32| *units > 1);
    let gains = speed_up.ratios.iter().filter(|ratio| ratio.of[0] == "serial" && several(&ratio.of[1]).is_some());
    let best = gains.max_by(|a, b| a.median.total_cmp(&b.median));
    best.ok_or_else(|| Missing(format!("cpu.speed_up has no ratio of serial work to work on more than one {unit}")))
}

fn isolation(report: &[Experiment]) -> Result<Part, Missing> {
    let isolation = find(report, "cpu.isolation")?;
    let boundary = ratio(isolation, ["thread", "process"])?;
    let beside = |neighbour| ratio(isolation, [neighbour, "control: none"]);
    let process = beside("process")?;
    let late = precise(process.median);
    let away = beside("process, pinned elsewhere").map(|away| precise(away.median));
    let away = away.map(|away| format!(", {away} × when that is pinned elsewhere")).unwrap_or_default();
    let compared = compare(boundary, noise(isolation));
    let clause = match compared {
        Compared::More => format!("a process disturbs its neighbour's answers less ({late} ×) than a thread does"),
        Compared::Same => format!(
            "a process shields its neighbour no better than a thread: beside either on its CPU the slowest answers \
             take {late} × as long{away}"
        ),
        Compared::Less => format!("a process disturbs its neighbour's answers more ({late} ×) than a thread does"),
        Compared::Unclear => {
            "whether a process shields its neighbour better than a thread is within the noise".to_owned()
        }
    };
    let cell = format!("a victim's slowest answers take {} beside a busy process on its CPU", times(process));
    let between =
        format!("Beside a thread a victim's slowest answers take {} the time beside a process", times(boundary));
    let same =
        tell(report, "cpu.isolation", "; with the work on its own thread, {same thread / control: none} those alone");
    Ok(Part { compared, clause, cell, why: format!("{between}{}.", same.unwrap_or_default()) })
}
