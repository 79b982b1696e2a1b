'use strict';
// The registry, twins, queries and jobs through the service SDK; stops at the first answer that is not IoT Hub's.
const assert = require('assert');
const { registry, jobs, say, run } = require('./connect');

const refused = (promise, name) => assert.rejects(promise, (error) => {
  assert.strictEqual(error.name, name, error.message);
  return true;
});

async function identities(hub) {
  const { responseBody: made } = await hub.create({ deviceId: "d1#x'y" });
  assert.strictEqual(made.deviceId, "d1#x'y");
  assert.strictEqual(Buffer.from(made.authentication.symmetricKey.primaryKey, 'base64').length, 32);
  await refused(hub.create({ deviceId: "d1#x'y" }), 'DeviceAlreadyExistsError');
  await refused(hub.get('nobody'), 'DeviceNotFoundError');

  const { responseBody: changed } = await hub.update({ ...made, status: 'disabled' });
  assert.strictEqual(changed.status, 'disabled');
  assert.deepStrictEqual(changed.authentication.symmetricKey, made.authentication.symmetricKey);
  assert.notStrictEqual(changed.etag, made.etag);
  await hub.delete("d1#x'y");
  await refused(hub.get("d1#x'y"), 'DeviceNotFoundError');
}

async function bulk(hub) {
  const ids = Array.from({ length: 5 }, (_, i) => ({ deviceId: `bulk-${i}` }));
  const { responseBody: added } = await hub.addDevices(ids);
  assert.strictEqual(added.isSuccessful, true);
  assert.strictEqual((await hub.list()).responseBody.length, 5);
  assert.strictEqual((await hub.getRegistryStatistics()).responseBody.totalDeviceCount, 5);

  const before = (await hub.get('bulk-0')).responseBody;
  assert.strictEqual((await hub.updateDevices([before], false)).responseBody.isSuccessful, true);
  await refusedLine(hub.updateDevices([before], false), 'PreconditionFailed');
  await refusedLine(hub.addDevices([{ deviceId: 'new' }, before]), 'DeviceAlreadyExists');
  const leaving = [{ deviceId: 'new' }];
  assert.strictEqual((await hub.removeDevices(leaving, true)).responseBody.isSuccessful, true);
  await refusedLine(hub.removeDevices(leaving, true), 'DeviceNotFound');
}

// The SDK takes a bulk with a line that failed for an error, and loses what it says.
function refusedLine(promise, code) {
  return assert.rejects(promise, (error) => {
    const result = JSON.parse(error.responseBody);
    assert.strictEqual(result.isSuccessful, false);
    assert.deepStrictEqual(result.errors.map((line) => line.errorCode), [code]);
    return error.name === 'ArgumentError';
  });
}

async function twins(hub) {
  const { responseBody: before } = await hub.getTwin('bulk-0');
  assert.strictEqual(before.properties.desired.$version, 1);
  const { responseBody: after } = await hub.updateTwin('bulk-0',
    { tags: { site: 'munich' }, properties: { desired: { a: { b: 1, c: [1, 2] } } } }, before.etag);
  assert.strictEqual(after.properties.desired.$version, 2);
  assert.ok(after.properties.desired.$metadata.a.b.$lastUpdated);
  await refused(hub.updateTwin('bulk-0', { tags: { site: 'rome' } }, before.etag), 'InvalidEtagError');
  const { responseBody: removed } = await hub.updateTwin('bulk-0', { properties: { desired: { a: { b: null } } } }, '*');
  assert.deepStrictEqual(removed.properties.desired.a, { c: [1, 2] });
  await hub.updateTwin('bulk-0', { tags: { rack: { row: 1, shelf: 2 } } }, '*');
  const { responseBody: moved } = await hub.updateTwin('bulk-0', { tags: { rack: { shelf: null } } }, '*');
  assert.deepStrictEqual(moved.tags, { site: 'munich', rack: { row: 1 } });
}

async function queries(hub) {
  const paged = hub.createQuery('SELECT * FROM devices', 2);
  const pages = [];
  while (paged.hasMoreResults) pages.push((await paged.nextAsTwin()).result.length);
  assert.deepStrictEqual(pages, [2, 2, 1]);

  const large = hub.createQuery('SELECT deviceId FROM devices', 1000);
  assert.strictEqual((await large.next()).result.length, 5);
  assert.strictEqual(large.hasMoreResults, false);

  const counted = hub.createQuery('SELECT tags.site AS site, COUNT() AS n FROM devices GROUP BY tags.site');
  const rows = (await counted.next()).result;
  assert.deepStrictEqual(rows.find((row) => row.site === 'munich').n, 1);
  await refused(hub.createQuery('SELECT nonsense').next(), 'ArgumentError');
}

async function scheduledJobs(client) {
  const patch = { etag: '*', tags: { seen: true } };
  const tomorrow = new Date(Date.now() + 24 * 3600 * 1000);
  await client.scheduleTwinUpdate('job-tomorrow', '*', patch, tomorrow, 60);
  await refused(client.scheduleTwinUpdate('job-tomorrow', '*', patch, tomorrow, 60), 'DeviceAlreadyExistsError');
  assert.strictEqual((await client.getJob('job-tomorrow')).jobStatus.status, 'scheduled');
  assert.strictEqual((await client.cancelJob('job-tomorrow')).jobStatus.status, 'cancelled');
  assert.strictEqual((await client.getJob('nobody')).jobStatus.status, 'unknown');

  await refused(client.scheduleTwinUpdate('bad_id', '*', patch, tomorrow, 60), 'ArgumentError');
  await refused(client.scheduleTwinUpdate('late', '*', patch, new Date(Date.now() + 169 * 3600 * 1000), 60), 'ArgumentError');
  await refused(client.scheduleTwinUpdate('no-etag', '*', { tags: {} }, tomorrow, 60), 'InvalidEtagError');
  await assert.rejects(client.cancelJob('job-tomorrow'), /OperationNotAllowedInCurrentState|current state/);
  await assert.rejects(client.cancelJob('nobody'), /Not found/);
  assert.deepStrictEqual((await client.createQuery('scheduleDeviceMethod', 'cancelled').next()).result, []);
  assert.deepStrictEqual((await client.createQuery('scheduleUpdateTwin', 'failed').next()).result, []);

  const listed = client.createQuery('scheduleUpdateTwin', 'cancelled');
  assert.deepStrictEqual((await listed.next()).result.map((job) => job.jobId), ['job-tomorrow']);
}

async function importJobs(hub) {
  await hub.exportDevicesToBlob('https://storage.example/container', true);
  const { responseBody: [listed] } = await hub.listJobs();
  assert.strictEqual(listed.type, 'export');
  assert.strictEqual((await hub.getJob(listed.jobId)).status, 'failed');
  await assert.rejects(hub.getJob('nobody'), /Not found/);
}

run(async () => {
  const hub = registry();
  await identities(hub);
  await bulk(hub);
  await twins(hub);
  await queries(hub);
  await scheduledJobs(jobs());
  await importJobs(hub);
  say({ ok: true });
});
