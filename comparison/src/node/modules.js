// Starts one child process and one Worker, and tells whether they have ids of their own. Linux: /proc/thread-self is
// "PID/task/TID".
const ids = "const [pid, , tid] = require('fs').readlinkSync('/proc/thread-self').split('/').map(Number);";

answer(async () => {
  const [pid, , tid] = require('fs').readlinkSync('/proc/thread-self').split('/').map(Number);
  const child = await told(working.process(`${ids} process.send({ pid, tid })`));
  const worker = await told(working.thread(`${ids} port.postMessage({ pid, tid })`));
  return [child.pid !== pid, worker.pid !== pid, worker.tid !== tid].map(Number);
});
