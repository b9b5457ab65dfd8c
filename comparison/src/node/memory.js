// A Worker and a child process that write to what they are sent, and idle ones that can be counted.
const { Worker } = require('worker_threads');
const { fork } = require('child_process');

const write = "(m) => { m.object.canary = 2; if (m.shared) Atomics.store(m.shared, 0, 2); ";
const worker = `const { parentPort: port } = require('worker_threads');
  port.on('message', ${write} port.postMessage(0); });`;
const child = `process.on('message', ${write} process.send(0); }); process.on('disconnect', () => process.exit());`;
const start = {
  thread: () => new Worker(worker, { eval: true }),
  process: () => fork('/dev/null', [], { execArgv: ['-e', child] }),
};
const children = [];

// Has a unit write to its copy of an object, and to shared memory where it can get it; resolves to what we see then.
const sees = (unit, send, shared) => new Promise((tell) => {
  const object = { canary: 1 };
  unit.once('message', () => tell({ object: object.canary === 2, shared: shared?.[0] === 2 }));
  send({ object, shared });
});
const send = (kind, unit) => (kind === 'thread' ? (m) => unit.postMessage(m) : (m) => unit.send(m));
const writers = {};

answer(async ({ writer, written, idle, end }) => {
  if (end) {
    await endAll(children);
    return 0;
  }
  const kind = writer || idle;
  const unit = (writer && writers[kind]) || start[kind]();
  if (kind === 'process' && !children.includes(unit)) children.push(unit);
  if (writer) writers[kind] = unit;
  const shared = kind === 'thread' ? new Int32Array(new SharedArrayBuffer(4)) : undefined;
  const seen = await sees(unit, send(kind, unit), shared);
  return writer ? seen[written] : children.map((one) => one.pid);
});
