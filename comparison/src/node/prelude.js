// Questions come as JSON, a line each; so do the answers. The end of the questions is the end of the script.
const answer = async (handler) => {
  for await (const line of require('readline').createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await handler(JSON.parse(line)))}\n`);
  }
  process.exit();
};

// Children end, and are waited for: so what they used counts as ours.
const endAll = (children) => Promise.all(children.map((one) => new Promise((gone) => {
  one.once('exit', gone);
  one.disconnect();
})));
