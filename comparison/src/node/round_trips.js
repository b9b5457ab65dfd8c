// Round trips between Node's main thread and a Worker, or a child process, timed here. The first question starts them.
const echo = "port.on('message', (m) => port.postMessage(m));";
const forked = (serialization) => working.process("process.on('message', (m) => process.send(m));", { serialization });

// One listener, and a promise for each message.
const through = (unit, send) => {
  let arrive;
  unit.on('message', (message) => arrive(message));
  return (message) => new Promise((back) => { arrive = back; send(message); });
};

const ends = {};
const start = async (size) => {
  const bytes = Uint8Array.from({ length: size }, (_, n) => n % 251);
  const text = 'abcdefghijklmnop'.repeat(size / 16); // JSON has no bytes
  const { post, json, advanced } = units;
  ends[size] = { 'postMessage': [post, bytes], 'send': [json, text], 'send, advanced': [advanced, bytes] };
  for (const by in ends[size]) await ends[size][by][0](ends[size][by][1]); // all are up
};

let units;
const startAll = async (sizes) => {
  const [worker, json, advanced] = [working.thread(echo), forked('json'), forked('advanced')];
  units = {
    post: through(worker, (message) => worker.postMessage(message)),
    json: through(json, (message) => json.send(message)),
    advanced: through(advanced, (message) => advanced.send(message)),
  };
  for (const size of sizes) await start(size);
  return children.map((one) => one.pid);
};

const measure = async (size, by, count) => {
  const [trip, message] = ends[size][by];
  let last;
  const began = now();
  for (let n = 0; n < count; n++) last = await trip(message);
  const ns = (now() - began) / count;
  const changed = typeof last === 'string' ? last !== message : Buffer.compare(last, message) !== 0;
  if (changed) throw new Error(`a message came back changed from ${by}`);
  return [ns];
};

answer(({ sizes, size, by, count }) => (sizes ? startAll(sizes) : measure(size, by, count)));
