// How many jobs does it take to hold the pool up? Each reads a byte from a pipe (descriptor 2) that nobody has written
// to, which blocks a thread. A stat behind them is done at once while a thread is left.
const fs = require('fs');
const PIPE = '/proc/self/fd/2';

answer(async ({ patience, most }) => {
  const writer = fs.openSync(PIPE, 'w');
  const reads = [];
  let held = false;
  while (!held && reads.length < most) {
    reads.push(new Promise((tell) => fs.read(2, Buffer.alloc(1), 0, 1, null, tell)));
    const stat = new Promise((tell) => fs.stat('/', () => tell(false)));
    held = await Promise.race([stat, new Promise((tell) => setTimeout(tell, patience, true))]);
  }
  fs.writeSync(writer, Buffer.alloc(reads.length));
  await Promise.all(reads);
  return held ? reads.length : null;
});
