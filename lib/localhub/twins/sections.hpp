#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "lib/localhub/api_error.hpp"
#include "lib/localhub/json.hpp"

namespace fwctl::localhub {

/// The configuration that wrote a node.
struct Author {
  std::string configuration_id;
  std::string digest;  // of its content
};

/// When and, under desired, in which version a node was written: what `$metadata` says of it.
struct Stamp {
  std::string time;                     // ISO-8601, seven digits
  std::optional<std::int64_t> version;  // desired.$version; nullopt under reported
  std::optional<Author> author{};       // nullopt: written by a service or a device
};

/// One section of a twin: the user's properties and the $metadata tree that mirrors them.
struct Section {
  Json values = Json::object();
  Json metadata = Json::object();
};

/// A section as the store keeps it: two JSON texts.
struct SectionText {
  std::string values = "{}";
  std::string metadata = "{}";
};
Section read_section(const SectionText& text);
SectionText to_text(const Section& section);

/// Merges a patch (RFC 7386): objects merge, scalars and arrays replace, null deletes. Stamps every node written and
/// all of its ancestors, the root always; what is removed leaves the metadata, too.
void merge(Section& section, const Json& patch, const Stamp& stamp);

/// Replaces the whole section.
void replace(Section& section, const Json& values, const Stamp& stamp);

/// The rules for what may be written: key characters and lengths, string lengths, integer range, ten levels, no null in
/// an array. `name` is for the message. Throws ApiError (400).
void validate_patch(const Json& patch, const char* name);

/// Throws ApiError with that name when the section's keys and values are larger than the hub keeps.
void validate_size(const Json& values, std::size_t limit, const char* name, ErrorName error);

inline constexpr std::size_t tags_limit = 8 * 1024;
inline constexpr std::size_t properties_limit = 32 * 1024;

}  // namespace fwctl::localhub
