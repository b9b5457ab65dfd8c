// Round trips between Node's main thread and a Worker, or a child process, timed here. The first question starts them.
const echo = "port.on('message', (m) => port.postMessage(m));";
const sharing = `const { turn, data } = require('worker_threads').workerData;
const own = new Uint8Array(data.length);
for (;;) {
  Atomics.wait(turn, 0, 0);
  own.set(data);
  data.set(own);
  Atomics.store(turn, 0, 0);
  Atomics.notify(turn, 0);
}`;
const forked = (serialization) => working.process("process.on('message', (m) => process.send(m));", { serialization });

// One listener, and a promise for each message.
const through = (unit, send) => {
  let arrive;
  unit.on('message', (message) => arrive(message));
  return (message) => new Promise((back) => { arrive = back; send(message); });
};

let messages;
const trips = {};
const start = async (size) => {
  const bytes = Uint8Array.from({ length: size }, (_, n) => n % 251);
  const text = 'abcdefghijklmnop'.repeat(size / 16); // JSON has no bytes
  const [turn, data] = [new Int32Array(new SharedArrayBuffer(4)), new Uint8Array(new SharedArrayBuffer(size))];
  const [worker, sharer] = [working.thread(echo), working.thread(sharing, { workerData: { turn, data } })];
  const [json, advanced] = [forked('json'), forked('advanced')];
  const copy = new Uint8Array(size);
  Object.assign(trips, {
    'postMessage': through(worker, (message) => worker.postMessage(message)),
    'SharedArrayBuffer': (message) => {
      data.set(message);
      Atomics.store(turn, 0, 1);
      Atomics.notify(turn, 0);
      Atomics.wait(turn, 0, 1);
      copy.set(data);
      return copy;
    },
    'send': through(json, (message) => json.send(message)),
    'send, advanced': through(advanced, (message) => advanced.send(message)),
  });
  messages = { 'postMessage': bytes, 'SharedArrayBuffer': bytes, 'send': text, 'send, advanced': bytes };
  await new Promise((up) => sharer.once('online', up));
  for (const by in trips) await trips[by](messages[by]); // all are up
  return children.map((one) => one.pid);
};

const measure = async (by, count) => {
  let last;
  const began = now();
  for (let n = 0; n < count; n++) last = await trips[by](messages[by]);
  const ns = (now() - began) / count;
  const changed = typeof last === 'string' ? last !== messages[by] : Buffer.compare(last, messages[by]) !== 0;
  if (changed) throw new Error(`a message came back changed from ${by}`);
  return [ns];
};

answer(({ size, by, count }) => (size ? start(size) : measure(by, count)));
