// What every script begins with. Questions come as JSON, a line each; so do the answers. The end of the questions is the
// end of the script, and of its children: they are waited for, so that what they used counts as ours.
const { fork } = require('child_process');
const { Worker } = require('worker_threads');

const children = [];
const answer = async (handler) => {
  for await (const line of require('readline').createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await handler(JSON.parse(line)))}\n`);
  }
  await Promise.all(children.map((child) => new Promise((gone) => {
    child.once('exit', gone);
    child.disconnect();
  })));
  process.exit();
};

const working = {
  // A child that runs `code` until its parent disconnects. Its script is an empty file: the code is an option of Node's.
  process: (code, options) => {
    const leave = "process.on('disconnect', () => process.exit());";
    children.push(fork('/dev/null', [], { execArgv: ['-e', leave + code], ...options }));
    return children.at(-1);
  },
  // A Worker that runs `code`, which has a `port` to its starter.
  thread: (code, options) => {
    const port = "const { parentPort: port } = require('worker_threads');";
    return new Worker(port + code, { eval: true, ...options });
  },
};

const now = () => Number(process.hrtime.bigint());
const tell = (unit, message) => (unit.postMessage ? unit.postMessage(message) : unit.send(message));
const told = (unit) => new Promise((message) => unit.once('message', message));
