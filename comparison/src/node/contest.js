// Jobs that come to Node's loop: done inline, by Workers, by child processes, or by the thread pool. The first question
// prepares, and tells who works; each further one has all jobs done, and tells the time that took, and how late the loop was meanwhile, ns.
const fs = require('fs');

const work = (steps) => {
  let sum = 0;
  for (let n = 0; n < steps; n++) sum = (sum + Math.imul(n, 0x9e3779b1)) >>> 0;
  return sum;
};
// Each says first which thread of the kernel it is. Linux: /proc/thread-self is "PID/task/TID".
const tid = "Number(require('fs').readlinkSync('/proc/thread-self').split('/')[2])";
const start = {
  thread: () => working.thread(`const work = ${work};
    port.on('message', (steps) => port.postMessage(work(steps))); port.postMessage(${tid})`),
  process: () => working.process(`const work = ${work};
    process.on('message', (steps) => process.send(work(steps))); process.send(${tid})`),
};
const ask = (unit, steps) => {
  tell(unit, steps);
  return told(unit);
};

// How many steps take so long, at best.
const stepsIn = (ns) => {
  const tries = Array.from({ length: 9 }, () => { const began = now(); work(1e6); return now() - began; });
  return Math.round((1e6 * ns) / Math.min(...tries));
};

let ways, expected;

const prepareTasks = async (tasks, ns) => {
  const steps = stepsIn(ns);
  const each = (one) => Promise.all(Array.from({ length: tasks }, (_, n) => one(n)));
  const crew = (kind) => Array.from({ length: tasks }, start[kind]);
  const [threads, processes] = [crew('thread'), crew('process')];
  const tids = await Promise.all([threads, processes].map((units) => Promise.all(units.map(told))));
  // All are up, and have their code compiled as ours is.
  for (let n = 0; n < 5; n++) await Promise.all([...threads, ...processes].map((unit) => ask(unit, 1e6)));
  expected = tasks * work(steps);
  ways = {
    inline: () => each(() => work(steps)),
    thread: () => each((n) => ask(threads[n], steps)),
    process: () => each((n) => ask(processes[n], steps)),
  };
  return tids;
};

// Each part is read in pieces, into a buffer that it keeps, and looked at. The file stays open. With a new buffer for
// each piece the collector's pauses and the allocator's page faults were most of what differed between two runs.
const prepareReads = (path, parts, size, piece) => {
  const file = fs.openSync(path, 'r');
  const buffers = Array.from({ length: parts }, () => Buffer.alloc(piece));
  const starts = Array.from({ length: size / piece }, (_, n) => n * piece);
  const all = Array.from({ length: parts }, (_, part) => part);
  const looked = (bytes, length, part) => {
    if (length !== piece || bytes[0] !== part || bytes[piece - 1] !== part) throw new Error(`part ${part} is read wrong`);
    return length;
  };
  const inline = (part) => starts.reduce((sum, start) => {
    const bytes = buffers[part];
    return sum + looked(bytes, fs.readSync(file, bytes, 0, piece, part * size + start), part);
  }, 0);
  const read = (bytes, at) => new Promise((tell, fail) => {
    fs.read(file, bytes, 0, piece, at, (error, length) => (error ? fail(error) : tell(length)));
  });
  const pooled = async (part) => {
    let sum = 0;
    for (const start of starts) {
      const bytes = buffers[part];
      sum += looked(bytes, await read(bytes, part * size + start), part);
    }
    return sum;
  };
  expected = parts * size;
  ways = { inline: async () => all.map(inline), pool: () => Promise.all(all.map(pooled)) };
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

answer(async ({ tasks, ns, path, parts, size, piece, by }) => {
  if (by) return measure(ways[by]);
  if (tasks) return prepareTasks(tasks, ns);
  prepareReads(path, parts, size, piece);
  return [];
});
