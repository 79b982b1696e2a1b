'use strict';
// Configurations through the service SDK; stops at the first answer that is not IoT Hub's.
const assert = require('assert');
const { registry, say, run } = require('./connect');

const refused = (promise, name, text) => assert.rejects(promise, (error) => {
  assert.strictEqual(error.name, name, error.message);
  assert.match(error.responseBody || error.message, text);
  return true;
});

const content = { deviceContent: { 'properties.desired.climate': { celsius: 4 } } };
const wish = { id: 'climate', content, targetCondition: "tags.site = 'munich'", priority: 5, labels: { team: 'cold' } };

async function made(hub) {
  const { responseBody: made } = await hub.addConfiguration(wish);
  assert.strictEqual(made.etag, 'MQ==');
  assert.strictEqual(made.schemaVersion, '1.0');
  assert.deepStrictEqual(made.systemMetrics.results, {});
  await refused(hub.addConfiguration(wish), 'DeviceAlreadyExistsError', /ConfigurationAlreadyExists/);
  await refused(hub.addConfiguration({ ...wish, id: 'Climate' }), 'ArgumentError', /ArgumentInvalid/);
  await refused(hub.addConfiguration({ ...wish, id: 'other', content: { deviceContent: { 'tags.x': 1 } } }),
    'ArgumentError', /InvalidConfigurationContent/);
  await refused(hub.addConfiguration({ ...wish, id: 'other', targetCondition: 'tags.site =' }),
    'ArgumentError', /InvalidConfigurationTargetCondition/);
}

async function read(hub) {
  const { responseBody: one } = await hub.getConfiguration('climate');
  assert.deepStrictEqual(one.content, content);
  assert.deepStrictEqual(one.labels, { team: 'cold' });
  const { responseBody: all } = await hub.getConfigurations();
  assert.deepStrictEqual(all.map((configuration) => configuration.id), ['climate']);
  await assert.rejects(hub.getConfiguration('nobody'), /ConfigurationNotFound|Not found/);
  return one;
}

async function changed(hub, one) {
  const { responseBody: updated } = await hub.updateConfiguration({ ...one, priority: 6 });
  assert.strictEqual(updated.priority, 6);
  assert.strictEqual(updated.etag, 'Mg==');
  await refused(hub.updateConfiguration({ ...one, priority: 7 }), 'InvalidEtagError', /PreconditionFailed/);
  const { responseBody: forced } = await hub.updateConfiguration({ ...one, priority: 8 }, true);
  assert.strictEqual(forced.priority, 8);
}

async function appliedByHand(hub) {
  await hub.create({ deviceId: 'leaf' });
  const modules = { modulesContent: { $edgeAgent: { 'properties.desired': { a: 1 } } } };
  await refused(hub.applyConfigurationContentOnDevice('leaf', modules), 'ArgumentError', /Not an Azure IoT Edge device/);
}

run(async () => {
  const hub = registry();
  await made(hub);
  await changed(hub, await read(hub));
  await appliedByHand(hub);
  await hub.removeConfiguration('climate');
  assert.deepStrictEqual((await hub.getConfigurations()).responseBody, []);
  say({ ok: true });
});
