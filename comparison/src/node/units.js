// Starts a Worker or a child process that does nothing, or answers one message; how long each step took, ns. These end by
// themselves.
const start = {
  thread: (code) => new Worker(code, { eval: true }),
  process: (code) => fork('/dev/null', [], { execArgv: ['-e', code] }),
};
const answers = {
  thread: "const { parentPort: port } = require('worker_threads'); port.once('message', (m) => port.postMessage(m));",
  process: "process.once('message', (m) => process.send(m, () => process.disconnect()));",
};

answer(({ unit, message }) => new Promise((done) => {
  const began = now();
  const one = start[unit](message ? answers[unit] : ';');
  const created = now();
  let answered = created;
  if (message) tell(one, 7);
  one.once('message', () => { answered = now(); });
  one.once('exit', (code) => {
    if (code !== 0 || (message && answered === created)) throw new Error(`a ${unit} ended early, with ${code}`);
    const ended = now();
    done(message ? [created - began, answered - created, ended - answered] : [ended - began]);
  });
}));
