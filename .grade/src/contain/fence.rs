//! Landlock: which files can be reached, and that no signal leaves.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use landlock::{
    ABI, Access, AccessFs, CompatLevel, Compatible, LandlockStatus, PathBeneath, PathFd, Ruleset, RulesetAttr,
    RulesetCreatedAttr, RulesetStatus, Scope,
};

/// Devices that every program may write to.
const DEVICES: [&str; 3] = ["/dev/null", "/dev/zero", "/dev/full"];

/// Fences this thread and what it starts in. The result says whether signals are fenced in, too: not by kernels before 6.12.
pub(crate) fn raise(read: &[PathBuf], write: &[PathBuf]) -> Result<bool> {
    let abi = ABI::V6; // since then signals are scoped; the crate leaves out what an older kernel does not have
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(abi))?
        .scope(Scope::Signal)?
        .create()?;
    let devices = DEVICES.map(PathBuf::from);
    let reading = read.iter().map(|path| (path, AccessFs::from_read(abi)));
    let writing = write.iter().chain(&devices).map(|path| (path, AccessFs::from_all(abi)));
    for (path, access) in reading.chain(writing) {
        let Ok(opened) = PathFd::new(path) else { continue }; // not on this machine
        let access = if path.is_dir() { access } else { access & AccessFs::from_file(abi) };
        rules = rules.add_rule(PathBeneath::new(opened, access)).with_context(|| path.display().to_string())?;
    }
    let status = rules.restrict_self()?;
    ensure!(status.ruleset != RulesetStatus::NotEnforced, "the kernel has no Landlock");
    Ok(matches!(status.landlock, LandlockStatus::Available { effective_abi, .. } if effective_abi >= abi))
}
