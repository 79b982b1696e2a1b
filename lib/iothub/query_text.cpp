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

std::size_t literal_length(std::string_view text) {
  if (!text.starts_with('\'')) return 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\'') return i + 1;
    if (text[i] == '\\') ++i;
  }
  return 0;
}

std::string device_jobs_query(std::string_view job_id, std::string_view status) {
  std::string text = "SELECT * FROM devices.jobs WHERE devices.jobs.jobId = " + quote_literal(job_id);
  if (!status.empty()) text += " AND devices.jobs.status = " + quote_literal(status);
  return text;
}

}  // namespace fwctl::iothub
