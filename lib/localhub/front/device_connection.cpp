#include "lib/localhub/front/device_connection.hpp"

namespace fwctl::localhub {
namespace {

/// A device that does not read what it asked for is dropped.
constexpr std::size_t most_unsent = 1024U * 1024;

}  // namespace

DeviceConnection::DeviceConnection(Hub& hub, const Clock& clock, OnHandled on_handled, OnClosed on_closed)
    : session_(std::make_unique<mqtt::Session>(hub, clock)),
      on_handled_(std::move(on_handled)),
      on_closed_(std::move(on_closed)) {}

void DeviceConnection::receive(std::string_view bytes) {
  send(session_->receive(bytes));
  if (!closed_) on_handled_(*this);
  if (!closed_ && session_->closed()) close();
}

void DeviceConnection::carry_out(const Effect& effect) {
  if (closed_) return;
  send(session_->carry_out(effect));
  if (!closed_ && session_->closed()) close();
}

void DeviceConnection::send(const std::string& bytes) {
  if (bytes.empty()) return;
  unsent_ += bytes;
  if (unsent_.size() > most_unsent) return close();
  write();
}

void DeviceConnection::close() {
  if (closed_) return;
  const auto self = shared_from_this();  // on_closed_ drops the last other reference
  closed_ = true;
  hang_up();
  on_closed_(*this);
  session_.reset();
}

}  // namespace fwctl::localhub
