#pragma once

#include <array>
#include <boost/beast/websocket/stream.hpp>

#include "lib/localhub/front/device_connection.hpp"
#include "lib/localhub/front/websocket_upgrade.hpp"

namespace fwctl::localhub {

/// Says farewell in bounded time: Beast would wait for the device's as long as the device likes.
class FarewellStream : public TlsStream {
 public:
  explicit FarewellStream(TlsStream stream) : TlsStream(std::move(stream)) {}
  static constexpr std::chrono::seconds patience{5};

  /// What Beast calls to end the connection, found by its argument.
  template <typename Handler>
  friend void async_teardown(boost::beast::role_type, FarewellStream& stream, Handler&& handler) {
    boost::beast::get_lowest_layer(stream).expires_after(patience);
    stream.async_shutdown(std::forward<Handler>(handler));
  }
};

/// A device on the HTTPS port: MQTT in binary frames, which are one stream of bytes wherever they begin and end.
class WebsocketConnection final : public DeviceConnection {
 public:
  WebsocketConnection(TlsStream stream, UpgradeRequest request, Hub& hub, const Clock& clock, OnHandled on_handled,
                      OnClosed on_closed);

  /// Answers the upgrade request, then reads.
  void start();

 private:
  void read();
  void on_read(std::size_t count);
  void write() override;
  void on_written();
  void hang_up() override;
  void say_goodbye();
  void drop();

  static constexpr bool compresses = false;
  boost::beast::websocket::stream<FarewellStream, compresses> stream_;
  UpgradeRequest request_;
  boost::asio::steady_timer patience_;  // with a device that is to read the last bytes and to say farewell
  std::array<char, 4096> block_{};
  std::string writing_;
  boost::beast::websocket::close_code reason_ = boost::beast::websocket::close_code::normal;
  bool open_ = false;
};

}  // namespace fwctl::localhub
