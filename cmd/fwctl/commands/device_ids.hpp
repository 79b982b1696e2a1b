#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace fwctl::cli {

/// Device ids, each once and in the order of their bytes, so that the same devices are the same list however they were
/// written down. Their text stands in one block: a million take little more room than the file that names them.
class DeviceIds {
 public:
  /// Throws UsageError that begins with `place` ("--device", "devices.txt, line 3") when no device can be called so.
  void add(std::string_view id, const std::string& place);
  /// One id a line, until the end. Blanks around an id, empty lines, CRLF and a byte order mark are passed over; `#` is
  /// a letter like any other. Throws UsageError that names the line.
  void add_lines(std::istream& in, const std::string& source);
  /// After the last id.
  void sort();

  std::size_t size() const { return places_.size(); }
  std::string_view operator[](std::size_t index) const { return text_.data() + places_[index]; }

 private:
  std::string text_;                   // the ids, a NUL after each
  std::vector<std::uint32_t> places_;  // where each begins
};

}  // namespace fwctl::cli
