#include "lib/localhub/store/functions.hpp"

#include "fwctl/base/base64.hpp"
#include "lib/localhub/core.hpp"

namespace fwctl::localhub {
namespace {

void result_text(sqlite3_context* context, const std::string& text) {
  sqlite3_result_text64(context, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

void sql_now(sqlite3_context* context, int, sqlite3_value**) {
  result_text(context, format_iso8601(static_cast<const HubClock*>(sqlite3_user_data(context))->now()));
}

void sql_etag(sqlite3_context* context, int, sqlite3_value** arguments) {
  result_text(context, etag_text(sqlite3_value_int64(arguments[0])));
}

}  // namespace

std::string etag_text(std::int64_t counter) {
  std::string bytes(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[7 - i] = static_cast<char>((static_cast<std::uint64_t>(counter) >> (8 * i)) & 0xFF);
  }
  return base64_encode(bytes);
}

void register_functions(const Database& database) {
  sqlite3_create_function(database.handle(), "fw_twin_etag", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr, sql_etag,
                          nullptr, nullptr);
}

void register_clock(const Database& database, const HubClock& clock) {
  sqlite3_create_function(database.handle(), "fw_now", 0, SQLITE_UTF8, const_cast<HubClock*>(&clock), sql_now, nullptr,
                          nullptr);
}

}  // namespace fwctl::localhub
