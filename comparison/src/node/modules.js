// Starts one child process and one Worker, and prints whose ids they have. Linux: /proc/thread-self is "PID/task/TID".
const { fork } = require('child_process');
const { Worker } = require('worker_threads');

const ids = "const [pid, , tid] = require('fs').readlinkSync('/proc/thread-self').split('/').map(Number);";
const told = (unit) => new Promise((tell, fail) => unit.once('message', tell).once('error', fail));

const [pid, , tid] = require('fs').readlinkSync('/proc/thread-self').split('/').map(Number);
const child = fork('/dev/null', [], { execArgv: ['-e', `${ids} process.send({ pid, tid })`] });
const worker = new Worker(`${ids} require('worker_threads').parentPort.postMessage({ pid, tid })`, { eval: true });

Promise.all([told(child), told(worker)]).then(([child, worker]) => {
  console.log(JSON.stringify({ main: { pid, tid }, child, worker }));
});
