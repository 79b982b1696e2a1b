#include "lib/localhub/twins/sections.hpp"

#include <fmt/core.h>

#include "lib/localhub/api_error.hpp"

namespace fwctl::localhub {
namespace {

constexpr int deepest_level = 10;
constexpr std::size_t longest_key = 1024;
constexpr std::size_t longest_string = 4096;
constexpr std::int64_t largest_integer = 4503599627370495;

void write_stamp(Json& node, const Stamp& stamp) {
  node["$lastUpdated"] = stamp.time;
  if (stamp.version) node["$lastUpdatedVersion"] = *stamp.version;
  node.erase("$lastUpdatedBy");
  node.erase("$lastUpdatedByDigest");
  if (!stamp.author) return;
  node["$lastUpdatedBy"] = stamp.author->configuration_id;
  node["$lastUpdatedByDigest"] = stamp.author->digest;
}

void merge_object(Json& values, Json& metadata, const Json& patch, const Stamp& stamp) {
  if (metadata.is_null()) metadata = Json::object();  // tags keep none from one write to the next
  for (const auto& [key, value] : patch.items()) {
    if (value.is_null()) {
      values.erase(key);
      metadata.erase(key);
    } else if (value.is_object()) {
      if (!values.contains(key) || !values[key].is_object()) {
        values[key] = Json::object();
        metadata[key] = Json::object();
      }
      merge_object(values[key], metadata[key], value, stamp);
    } else {
      values[key] = value;
      metadata[key] = Json::object();
      write_stamp(metadata[key], stamp);
    }
  }
  write_stamp(metadata, stamp);
}

[[noreturn]] void refuse(const char* name, const std::string& why) {
  throw ApiError(error_names::argument_invalid,
                 fmt::format("Provided json is not a valid '{}' object: {}.", name, why));
}

/// The bytes of the control character that begins there, mostly none. Those of C1, U+0080 to U+009F, have two in UTF-8.
std::size_t control_at(std::string_view text, std::size_t at) {
  const auto c = static_cast<unsigned char>(text[at]);
  if (c < 0x20 || c == 0x7F) return 1;
  return c == 0xC2 && at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xA0 ? 2 : 0;
}

void validate_key(const std::string& key, const char* name) {
  if (key.size() > longest_key) refuse(name, "a key is longer than 1024 bytes");
  for (std::size_t i = 0; i < key.size(); ++i) {
    if (control_at(key, i) > 0 || std::string_view(".$# ").find(key[i]) != std::string_view::npos) {
      refuse(name, "a key holds a control character, '.', '$', '#' or a space");
    }
  }
}

void validate_number(const Json& value, const char* name) {
  const bool too_large = value.is_number_unsigned() && value.get<std::uint64_t>() > largest_integer;
  const bool too_small =
      value.is_number_integer() && !value.is_number_unsigned() && value.get<std::int64_t>() < -largest_integer - 1;
  if (too_large || too_small) refuse(name, "an integer is outside the range of 53 bits");
}

/// `level` objects and arrays stand around the value, the section itself not counted.
void validate_value(const Json& value, const char* name, int level) {
  if (value.is_string() && value.get_ref<const std::string&>().size() > longest_string) {
    refuse(name, "a string is longer than 4096 bytes");
  }
  if (value.is_number()) validate_number(value, name);
  if (value.is_array()) {
    for (const Json& element : value) {
      if (element.is_null()) refuse(name, "an array holds null");
      validate_value(element, name, level + 1);
    }
  }
  if (!value.is_object()) return;
  if (level > deepest_level) refuse(name, "it is nested deeper than 10 levels");
  for (const auto& [key, member] : value.items()) {
    validate_key(key, name);
    validate_value(member, name, level + 1);
  }
}

std::size_t size_of_text(std::string_view text) {
  std::size_t size = text.size();
  for (std::size_t i = 0; i < text.size(); ++i) size -= control_at(text, i);
  return size;
}

/// As the real hub counts, whose control characters weigh nothing.
std::size_t size_of(const Json& value) {
  if (value.is_string()) return size_of_text(value.get_ref<const std::string&>());
  if (value.is_number()) return 8;
  if (value.is_boolean()) return 4;
  std::size_t size = 0;
  for (const auto& [key, member] : value.items()) size += (value.is_object() ? key.size() : 0) + size_of(member);
  return size;
}

}  // namespace

Section read_section(const SectionText& text) { return {Json::parse(text.values), Json::parse(text.metadata)}; }

SectionText to_text(const Section& section) { return {section.values.dump(), section.metadata.dump()}; }

void merge(Section& section, const Json& patch, const Stamp& stamp) {
  merge_object(section.values, section.metadata, patch, stamp);
}

void replace(Section& section, const Json& values, const Stamp& stamp) {
  section = {};
  merge(section, values, stamp);
}

void validate_patch(const Json& patch, const char* name) {
  if (!patch.is_object()) refuse(name, "it is not an object");
  validate_value(patch, name, 0);
}

void validate_size(const Json& values, std::size_t limit, const char* name, ErrorName error) {
  if (size_of(values) <= limit) return;
  throw ApiError(error, fmt::format("The size of {} exceeds {} bytes.", name, limit));
}

}  // namespace fwctl::localhub
