'use strict';
// How the real SDKs reach a hub on any loopback port. FWHUB holds the line that fwhub printed.
const https = require('https');
const { Client, ModuleClient } = require('azure-iot-device');
const { Mqtt, MqttWs } = require('azure-iot-device-mqtt');
const { Client: ServiceClient, DigitalTwinClient, IoTHubTokenCredentials, JobClient, Registry } = require('azure-iothub');

const hub = JSON.parse(process.env.FWHUB);

// The service SDK takes no port in a connection string, so the string names the host alone and the agent the port.
class FixedPortAgent extends https.Agent {
  createConnection(options, done) {
    return super.createConnection({ ...options, host: '127.0.0.1', port: hub.httpsPort, servername: 'localhost' }, done);
  }
}

function service(kind) {
  const client = kind.fromConnectionString(hub.connectionString.replace(/^HostName=[^;]*/, 'HostName=localhost'));
  client._restApiClient.setOptions({ http: { agent: new FixedPortAgent({ keepAlive: true }) } });
  return client;
}

// The device SDK knows no other port for WebSocket than 443.
class AnyPortMqttWs extends MqttWs {
  _getBaseTransportConfig(credentials) {
    const config = super._getBaseTransportConfig(credentials);
    return { ...config, uri: config.uri.replace(':443/', `:${hub.httpsPort}/`) };
  }
}

async function device(id, transport = 'tcp') {
  const { responseBody } = await registry().get(id);
  const key = responseBody.authentication.symmetricKey.primaryKey;
  return transport === 'websocket'
    ? Client.fromConnectionString(`HostName=localhost;DeviceId=${id};SharedAccessKey=${key}`, AnyPortMqttWs)
    : Client.fromConnectionString(`HostName=localhost:${hub.mqttPort};DeviceId=${id};SharedAccessKey=${key}`, Mqtt);
}

async function moduleClient(deviceId, moduleId) {
  const { responseBody } = await registry().getModule(deviceId, moduleId);
  const key = responseBody.authentication.symmetricKey.primaryKey;
  return ModuleClient.fromConnectionString(
    `HostName=localhost:${hub.mqttPort};DeviceId=${deviceId};ModuleId=${moduleId};SharedAccessKey=${key}`, Mqtt);
}

// This client of theirs takes a port.
const digitalTwins = () => new DigitalTwinClient(new IoTHubTokenCredentials(hub.connectionString));
const methods = () => service(ServiceClient);
const registry = () => service(Registry);
const jobs = () => service(JobClient);
const say = (line) => process.stdout.write(JSON.stringify(line) + '\n');
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function run(main) {
  main().then(() => process.exit(0), (error) => {
    process.stderr.write(`${error.stack || error}\n`);
    process.exit(1);
  });
}

module.exports = { registry, jobs, methods, digitalTwins, device, moduleClient, say, pause, run };
