// A host with siblings that answer. A victim beside them goes wrong; is the host still there to tell, and the siblings?
const FAULTS = {
  throw: () => { throw new Error('this throw is the lesson'); },
  exit: () => process.exit(3),
  abort: () => process.abort(),
  SIGSEGV: () => process.kill(process.pid, 'SIGSEGV'),
  memory: () => { for (const held = []; ; ) held.push(new Array(1e5).fill(held.length)); },
  loop: () => { for (;;); },
};
const ECHO = {
  thread: "port.on('message', (message) => port.postMessage(message))",
  process: "process.on('message', (message) => process.send(message))",
};
const UP = { thread: "port.postMessage('up')", process: "process.send('up')" };

// A child process is started by our own program, which asks for a parent-death signal before it becomes Node.js.
const START = {
  thread: (code) => working.thread(code, { resourceLimits: { maxOldGenerationSizeMb: 16 } }),
  process: (code, program) => fork('/dev/null', [], {
    execPath: program,
    execArgv: ['child', 'comparison/node', process.pid, '--max-old-space-size=16', '-e', code],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  }),
};
const stop = (unit) => (unit.terminate ? unit.terminate() : unit.kill('SIGKILL'));
const event = (unit, name) => new Promise((seen) => unit.once(name, (...what) => seen(what)));

const siblings = {};
const answers = (sibling) => {
  const answered = Promise.race([event(sibling, 'message').then(() => true), event(sibling, 'exit').then(() => false)]);
  tell(sibling, 'are you there?');
  return answered;
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
