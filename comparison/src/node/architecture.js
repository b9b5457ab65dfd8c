// Which threads there are in this Node.js, and which run its callbacks. Linux: /proc/thread-self is "PID/task/TID".
const fs = require('fs');
const net = require('net');

const count = () => fs.readdirSync('/proc/self/task').length;
const own = "require('fs').readlinkSync('/proc/thread-self').split('/')";
const tid = () => Number(fs.readlinkSync('/proc/thread-self').split('/')[2]);

answer(async () => {
  const callbacks = {};
  const seen = (kind, then) => () => { callbacks[kind] = tid(); then(); };
  const before = count();
  await new Promise((then) => setTimeout(seen('timer', then), 1));
  await new Promise((then) => setImmediate(seen('immediate', then)));
  await new Promise((then) => process.nextTick(seen('tick', then)));
  await new Promise((then) => queueMicrotask(seen('microtask', then)));
  await new Promise((then) => {
    const server = net.createServer((socket) => socket.on('data', seen('data', () => socket.end())));
    server.on('connection', seen('connection', () => server.close()));
    const ask = () => net.connect(server.address().port, '127.0.0.1').end('?').on('close', then).resume();
    server.listen(0, '127.0.0.1', ask);
  });
  const network = count() - before;
  await new Promise((then) => fs.stat('/', seen('file', then)));
  const pool = count() - before;

  const code = `const [pid, , tid] = ${own}; port.once('message', () => process.exit()); port.postMessage({ pid, tid })`;
  const workers = [working.thread(code), working.thread(code)];
  const theirs = await Promise.all(workers.map(told));
  const added = count() - before - pool;
  const ids = (id, mine) => new Set([String(mine), ...theirs.map((worker) => worker[id])]).size;
  const [tids, pids] = [ids('tid', tid()), ids('pid', process.pid)];
  await Promise.all(workers.map((worker) => worker.terminate()));
  const threads = new Set(Object.values(callbacks)).size;
  return [Object.keys(callbacks).length, threads, network, pool, added, tids, pids];
});
