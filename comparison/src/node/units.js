// Starts a Worker or a child process, and has it answer one message; how long that took, ns. Then it waits for its end.
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
    else done([answered - began]);
  });
  tell(one, 7);
}));
