#include "fwctl/iothub/query_text.hpp"

#include <fmt/format.h>

namespace fwctl::iothub {

std::string quote_literal(std::string_view text) {
  std::string literal = "'";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\'' || c == '\\') {
      literal += '\\';
      literal += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      literal += fmt::format("\\u{:04x}", byte);
    } else {
      literal += c;
    }
  }
  return literal + '\'';
}

}  // namespace fwctl::iothub
