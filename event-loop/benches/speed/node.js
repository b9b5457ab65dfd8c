const COUNT = 100000;

function each(start, chained, done) {
  const began = process.hrtime.bigint();
  let ran = 0;
  const callback = () => {
    if (++ran === COUNT) done(Number(process.hrtime.bigint() - began) / COUNT);
    else if (chained) start(callback);
  };
  for (let n = 0; n < (chained ? 1 : COUNT); n++) start(callback);
}

const cpu = () => { const { user, system } = process.cpuUsage(); return (user + system) * 1000; };

const words = {
  immediates: (done) => each((f) => setImmediate(f), false, done),
  ticks: (done) => each((f) => process.nextTick(f), true, done),
  timers: (done) => each((f) => setTimeout(f, 1), false, done),
  cpu: (done) => done(cpu()),
  serve: (done) => {
    const server = require('net').createServer((socket) => { socket.setNoDelay(true); socket.pipe(socket); });
    server.listen(0, '127.0.0.1', () => done(server.address().port));
  },
};

require('readline').createInterface({ input: process.stdin })
  .on('line', (word) => words[word]((number) => console.log(number)))
  .on('close', () => process.exit());
