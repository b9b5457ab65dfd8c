// Node's cluster: its workers listen on one port, and tell their pids to whoever connects.
const cluster = require('cluster');
const net = require('net');

const WORKER = "require('net').createServer((socket) => socket.end(`${process.pid}`)).listen(0, '127.0.0.1')";

const ask = (port) => new Promise((tell, fail) => {
  let told = '';
  net.connect(port, '127.0.0.1').on('data', (data) => { told += data; }).on('end', () => tell(told)).on('error', fail);
});

answer(async ({ workers, connections }) => {
  cluster.setupPrimary({ exec: '/dev/null', execArgv: ['-e', WORKER] });
  const listening = (worker) => new Promise((tell) => worker.once('listening', ({ port }) => tell(port)));
  const ports = await Promise.all(Array.from({ length: workers }, () => listening(cluster.fork())));
  const pids = new Set();
  for (let n = 0; n < connections; n += 1) pids.add(await ask(ports[0]));
  const primary = pids.delete(`${process.pid}`);
  const gone = Object.values(cluster.workers).map((worker) => new Promise((tell) => worker.once('exit', tell)));
  cluster.disconnect();
  await Promise.all(gone);
  if (primary || new Set(ports).size !== 1) throw new Error('the workers did not share one port');
  return [pids.size];
});
