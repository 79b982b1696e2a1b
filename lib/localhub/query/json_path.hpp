#pragma once

#include <string>
#include <vector>

namespace fwctl::localhub {

/// The place of a property in a JSON column, as SQLite's JSON functions take it: `$."a"."b"`. SQLite compares names as
/// they stand in the JSON text, so a backslash is written as there; a quotation mark can't be expressed.
inline std::string json_path(const std::vector<std::string>& keys) {
  std::string path = "$";
  for (const std::string& key : keys) {
    path += ".\"";
    for (const char c : key) path += c == '\\' ? std::string("\\\\") : std::string(1, c);
    path += '"';
  }
  return path;
}

}  // namespace fwctl::localhub
