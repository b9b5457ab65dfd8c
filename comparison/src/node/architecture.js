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
  const early = new Set(fs.readdirSync('/proc/self/task'));
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

  // The pool's threads are those that are new. A thread that works goes to sleep again: the kernel counts that.
  const poolThreads = fs.readdirSync('/proc/self/task').filter((task) => !early.has(task));
  const sleeps = (task) => Number(/^voluntary_ctxt_switches:\s*(\d+)/m.exec(fs.readFileSync(`/proc/self/task/${task}/status`))[1]);
  const threadsThatWorked = async (work) => {
    const sleptBefore = poolThreads.map(sleeps);
    await work();
    await new Promise((then) => setTimeout(then, 10)); // the threads have gone to sleep again
    return poolThreads.filter((task, n) => sleeps(task) > sleptBefore[n]).length;
  };
  const derive = () => new Promise((then) => require('crypto').pbkdf2('a', 'b', 20000, 32, 'sha256', then));
  const kinds = [
    () => new Promise((then) => fs.stat('/', then)),
    () => new Promise((then) => require('dns').lookup('127.0.0.1.', then)),
    derive,
  ];
  let kindsDone = 0;
  for (const kind of kinds) kindsDone += Number((await threadsThatWorked(kind)) > 0);
  const atOnce = await threadsThatWorked(() => Promise.all(Array.from({ length: 8 }, derive)));

  const beforeWorkers = count();
  const code = `const [pid, , tid] = ${own}; port.once('message', () => process.exit()); port.postMessage({ pid, tid })`;
  const workers = [working.thread(code), working.thread(code)];
  const theirs = await Promise.all(workers.map(told));
  const added = count() - beforeWorkers;
  const ids = (id, mine) => new Set([String(mine), ...theirs.map((worker) => worker[id])]).size;
  const [tids, pids] = [ids('tid', tid()), ids('pid', process.pid)];
  await Promise.all(workers.map((worker) => worker.terminate()));
  const families = [working.process("process.send('up')"), working.process("process.send('up')")];
  await Promise.all(families.map(told));
  const family = new Set([process.pid, ...families.map((child) => child.pid)]).size;
  const threads = new Set(Object.values(callbacks)).size;
  return [Object.keys(callbacks).length, threads, network, atOnce, kindsDone, added, tids, pids, family];
});
