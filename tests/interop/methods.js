'use strict';
// Direct methods, method jobs, telemetry and a cut connection: service SDK on one side, device SDK on the other.
const assert = require('assert');
const http = require('http');
const { Message } = require('azure-iot-device');
const { registry, jobs, methods, digitalTwins, device, pause, say, run } = require('./connect');

const control = JSON.parse(process.env.FWHUB).controlUrl;

function ask(method, path) {
  return new Promise((resolve, reject) => {
    http.request(control + path, { method }, (response) => {
      let text = '';
      response.on('data', (piece) => { text += piece; });
      response.on('end', () => resolve(text ? JSON.parse(text) : null));
    }).on('error', reject).end();
  });
}

const call = (more) => ({ methodName: 'reboot', payload: { delay: 5 }, responseTimeoutInSeconds: 10, ...more });

async function online(id) {
  const client = await device(id);
  await client.open();
  client.onDeviceMethod('reboot', (request, response) => response.send(202, { asked: request.payload.delay }));
  client.onDeviceMethod('sleep', () => {});
  await pause(200);
  return client;
}

async function directMethods(client) {
  const { result } = await client.invokeDeviceMethod('on', call());
  assert.deepStrictEqual([result.status, result.payload], [202, { asked: 5 }]);
  await assert.rejects(client.invokeDeviceMethod('off', call()), (error) => error.response.statusCode === 404);
  await assert.rejects(client.invokeDeviceMethod('nobody', call()), { name: 'DeviceNotFoundError' });
  await assert.rejects(client.invokeDeviceMethod('on', call({ responseTimeoutInSeconds: 4 })), { name: 'ArgumentError' });
  const soon = online('late');
  const waited = await client.invokeDeviceMethod('late', call({ connectTimeoutInSeconds: 10 }));
  assert.strictEqual(waited.result.status, 202);
  await soon;
}

// A command of Plug and Play is a method, and of a component one with its name in front.
async function commands(client) {
  const twins = digitalTwins();
  client.onDeviceMethod('oven*heat', (request, response) => response.send(200, request.payload.to));
  const whole = await twins.invokeCommand('on', 'reboot', { delay: 6 });
  assert.deepStrictEqual([whole.xMsCommandStatuscode, whole.body.asked], [202, 6]);
  const part = await twins.invokeComponentCommand('on', 'oven', 'heat', { to: 200 });
  assert.strictEqual(part.xMsCommandStatuscode, 200);
  await twins.updateDigitalTwin('on', [{ op: 'add', path: '/celsius', value: 4 }]);
  assert.strictEqual((await twins.getDigitalTwin('on')).$metadata.celsius.desiredValue, 4);
}

async function methodJob(client, hub) {
  await client.scheduleDeviceMethod('m', "deviceId IN ['on', 'off']", call(), new Date(), 60);
  let job;
  do {
    await pause(50);
    job = (await client.getJob('m')).jobStatus;
  } while (job.status !== 'completed');
  assert.strictEqual(job.deviceJobStatistics.succeededCount, 1);
  assert.strictEqual(job.deviceJobStatistics.failedCount, 1);
  const rows = (await hub.createQuery("SELECT * FROM devices.jobs WHERE devices.jobs.jobId = 'm'").next()).result;
  const outcome = (id) => rows.find((row) => row.deviceId === id);
  assert.deepStrictEqual(outcome('on').outcome.deviceMethodResponse, { status: 202, payload: { asked: 5 } });
  assert.strictEqual(outcome('off').error.code, 'DeviceNotOnline');
}

run(async () => {
  const hub = registry();
  for (const deviceId of ['on', 'off', 'late']) await hub.create({ deviceId });
  const client = await online('on');
  await directMethods(methods());
  await commands(client);
  await methodJob(jobs(), hub);
  await client.sendEvent(new Message('{"temperature":4}'));
  assert.strictEqual((await ask('GET', '/counters')).telemetry, 1);

  // The SDK comes back by itself, and its methods with it.
  await ask('DELETE', '/connections/on');
  const { result } = await methods().invokeDeviceMethod('on', call({ connectTimeoutInSeconds: 10 }));
  assert.strictEqual(result.status, 202);
  say({ ok: true });
});
