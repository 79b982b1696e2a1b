'use strict';
// Reports a counter as fast as the hub acknowledges it, and says each acknowledged number: node reporter.js ID
const { device, say, run } = require('./connect');

run(async () => {
  const client = await device(process.argv[2]);
  await client.open();
  const twin = await client.getTwin();
  for (let n = 1; ; ++n) {
    await new Promise((resolve, reject) =>
      twin.properties.reported.update({ n }, (error) => (error ? reject(error) : resolve())));
    say({ acknowledged: n });
  }
});
