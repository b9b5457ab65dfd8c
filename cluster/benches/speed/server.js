// Node's cluster with as many workers as its first argument says. It prints the port once all of them listen.
const cluster = require('node:cluster'), http = require('node:http');
if (cluster.isPrimary) {
  for (let n = 0; n < +process.argv[1]; n++) cluster.fork();
  let listening = 0;
  cluster.on('listening', (worker, address) => {
    if (++listening == process.argv[1]) console.log(address.port);
  });
  process.stdin.on('end', () => process.exit()).resume(); // it ends with the benchmark
} else {
  const body = String(process.pid);
  http.createServer((request, response) => response.end(body)).listen(0, '127.0.0.1');
}
