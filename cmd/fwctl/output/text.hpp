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

/// How many columns of a terminal a UTF-8 text takes: letters of East Asia take two, accents that combine and colours
/// (of ours) none.
std::size_t width_of(std::string_view text);

/// As much of the text as fits into so many columns. Colours that are cut off are ended.
std::string cut_to(std::string_view text, std::size_t columns);

}  // namespace fwctl::cli
