// Runs another script, by fork() or in a Worker; its exit code. Without a script: we are still here.
answer(({ unit, script }) => {
  if (!script) return 7;
  const one = unit === 'thread' ? new Worker(script) : fork(script, [], { stdio: 'ignore' });
  return new Promise((ended) => one.once('exit', ended));
});
