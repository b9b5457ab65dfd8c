// A Worker and a child process that write to what they are sent, and idle ones that can be counted.
const write = '(m) => { m.object.canary = 2; if (m.shared) Atomics.store(m.shared, 0, 2); ';
const start = {
  thread: () => working.thread(`port.on('message', ${write} port.postMessage(m.object.canary); })`),
  process: () => working.process(`process.on('message', ${write} process.send(m.object.canary); })`),
};
const writers = {};

// Has a unit write to its copy of an object, and to shared memory where it can get it; what we see then.
const sees = async (unit, shared) => {
  const object = { canary: 1 };
  tell(unit, { object, shared });
  if (await told(unit) !== 2) throw new Error('who was to write did not');
  return { object: object.canary === 2, shared: shared?.[0] === 2 };
};

answer(async ({ writer, written, idle }) => {
  const kind = writer || idle;
  const unit = writer ? (writers[kind] ??= start[kind]()) : start[kind]();
  const shared = kind === 'thread' ? new Int32Array(new SharedArrayBuffer(4)) : undefined;
  const seen = await sees(unit, shared);
  return writer ? [Number(seen[written])] : children.map((one) => one.pid);
});
