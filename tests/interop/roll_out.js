'use strict';
// The tutorial's back end: schedules the twin update for all chillers, follows the job, then reads what devices report.
const assert = require('assert');
const { jobs, registry, say, pause, run } = require('./connect');

const version = '2.8.5';
const condition = "tags.devicetype = 'chiller'";
const patch = {
  etag: '*',
  properties: {
    desired: {
      patchId: 'Firmware update',
      firmware: { fwVersion: version, fwPackageURI: 'https://secureuri/package.bin', fwPackageCheckValue: '123456abcde' },
    },
  },
};

async function finished(client, id) {
  for (;;) {
    const { jobStatus } = await client.getJob(id);
    if (['completed', 'failed', 'cancelled'].includes(jobStatus.status)) return jobStatus;
    await pause(100);
  }
}

async function reports() {
  const query = registry().createQuery(`SELECT * FROM devices WHERE ${condition}`, 100);
  const found = [];
  while (query.hasMoreResults) found.push(...(await query.nextAsTwin()).result);
  return found.map((twin) => twin.properties.reported.firmware || {});
}

run(async () => {
  const client = jobs();
  const id = `sdk-${Date.now()}`;
  await client.scheduleTwinUpdate(id, condition, patch, new Date(), 300);
  const job = await finished(client, id);
  assert.strictEqual(job.status, 'completed');
  assert.strictEqual(job.deviceJobStatistics.failedCount, 0);

  let firmware = [];
  do {
    await pause(200);
    firmware = await reports();
  } while (!firmware.every((each) => each.currentFwVersion === version && each.fwUpdateStatus === 'current'));
  say({ job: job.status, devices: firmware.length });
});
