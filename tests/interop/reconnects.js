'use strict';
// What the real device SDK goes through with one connection after the other, and what it hears and says on each:
// node reconnects.js [websocket]
const assert = require('assert');
const http = require('http');
const { device, registry, say, pause, run } = require('./connect');

const id = 'chiller-a';
const hub = JSON.parse(process.env.FWHUB);

function control(method, path, body) {
  return new Promise((resolve, reject) => {
    const request = http.request(hub.controlUrl + path, { method }, (response) => {
      let text = '';
      response.on('data', (part) => { text += part; });
      response.on('end', () => resolve({ status: response.statusCode, text }));
    });
    request.on('error', reject).end(body && JSON.stringify(body));
  });
}

const switches = (values) => control('PUT', '/switches', { ...values, faultLimit: 1 });
const counter = async (name) => JSON.parse((await control('GET', '/counters')).text)[name] || 0;

async function until(what, condition) {
  for (let tries = 0; !(await condition()); ++tries) {
    assert(tries < 300, what);
    await pause(100);
  }
}

run(async () => {
  await registry().create({ deviceId: id });
  const client = await device(id, process.argv[2]);
  await client.setOptions({ keepalive: 2, tokenRenewal: { tokenValidTimeInSeconds: 8, tokenRenewalMarginInSeconds: 4 } });
  await client.open();
  const twin = await client.getTwin();
  let heard = 0;
  twin.on('properties.desired.n', (n) => { heard = n; });
  const report = (patch) => new Promise((resolve, reject) =>
    twin.properties.reported.update(patch, (error) => (error ? reject(error) : resolve())));
  // What is on its way while a connection ends is lost, and this SDK does not notice: so both are tried again.
  let n = 0;
  const works = async (after) => {
    await until(`desired properties arrive ${after}`, async () => {
      await registry().updateTwin(id, { properties: { desired: { n: ++n } } }, '*');
      await pause(300);
      return heard === n;
    });
    await until(`a report is answered ${after}`, () =>
      Promise.race([report({ n }).then(() => true), pause(1000).then(() => false)]));
    assert.strictEqual((await registry().getTwin(id)).responseBody.properties.reported.n, n, after);
  };
  await works('at first');

  assert.strictEqual((await control('DELETE', `/connections/${id}`)).status, 204);
  await works('after the hub closed the connection');

  await switches({ connack5: 1 });
  await control('DELETE', `/connections/${id}`);
  await until('a connect is refused', async () => (await counter('fault.connack5')) === 1);
  await works('after a connect was refused');

  await switches({ silentDeath: 1 });
  await until('the connection dies', async () => (await counter('fault.silentDeath')) === 1);
  await pause(3000);
  await works('after the connection died silently');

  for (const [name, status] of [['twinError412', 412], ['twinError429', 429], ['twinError500', 500]]) {
    await switches({ [name]: 1 });
    await assert.rejects(report({ refused: status }), undefined, name);
  }
  await switches({ duplicateTwinResponse: 1 });
  await report({ twice: true });
  await works('after refusals');

  await pause(5000);
  await works('after the token was renewed');
  say({ ok: true });
});
