//! Landlock: which files can be reached, and that no signal leaves.

use std::path::Path;

use anyhow::Context;
use landlock::{
    ABI, Access, AccessFs, CompatLevel, Compatible, LandlockStatus, PathBeneath, PathFd, RestrictionStatus, Ruleset,
    RulesetAttr, RulesetCreatedAttr, RulesetStatus, Scope,
};

use super::spec::Spec;

/// Devices that every program may write to.
const DEVICES: [&str; 3] = ["/dev/null", "/dev/zero", "/dev/full"];

/// Fences this process and what it starts in; says what the kernel supports of it.
pub(crate) fn raise(spec: &Spec) -> anyhow::Result<String> {
    let abi = ABI::V6; // since then signals are scoped; the crate leaves out what an older kernel does not have
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(abi))?
        .scope(Scope::Signal)?
        .create()?;
    let reading = AccessFs::from_read(abi);
    let writing = DEVICES.iter().map(Path::new).chain(spec.write.iter().map(|path| path.as_path()));
    let rights = spec.read.iter().map(|path| (path.as_path(), reading));
    for (path, access) in rights.chain(writing.map(|path| (path, AccessFs::from_all(abi)))) {
        let Ok(opened) = PathFd::new(path) else { continue }; // not on this machine
        let access = if path.is_dir() { access } else { access & AccessFs::from_file(abi) };
        rules = rules.add_rule(PathBeneath::new(opened, access)).with_context(|| path.display().to_string())?;
    }
    let RestrictionStatus { ruleset, landlock, .. } = rules.restrict_self()?;
    anyhow::ensure!(ruleset != RulesetStatus::NotEnforced, "the kernel has no Landlock");
    Ok(match landlock {
        LandlockStatus::Available { effective_abi, .. } if effective_abi >= abi => "Landlock (files, signals)".into(),
        _ => "Landlock (files only: the kernel is older than 6.12)".into(),
    })
}
