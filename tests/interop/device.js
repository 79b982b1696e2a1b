'use strict';
// The tutorial's device on the real device SDK, phases shortened: node device.js ID [websocket]
const { device, say, pause, run } = require('./connect');

const phases = [
  ['downloading', 'Start downloading', 'Finished downloading'],
  ['verifying', 'Start verifying download', 'Finished verifying download'],
  ['applying', 'Start applying image', 'Finished applying image'],
  ['rebooting', 'Start reboot', 'Finished reboot'],
];

run(async () => {
  const client = await device(process.argv[2], process.argv[3]);
  await client.open();
  const twin = await client.getTwin();
  const report = (firmware) => new Promise((resolve, reject) =>
    twin.properties.reported.update({ firmware }, (error) => (error ? reject(error) : resolve())));

  await report({ currentFwVersion: '1.0.0', pendingFwVersion: '', fwUpdateStatus: 'current', fwUpdateSubstatus: '',
    lastFwUpdateStartTime: '', lastFwUpdateEndTime: '' });
  let current = '1.0.0';
  twin.on('properties.desired.firmware', async ({ fwVersion }) => {
    if (fwVersion === current) return;
    await report({ pendingFwVersion: fwVersion, lastFwUpdateStartTime: new Date().toISOString() });
    for (const [status, start, end] of phases) {
      await report({ fwUpdateStatus: status, fwUpdateSubstatus: start });
      await pause(50);
      await report({ fwUpdateStatus: status, fwUpdateSubstatus: end });
    }
    current = fwVersion;
    await report({ currentFwVersion: fwVersion, pendingFwVersion: '', fwUpdateStatus: 'current', fwUpdateSubstatus: '',
      lastFwUpdateEndTime: new Date().toISOString() });
    say({ running: fwVersion });
  });
  // The SDK subscribes behind our back, and comes back to a lost hub only once it has: a report answered after the
  // SUBSCRIBE was sent says that its SUBACK has arrived.
  await pause(200);
  await report({ currentFwVersion: current });
  say({ online: process.argv[2] });
  await new Promise(() => {});
});
