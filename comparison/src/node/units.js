// Starts a Worker or a child process, has it answer one message, and waits for its end; how long it took to its
// answer and to its end, ns.
const start = {
  thread: () => new Worker("const { parentPort: port } = require('worker_threads');"
    + "port.once('message', (m) => port.postMessage(m));", { eval: true }),
  process: () => fork('/dev/null', [], {
    execArgv: ['-e', "process.once('message', (m) => process.send(m, () => process.disconnect()));"],
  }),
};

answer(({ unit }) => new Promise((done, fail) => {
  const began = now();
  const one = start[unit]();
  let answered;
  one.once('message', () => { answered = now(); });
  one.once('exit', (code) => {
    if (code !== 0 || !answered) fail(new Error(`a ${unit} ended early, with ${code}`));
    else done([answered - began, now() - began]);
  });
  tell(one, 7);
}));
