#pragma once

#include <array>
#include <boost/beast/websocket/stream.hpp>

#include "lib/localhub/front/device_connection.hpp"
#include "lib/localhub/front/websocket_upgrade.hpp"

namespace fwctl::localhub {

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
  boost::beast::websocket::stream<TlsStream, compresses> stream_;
  UpgradeRequest request_;
  boost::asio::steady_timer patience_;  // with a device that is to read the last bytes
  std::array<char, 4096> block_{};
  std::string writing_;
  boost::beast::websocket::close_code reason_ = boost::beast::websocket::close_code::normal;
  bool open_ = false;
};

}  // namespace fwctl::localhub
