'use strict';
// A roll-out by configuration: made once, then its metrics are read until every chiller runs the new firmware.
const assert = require('assert');
const { registry, say, pause, run } = require('./connect');

const id = 'firmware285';
const fwVersion = '2.8.5';
const phase = (...statuses) => `SELECT deviceId FROM devices WHERE configurations.[[${id}]].status = 'Applied' AND (`
  + statuses.map((status) => `properties.reported.firmware.fwUpdateStatus = '${status}'`).join(' OR ') + ')';

const configuration = {
  id,
  content: {
    deviceContent: {
      'properties.desired.firmware': {
        fwVersion, fwPackageURI: 'https://secureuri/package.bin', fwPackageCheckValue: '123456abcde',
      },
    },
  },
  targetCondition: "tags.devicetype = 'chiller'",
  priority: 20,
  metrics: {
    queries: {
      current: `${phase('current')} AND properties.reported.firmware.currentFwVersion = '${fwVersion}'`,
      applying: phase('downloading', 'verifying', 'applying'),
      rebooting: phase('rebooting'),
      error: phase('error'),
      rolledback: phase('rolledback'),
    },
  },
};

run(async () => {
  const hub = registry();
  await hub.addConfiguration(configuration);
  let read;
  do {
    await pause(500);
    read = (await hub.getConfiguration(id)).responseBody;
  } while (!(read.metrics.results.current > 0 && read.metrics.results.current === read.systemMetrics.results.targetedCount));
  const { targetedCount, appliedCount } = read.systemMetrics.results;
  assert.deepStrictEqual(Object.keys(read.metrics.results), Object.keys(configuration.metrics.queries));
  assert.strictEqual(read.metrics.results.error + read.metrics.results.rolledback, 0);

  const { result: twins } = await hub.createQuery("SELECT * FROM devices WHERE tags.devicetype = 'chiller'").nextAsTwin();
  for (const twin of twins) {
    assert.deepStrictEqual(twin.configurations, { [id]: { status: 'Applied' } });
    assert.strictEqual(twin.properties.desired.$metadata.firmware.$lastUpdatedBy, id);
  }
  say({ targeted: targetedCount, applied: appliedCount, current: read.metrics.results.current });
});
