//! A report that a quick run really wrote (`data/quick.json`), some of its arms changed, and what is judged of that.

use std::path::Path;

use comparison::claims::Row;
use comparison::measure::samples::Arm;
use comparison::report::saved;
use comparison::report::schema::Report;

pub(crate) fn report() -> Report {
    saved::load(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/quick.json"))).unwrap()
}

/// Gives the arms of an experiment whose names begin so these values: one for each of three processes.
pub(crate) fn set(report: &mut Report, id: &str, arm: &str, by_process: [f64; 3]) {
    let experiment = report.experiments.iter_mut().find(|one| one.id == id).unwrap_or_else(|| panic!("no {id}"));
    let mut changed = 0;
    for of in experiment.arms.iter_mut().filter(|of| of.name.starts_with(arm)) {
        *of = Arm::new(&of.name.clone(), &of.unit.clone(), by_process.map(|value| vec![value; 3]).to_vec());
        changed += 1;
    }
    assert!(changed > 0, "{id} has no arm '{arm}'");
}

pub(crate) fn judged(report: Report, key: &str) -> Row {
    report.recomputed().rows().find(|row| row.key == key).cloned().unwrap()
}
