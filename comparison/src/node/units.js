// Starts a Worker or a child process that does nothing, or answers one message; how long each step took, ns.
const { Worker } = require('worker_threads');
const { fork } = require('child_process');

const units = {
  thread: {
    start: (code) => new Worker(code, { eval: true }),
    send: (unit) => unit.postMessage(7),
    answers: `const { parentPort: port } = require('worker_threads');
      port.once('message', (m) => port.postMessage(m));`,
  },
  process: {
    start: (code) => fork('/dev/null', [], { execArgv: ['-e', code] }),
    send: (unit) => unit.send(7),
    answers: "process.once('message', (m) => process.send(m, () => process.disconnect()));",
  },
};
const now = () => Number(process.hrtime.bigint());

answer(({ unit, message }) => new Promise((done) => {
  const { start, send, answers } = units[unit];
  const began = now();
  const one = start(message ? answers : ';');
  const created = now();
  let answered = created;
  if (message) send(one);
  one.once('message', () => { answered = now(); });
  one.once('exit', (code) => {
    if (code !== 0 || (message && answered === created)) throw new Error(`a ${unit} ended early, with ${code}`);
    done([created - began, answered - created, now() - answered]);
  });
}));
