"""MQTT over WebSocket on the HTTPS port, frame by frame."""
import json
import time
import unittest

import lab
import raw_device as raw


class WebSocket(lab.Lab):
    def setUp(self):
        super().setUp()
        self.fwctl("device", "create", "a", code=0)
        self.key = self.fwctl("device", "connection-string", "a", code=0).stdout.strip().split("SharedAccessKey=")[1]

    def upgrade(self, *arguments, **more):
        carrier = raw.WebSocket(self.hub_info, *arguments, **more)
        self.addCleanup(carrier.close)
        return carrier

    def websocket(self):
        return raw.RawDevice(self.upgrade())

    def tcp(self):
        carrier = raw.tcp(self.hub_info)
        self.addCleanup(carrier.close)
        return raw.RawDevice(carrier)

    def online(self, device):
        self.assertEqual(device.connect("a", self.key)[1], 0)
        device.subscribe(raw.TWIN_ANSWERS, raw.DESIRED)
        return device

    def assert_serves(self, device):
        device.send(raw.get_packet("still-there"))
        self.assertEqual(device.next_publish()[0], "$iothub/twin/res/200/?$rid=still-there")

    def wait_until_disconnected(self):
        deadline = time.monotonic() + lab.PATIENCE
        while self.fwctl_json("twin", "show", "a")["twin"]["connectionState"] != "Disconnected":
            self.assertLess(time.monotonic(), deadline)

    def test_a_device_reads_and_reports_its_twin_and_hears_of_changes(self):
        device = self.websocket()

        self.assertEqual(device.connect("a", self.key), (0, 0))
        self.assertEqual(device.subscribe(raw.TWIN_ANSWERS, raw.DESIRED), (0x90, b"\0\7\0\0"))
        device.send(raw.get_packet("1"))
        self.assertEqual(device.next_publish(), (
            "$iothub/twin/res/200/?$rid=1", b'{"desired":{"$version":1},"reported":{"$version":1}}'))
        device.send(raw.report_packet("2", b'{"n":1}'))
        self.assertEqual(device.next_publish(), ("$iothub/twin/res/204/?$rid=2&$version=2", b""))
        self.fwctl("twin", "update", "a", "--desired", '{"x":1}', code=0)
        self.assertEqual(device.next_publish(), (
            "$iothub/twin/PATCH/properties/desired/?$version=2", b'{"x":1,"$version":2}'))
        twin = self.fwctl_json("twin", "show", "a")["twin"]
        self.assertEqual((twin["properties"]["reported"]["n"], twin["connectionState"]), (1, "Connected"))

    def test_subscriptions_are_kept_from_one_kind_of_connection_to_the_other(self):
        self.online(self.websocket()).close()
        self.wait_until_disconnected()

        again = self.tcp()
        self.assertEqual(again.connect("a", self.key), (1, 0))
        self.assert_serves(again)
        back = self.websocket()
        self.assertEqual(back.connect("a", self.key), (1, 0))
        self.assert_serves(back)

    def test_the_newer_connection_ends_the_older_of_either_kind(self):
        over_tcp = self.online(self.tcp())
        over_websocket = self.online(self.websocket())
        over_tcp.wait_for_end()
        self.assert_serves(over_websocket)

        newest = self.online(self.tcp())
        over_websocket.wait_for_end()
        self.assertEqual(over_websocket.carrier.close_code, 1000)
        self.assert_serves(newest)

    def test_frames_may_end_anywhere(self):
        packets = (raw.connect_packet("a", self.key) + raw.subscribe_packet(1, raw.TWIN_ANSWERS) + raw.get_packet("1")
                   + b"\xC0\0")
        for size in (1, 2, 7, len(packets)):
            with self.subTest(bytes_a_frame=size):
                device = self.websocket()
                for at in range(0, len(packets), size):
                    device.send(packets[at:at + size])
                # Answers to twin requests may be overtaken.
                self.assertCountEqual([device.next_packet()[0] for _ in range(4)], [0x20, 0x90, 0x30, 0xD0])

    def test_messages_may_come_in_fragments_with_pings_between(self):
        packets = raw.connect_packet("a", self.key)
        device = self.websocket()

        device.carrier.send_frame(raw.BINARY, packets[:20], final=False)
        device.carrier.send_frame(raw.PING, b"are you there")
        device.carrier.send_frame(raw.CONTINUATION, packets[20:], final=True)

        self.assertEqual(device.carrier.next_frame(), (raw.PONG, b"are you there"))
        self.assertEqual(device.next_packet(), (0x20, b"\0\0"))

    def test_the_handshake(self):
        for path in (raw.WEBSOCKET_PATH, raw.WEBSOCKET_PATH + "?iothub-no-client-cert=true", "/%24iothub/websocket"):
            with self.subTest(path=path):
                answer = self.upgrade(path, **{"Sec-WebSocket-Extensions": "permessage-deflate"})
                self.assertEqual((answer.status, answer.headers["sec-websocket-protocol"]), (101, "mqtt"))
                self.assertNotIn("sec-websocket-extensions", answer.headers)
        for offered, chosen in (("mqttv3.1, mqtt", "mqtt"), ("MQTT", "MQTT")):
            answer = self.upgrade(raw.WEBSOCKET_PATH, offered)
            self.assertEqual(answer.headers["sec-websocket-protocol"], chosen)

    def test_upgrades_that_are_refused(self):
        for status, arguments in ((404, ("/",)), (404, ("/devices",)), (404, ("/$iothub/websocket/",)),
                                  (404, ("/$iothub/websocke",)), (404, ("/%zz",)), (400, (raw.WEBSOCKET_PATH, None)),
                                  (400, (raw.WEBSOCKET_PATH, "amqp")), (400, (raw.WEBSOCKET_PATH, "mqtt5"))):
            with self.subTest(arguments=arguments):
                self.assertEqual(self.upgrade(*arguments).status, status)
        self.assertEqual(self.upgrade(early=bytes(6)).status, 400, "frames before the answer")
        for status, headers in ((426, {"Sec-WebSocket-Version": "8"}), (400, {"Sec-WebSocket-Key": None}),
                                (404, {"Upgrade": None, "Connection": None})):
            with self.subTest(headers=headers):
                self.assertEqual(self.upgrade(**headers).status, status)

    def test_who_may_not_connect_is_told_so(self):
        device = self.websocket()

        self.assertEqual(device.connect("a", "bm90IHRoZSBrZXk="), (0, 5))
        device.wait_for_end()

    def test_text_ends_the_connection(self):
        device = self.online(self.websocket())

        device.carrier.send_frame(raw.TEXT, b"0")  # a digit is the first byte of a PUBLISH

        device.wait_for_end()
        self.assertEqual(device.carrier.close_code, 1003)
        self.wait_until_disconnected()
        # It does not wait for our farewell either.
        self.assertRaises(raw.Ended, device.carrier.stream.read)

    def test_an_oversize_frame_ends_the_connection_when_it_is_announced(self):
        device = self.online(self.websocket())

        # The head of a frame of 2 MiB, and nothing after it.
        device.carrier.stream.write(bytes([0x82, 0xFF]) + (2 * 1024 * 1024).to_bytes(8, "big") + bytes(4))

        device.wait_for_end()
        self.assertEqual(device.carrier.close_code, 1009)
        self.wait_until_disconnected()

    def test_a_frame_without_a_mask_ends_the_connection(self):
        device = self.online(self.websocket())

        device.carrier.stream.write(b"\x82\x02\xC0\0")

        device.wait_for_end()
        self.assertEqual(device.carrier.close_code, 1002)

    def test_a_silent_device_is_dropped_after_one_and_a_half_keep_alives(self):
        device = self.websocket()
        device.connect("a", self.key, keep_alive=2)
        device.subscribe(raw.TWIN_ANSWERS)
        time.sleep(2)
        self.assert_serves(device)

        self.assertGreaterEqual(device.wait_for_end(), 2.9)
        self.wait_until_disconnected()

    def test_a_device_that_leaves_is_gone(self):
        for goodbye in (lambda d: d.send(b"\xE0\0"), lambda d: d.carrier.send_frame(raw.CLOSE), lambda d: d.close()):
            device = self.online(self.websocket())
            goodbye(device)
            self.wait_until_disconnected()

    def test_a_connection_that_served_requests_may_become_a_websocket(self):
        carrier = self.upgrade(**{"Upgrade": None, "Connection": None})
        self.assertEqual(carrier.status, 404)
        carrier.stream.read_exactly(int(carrier.headers["content-length"]))

        carrier.upgrade()

        self.assert_serves(self.online(raw.RawDevice(carrier)))

    def test_the_hub_stops_while_devices_are_connected(self):
        self.online(self.websocket())
        self.upgrade()

        self.assertEqual(self.hub.stop(), 0)


if __name__ == "__main__":
    unittest.main()
