'use strict';
// Module identities and their twins through the service SDK, and a module on the device SDK.
const assert = require('assert');
const { registry, methods, moduleClient, pause, say, run } = require('./connect');

async function identities(hub) {
  await hub.create({ deviceId: 'd' });
  const { responseBody: made } = await hub.addModule({ deviceId: 'd', moduleId: 'm', managedBy: 'us' });
  assert.strictEqual(made.moduleId, 'm');
  await assert.rejects(hub.addModule({ deviceId: 'd', moduleId: 'm' }), /already registered|409|Conflict/);
  assert.strictEqual((await hub.getModulesOnDevice('d')).responseBody.length, 1);
  const { responseBody: changed } = await hub.updateModule({ ...made, managedBy: 'them' });
  assert.strictEqual(changed.managedBy, 'them');
  await hub.addModule({ deviceId: 'd', moduleId: 'gone' });
  await hub.removeModule('d', 'gone');
  assert.strictEqual((await hub.getModulesOnDevice('d')).responseBody.length, 1);
}

async function twin(hub) {
  const client = await moduleClient('d', 'm');
  await client.open();
  const theirs = await client.getTwin();
  const wished = new Promise((resolve) => theirs.on('properties.desired.wish', resolve));
  await pause(200);
  await hub.updateModuleTwin('d', 'm', { properties: { desired: { wish: 7 } } }, '*');
  assert.strictEqual(await wished, 7);
  await new Promise((resolve, reject) =>
    theirs.properties.reported.update({ got: 7 }, (error) => (error ? reject(error) : resolve())));
  assert.strictEqual((await hub.getModuleTwin('d', 'm')).responseBody.properties.reported.got, 7);
  return client;
}

async function method(client) {
  client.onMethod('add', (request, response) => response.send(200, request.payload.a + request.payload.b));
  await pause(200);
  const call = { methodName: 'add', payload: { a: 2, b: 3 }, responseTimeoutInSeconds: 10 };
  const { result } = await methods().invokeDeviceMethod('d', 'm', call);
  assert.deepStrictEqual([result.status, result.payload], [200, 5]);
}

run(async () => {
  const hub = registry();
  await identities(hub);
  const client = await twin(hub);
  await method(client);
  const rows = (await hub.createQuery("SELECT * FROM devices.modules WHERE moduleId = 'm'").nextAsTwin()).result;
  assert.deepStrictEqual(rows.map((row) => [row.deviceId, row.properties.reported.got]), [['d', 7]]);
  say({ ok: true });
});
