// A host with siblings that answer. A victim beside them goes wrong; is the host still there to tell, and the siblings?
const { fork } = require('child_process');
const { Worker } = require('worker_threads');

const FAULTS = {
  throw: () => { throw new Error('this throw is the lesson'); },
  exit: () => process.exit(3),
  abort: () => process.abort(),
  segfault: () => process.kill(process.pid, 'SIGSEGV'),
  memory: () => { for (const held = []; ; ) held.push(new Array(1e5).fill(held.length)); },
  loop: () => { for (;;); },
};
const PORT = "const port = require('worker_threads').parentPort;";
const ECHO = {
  thread: `${PORT} port.on('message', (message) => port.postMessage(message))`,
  process: "process.on('message', (message) => process.send(message))",
};
const UP = { thread: `${PORT} port.postMessage('up')`, process: "process.send('up')" };

// A child process is started by our own program, which asks for a parent-death signal before it becomes Node.js.
const START = {
  thread: (code) => new Worker(code, { eval: true, resourceLimits: { maxOldGenerationSizeMb: 16 } }),
  process: (code, program) => fork('/dev/null', [], {
    execPath: program,
    execArgv: ['child', 'comparison/node', process.pid, '--max-old-space-size=16', '-e', code],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  }),
};
const send = (unit, message) => (unit.postMessage ? unit.postMessage(message) : unit.send(message));
const stop = (unit) => (unit.terminate ? unit.terminate() : unit.kill('SIGKILL'));
const event = (unit, name) => new Promise((tell) => unit.once(name, (...what) => tell(what)));

const siblings = {};
const answers = (sibling) => {
  const told = Promise.race([event(sibling, 'message').then(() => true), event(sibling, 'exit').then(() => false)]);
  send(sibling, 'are you there?');
  return told;
};

answer(async ({ unit, fault, listened, program }) => {
  siblings[unit] ??= START[unit](ECHO[unit], program);
  if (!(await answers(siblings[unit]))) throw new Error('the sibling did not answer before the fault');
  const victim = START[unit](`${UP[unit]}; (${FAULTS[fault]})()`, program);
  if (listened) victim.on('error', () => {});
  const ended = event(victim, 'exit');
  if (fault === 'loop') event(victim, 'message').then(() => setTimeout(() => stop(victim), 20));
  const [code, signal] = await ended;
  return [`${signal ?? code}`, await answers(siblings[unit])];
});
