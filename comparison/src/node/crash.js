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
// Says that it is there, and when it is asked to, that it begins; then it commits the fault.
const WAITS = {
  thread: (fault) => `port.once('message', () => { port.postMessage('begun'); setTimeout(${fault}, 5); }); port.postMessage('up')`,
  process: (fault) => `process.once('message', () => process.send('begun', ${fault})); process.send('up')`,
};

// A child process is started by our own program, which asks for a parent-death signal before it becomes Node.js.
const START = {
  thread: (code) => working.thread(code, { resourceLimits: { maxOldGenerationSizeMb: 16 } }),
  process: (code, program) => fork('/dev/null', [], {
    execPath: program,
    execArgv: ['child', 'comparison/node', process.pid, '--forked', '--max-old-space-size=16', '-e', code],
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

// The first question makes a victim, which says that it is there; the answer comes before it goes wrong. The second
// question lets it, and tells how it ended and whether its sibling still answers.
let looked;
answer(async ({ unit, fault, listened, program, look }) => {
  if (look) return looked();
  siblings[unit] ??= START[unit](ECHO[unit], program);
  if (!(await answers(siblings[unit]))) throw new Error('the sibling did not answer before the fault');
  const victim = START[unit](WAITS[unit](FAULTS[fault]), program);
  if (listened) victim.on('error', () => {});
  await event(victim, 'message');
  looked = async () => {
    const ended = event(victim, 'exit');
    tell(victim, 'go wrong');
    if (fault === 'loop') event(victim, 'message').then(() => setTimeout(() => stop(victim), 20));
    const [code, signal] = await ended;
    return [`${signal ?? code}`, await answers(siblings[unit])];
  };
  return 'there';
});
