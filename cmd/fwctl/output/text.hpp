#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fwctl::cli {

/// The text with everything that could move a cursor, break a line or reverse the reading order written out as an
/// escape. What comes from a hub or a device goes to a terminal through here.
std::string printable(std::string_view text);

/// What a message shows of something that was typed: 'typed', or nothing of it when it may be a secret.
std::string shown(std::string_view typed);

/// Code points of a UTF-8 text: what a column is as wide as.
std::size_t width_of(std::string_view text);

}  // namespace fwctl::cli
