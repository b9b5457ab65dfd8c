// Jobs that come to Node's loop: done inline, by Workers, by child processes, or by the thread pool. The first question
// prepares; each further one has all jobs done, and tells the time that took, and how late the loop was meanwhile, ns.
const { Worker } = require('worker_threads');
const { fork } = require('child_process');
const fs = require('fs');

const now = () => Number(process.hrtime.bigint());
const work = (steps) => {
  let sum = 0;
  for (let n = 0; n < steps; n++) sum = (sum + Math.imul(n, 0x9e3779b1)) >>> 0;
  return sum;
};
const units = {
  thread: () => new Worker(`const work = ${work}; const { parentPort: port } = require('worker_threads');
    port.on('message', (steps) => port.postMessage(work(steps)))`, { eval: true }),
  process: () => fork('/dev/null', [], { execArgv: ['-e', `const work = ${work};
    process.on('message', (steps) => process.send(work(steps))); process.on('disconnect', () => process.exit())`] }),
};
const ask = (unit, steps) => new Promise((tell) => {
  unit.once('message', tell);
  if (unit.postMessage) unit.postMessage(steps); else unit.send(steps);
});

// How many steps take so long, at best.
const stepsIn = (ns) => {
  const tries = Array.from({ length: 9 }, () => { const began = now(); work(1e6); return now() - began; });
  return Math.round((1e6 * ns) / Math.min(...tries));
};

let ways, expected, children = [];

const prepareTasks = async (tasks, ns) => {
  const steps = stepsIn(ns);
  const each = (one) => Promise.all(Array.from({ length: tasks }, (_, n) => one(n)));
  const crew = (kind) => Array.from({ length: tasks }, units[kind]);
  const [threads, processes] = [crew('thread'), crew('process')];
  children = processes;
  await Promise.all([...threads, ...processes].map((unit) => ask(unit, 1))); // all are up
  expected = tasks * work(steps);
  ways = {
    inline: () => each(() => work(steps)),
    thread: () => each((n) => ask(threads[n], steps)),
    process: () => each((n) => ask(processes[n], steps)),
  };
};

const prepareReads = (path, parts, size) => {
  const file = fs.openSync(path, 'r');
  const buffers = Array.from({ length: parts }, () => Buffer.alloc(size));
  const read = (n) => new Promise((tell, fail) => {
    fs.read(file, buffers[n], 0, size, n * size, (error, length) => (error ? fail(error) : tell(length)));
  });
  expected = parts * size;
  ways = {
    inline: async () => buffers.map((buffer, n) => fs.readSync(file, buffer, 0, size, n * size)),
    pool: () => Promise.all(buffers.map((_, n) => read(n))),
  };
};

const measure = async (way) => {
  const began = now();
  let [last, late] = [began, 0];
  const tick = () => { late = Math.max(late, now() - last - 1e6); last = now(); };
  const timer = setInterval(tick, 1);
  const results = way();
  const held = now() - began;
  const sum = (await results).reduce((a, b) => a + b);
  const total = now() - began;
  clearInterval(timer);
  if (sum !== expected) throw new Error(`the jobs gave ${sum}, not ${expected}`);
  return [total, Math.max(late, held)];
};

answer(async ({ tasks, ns, path, parts, size, by }) => {
  if (by) return measure(ways[by]);
  if (tasks) await prepareTasks(tasks, ns);
  else if (path) prepareReads(path, parts, size);
  else await endAll(children);
  return 0;
});
