// Starts one child process and one Worker, and tells whether they have ids of their own. Linux: /proc/thread-self is
// "PID/task/TID".
const { fork } = require('child_process');
const { Worker } = require('worker_threads');

const ids = "const [pid, , tid] = require('fs').readlinkSync('/proc/thread-self').split('/').map(Number);";
const told = (unit) => new Promise((tell, fail) => unit.once('message', tell).once('error', fail));

answer(async () => {
  const [pid, , tid] = require('fs').readlinkSync('/proc/thread-self').split('/').map(Number);
  const child = await told(fork('/dev/null', [], { execArgv: ['-e', `${ids} process.send({ pid, tid })`] }));
  const code = `${ids} require('worker_threads').parentPort.postMessage({ pid, tid })`;
  const worker = await told(new Worker(code, { eval: true }));
  return [child.pid !== pid, worker.pid !== pid, worker.tid !== tid].map(Number);
});
