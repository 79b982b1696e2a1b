#include "fwctl/localhub/server.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "fwctl/base/error.hpp"
#include "fwctl/localhub/hub.hpp"
#include "lib/localhub/front/asio.hpp"
#include "lib/localhub/front/certificates.hpp"
#include "lib/localhub/front/connection_limits.hpp"
#include "lib/localhub/front/control_session.hpp"
#include "lib/localhub/front/data_dir.hpp"
#include "lib/localhub/front/device_table.hpp"
#include "lib/localhub/front/https_session.hpp"
#include "lib/localhub/front/mqtt_connection.hpp"
#include "lib/localhub/front/switches_file.hpp"
#include "lib/localhub/front/websocket_connection.hpp"

namespace fwctl::localhub {
namespace {

using boost::asio::ip::tcp;
using SslContext = boost::asio::ssl::context;

constexpr const char* loopback = "127.0.0.1";
/// Queries that scan everything share these; the others find one free.
constexpr std::size_t reader_threads = 4;
constexpr std::chrono::seconds sweep_interval{1};

std::vector<std::string> all_names(const std::vector<std::string>& more) {
  std::vector<std::string> names{"localhost", "127.0.0.1", "::1"};
  names.insert(names.end(), more.begin(), more.end());
  return names;
}

void prepare(SslContext& context, const Certificates& files) {
  // OpenSSL takes the one that the client knows, and the cheaper one if it knows both.
  context.use_certificate_chain_file(files.server.string());
  context.use_private_key_file(files.server_key.string(), SslContext::pem);
  context.use_certificate_chain_file(files.rsa_server.string());
  context.use_private_key_file(files.rsa_server_key.string(), SslContext::pem);
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  // An idle connection keeps no buffers, and a write may go on from another address.
  SSL_CTX_set_mode(context.native_handle(),
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}

tcp::acceptor listen(boost::asio::io_context& io, const std::string& address, std::uint16_t port) {
  boost::system::error_code error;
  const auto ip = boost::asio::ip::make_address(address, error);
  if (error) throw Error(fmt::format("'{}' is not an address to listen on", address));
  try {
    return tcp::acceptor(io, tcp::endpoint(ip, port));
  } catch (const boost::system::system_error& failure) {
    throw Error(fmt::format("can't listen on {}:{}: {}", address, port, failure.code().message()),
                "give another port, or 0 for a free one");
  }
}

}  // namespace

class Server::Impl {
 public:
  Impl(ServerOptions options, const Clock& clock, LogLine log)
      : options_(std::move(options)),
        clock_(clock),
        log_(std::move(log)),
        data_(options_.data_dir),
        certificates_(ensure_certificates(data_.path(), all_names(options_.host_names), clock.now())),
        switches_(options_.switches_file, options_.switches),
        hub_(hub_options(), clock),
        https_(listen(io_, options_.address, options_.https_port)),
        mqtt_(listen(io_, options_.address, options_.mqtt_port)) {
    prepare(https_context_, certificates_);
    prepare(mqtt_context_, certificates_);
    if (options_.control_port) control_.emplace(listen(io_, loopback, *options_.control_port));
  }
  /// Reads that are under way use the hub's store.
  ~Impl() { readers_.join(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void run() {
    accept(https_, [this](tcp::socket socket) { open_https(std::move(socket)); });
    accept(mqtt_, [this](tcp::socket socket) {
      open_device<MqttConnection>(std::move(socket), mqtt_context_.native_handle());
    });
    if (control_) {
      accept(*control_,
             [this](tcp::socket socket) { serve_control(std::move(socket), hub_, [this] { after_request(); }); });
    }
    sweep();
    look_for_work();
    while (!serve()) continue;
  }

  void stop() { io_.stop(); }

  std::string connection_string() const {
    const std::string host = options_.host_names.empty() ? "localhost" : options_.host_names.front();
    const std::uint16_t port = https_.local_endpoint().port();
    return fmt::format("HostName={}{};SharedAccessKeyName=iothubowner;SharedAccessKey={}", host,
                       port == 443 ? "" : fmt::format(":{}", port), hub_.policy_key("iothubowner"));
  }
  std::uint16_t https_port() const { return https_.local_endpoint().port(); }
  std::uint16_t mqtt_port() const { return mqtt_.local_endpoint().port(); }
  std::uint16_t control_port() const { return control_ ? control_->local_endpoint().port() : std::uint16_t{0}; }
  std::string ca_file() const { return certificates_.ca.string(); }

 private:
  /// Until the server is stopped. False: something failed that nobody expected, which must not end the hub for all.
  bool serve() {
    try {
      io_.run();
      return true;
    } catch (const std::exception& error) {
      log_(fmt::format("a connection failed: {}", error.what()));
      return false;
    }
  }

  HubOptions hub_options() {
    HubOptions options;
    options.database = (data_.path() / "hub.db").string();
    options.host_names = all_names(options_.host_names);
    options.switches = switches_.changed().value_or(options_.switches);
    options.run_aside = [this](std::function<std::function<void()>()> work) { run_aside(std::move(work)); };
    return options;
  }

  void run_aside(std::function<std::function<void()>()> work) {
    boost::asio::post(readers_, [this, work = std::move(work)] {
      boost::asio::post(io_, [this, finish = work()] {
        finish();
        after_request();
      });
    });
  }

  template <typename Open>
  void accept(tcp::acceptor& acceptor, Open open) {
    acceptor.async_accept([this, &acceptor, open](const boost::system::error_code& error, tcp::socket socket) {
      if (!error) open(std::move(socket));
      again(error, [this, &acceptor, open] { accept(acceptor, open); });
    });
  }

  /// Out of descriptors: accepting would fail again at once, so wait for some to come back.
  template <typename Accept>
  void again(const boost::system::error_code& error, Accept accept) {
    if (!error) return accept();
    log_(fmt::format("can't accept a connection: {}", error.message()));
    const auto pause = std::make_shared<boost::asio::steady_timer>(io_, std::chrono::milliseconds{100});
    pause->async_wait([pause, accept](const boost::system::error_code&) { accept(); });
  }

  void open_https(tcp::socket socket) {
    if (https_count_ == limits_.https) return;  // the socket closes as it goes out of scope
    ++https_count_;
    serve_https(
        std::move(socket), https_context_, hub_, [this] { after_request(); },
        [this](TlsStream stream, UpgradeRequest request) {
          open_device<WebsocketConnection>(std::move(stream), std::move(request));
        },
        [this] { --https_count_; });
  }

  template <typename Connection, typename... Carrier>
  void open_device(Carrier&&... carrier) {
    if (!devices_.make_room()) return;
    const auto connection = std::make_shared<Connection>(
        std::forward<Carrier>(carrier)..., hub_, clock_, [this](DeviceConnection& device) { after_packets(device); },
        [this](DeviceConnection& closed) { devices_.forget(closed); });
    devices_.add(connection);
    connection->start();
  }

  void after_packets(DeviceConnection& device) {
    devices_.look_at(device);
    after_request();
  }

  void after_request() {
    devices_.carry_out(hub_.take_effects());
    look_for_work();
  }

  void look_for_work() {
    const auto due = hub_.next_due();
    if (due) work_after(std::clamp<Ticks>(*due - clock_.now(), Ticks{0}, std::chrono::hours{1}));
  }

  /// Does what is due slice by slice, others served in between.
  void work_after(Ticks wait) {
    work_timer_.expires_after(std::chrono::duration_cast<std::chrono::nanoseconds>(wait));
    work_timer_.async_wait([this](const boost::system::error_code& error) {
      if (!error) work();
    });
  }

  void work() {
    try {
      hub_.run_due();
      after_request();
    } catch (const std::exception& error) {
      log_(fmt::format("work that was due failed, and is tried again: {}", error.what()));
      work_after(std::chrono::seconds{1});
    }
  }

  void sweep() {
    sweep_timer_.expires_after(sweep_interval);
    sweep_timer_.async_wait([this](const boost::system::error_code& error) {
      if (error) return;
      devices_.close_silent(clock_.uptime());
      reload_switches();
      look_for_work();
      sweep();
    });
  }

  void reload_switches() {
    try {
      const auto changed = switches_.changed();
      if (changed) hub_.set_switches(*changed);
    } catch (const std::exception& error) {
      log_(fmt::format("the switches stay as they are: {}", error.what()));
    }
  }

  ServerOptions options_;
  const Clock& clock_;
  LogLine log_;
  DataDir data_;
  Certificates certificates_;
  SwitchesFile switches_;
  Hub hub_;
  const ConnectionLimits limits_ = share_out(most_descriptors());
  std::size_t https_count_ = 0;
  boost::asio::io_context io_{1};
  SslContext https_context_{SslContext::tls_server};
  SslContext mqtt_context_{SslContext::tls_server};
  tcp::acceptor https_;
  tcp::acceptor mqtt_;
  std::optional<tcp::acceptor> control_;
  boost::asio::steady_timer work_timer_{io_};
  boost::asio::steady_timer sweep_timer_{io_};
  DeviceTable devices_{limits_.devices};
  boost::asio::thread_pool readers_{reader_threads};
};

Server::Server(ServerOptions options, const Clock& clock, LogLine log)
    : impl_(std::make_unique<Impl>(std::move(options), clock, std::move(log))) {}
Server::~Server() = default;

std::uint16_t Server::https_port() const { return impl_->https_port(); }
std::uint16_t Server::mqtt_port() const { return impl_->mqtt_port(); }
std::uint16_t Server::control_port() const { return impl_->control_port(); }
std::string Server::ca_file() const { return impl_->ca_file(); }
std::string Server::connection_string() const { return impl_->connection_string(); }
void Server::run() { impl_->run(); }
void Server::stop() { impl_->stop(); }

}  // namespace fwctl::localhub
