// Ten waits of 5 ms: all on one loop at once, or one after another; how long they took, ns.
const wait = () => new Promise((then) => setTimeout(then, 5));

answer(async ({ atOnce }) => {
  const began = now();
  if (atOnce) await Promise.all(Array.from({ length: 10 }, wait));
  else for (let n = 0; n < 10; n++) await wait();
  return [now() - began];
});
