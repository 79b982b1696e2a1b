"""A proxy on loopback that counts: `HTTPS_PROXY` leads a program through it, and it sees bytes, never their meaning."""
import socket
import threading


class CountingProxy:
    def __init__(self):
        self.down = self.connections = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self):
        self.listener.close()

    def _serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._tunnel, args=(client,), daemon=True).start()

    def _tunnel(self, client):
        asked = b""
        while b"\r\n\r\n" not in asked:
            asked += client.recv(4096)
        host, port = asked.split(b" ")[1].rsplit(b":", 1)
        hub = socket.create_connection((host.decode(), int(port)))
        client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        threading.Thread(target=self._copy, args=(client, hub, False), daemon=True).start()
        self._copy(hub, client, True)

    def _copy(self, source, target, downwards):
        try:
            while data := source.recv(65536):
                self.down += len(data) if downwards else 0
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # one side has gone
