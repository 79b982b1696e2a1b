#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fwctl::cli {

/// The text with everything that could move a cursor, break a line or reverse the reading order written out as an
/// escape. What comes from a hub or a device goes to a terminal through here.
std::string printable(std::string_view text);

/// Code points of a UTF-8 text: what a column is as wide as.
std::size_t width_of(std::string_view text);

}  // namespace fwctl::cli
