#pragma once

#include <string>

namespace fwctl {

/// The text with U+FFFD in the place of every byte that belongs to no UTF-8 sequence. What is UTF-8 comes back as it
/// is.
std::string with_utf8_mended(std::string text);
inline bool is_utf8(const std::string& text) { return with_utf8_mended(text) == text; }

}  // namespace fwctl
