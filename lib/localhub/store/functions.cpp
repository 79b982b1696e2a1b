#include "lib/localhub/store/functions.hpp"

#include "fwctl/base/base64.hpp"

namespace fwctl::localhub {
namespace {

void sql_etag(sqlite3_context* context, int, sqlite3_value** arguments) {
  const std::string text = etag_text(sqlite3_value_int64(arguments[0]));
  sqlite3_result_text64(context, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
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

}  // namespace fwctl::localhub
