#pragma once

#include <optional>
#include <string>

#include "lib/localhub/query/tree.hpp"

namespace fwctl::localhub {

struct TagText {
  std::string path;  // as json_path() writes it
  std::string text;
};

/// A tag that every selected twin must have with one text: `tags.site = 'munich'`, alone or joined by AND. Such twins
/// are found by an index; the whole condition is still tested on each.
std::optional<TagText> wanted_tag(const Query& query);

}  // namespace fwctl::localhub
