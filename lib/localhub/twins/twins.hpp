#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "lib/localhub/twins/twin_row.hpp"

namespace fwctl::localhub {

/// Writes to twins, whoever makes them: the service, a job, or the device. Callers hold the transaction.
class Twins {
 public:
  /// Told of every desired write: whose, and what the notification says.
  using OnDesired = std::function<void(const TwinKey& key, std::int64_t version, const Json& patch)>;
  /// Told of every twin whose tags or reported properties changed, and of every new one: its sequence.
  using OnChanged = std::function<void(std::int64_t sequence)>;
  Twins(Core& core, OnDesired on_desired, OnChanged on_changed)
      : core_(core), on_desired_(std::move(on_desired)), on_changed_(std::move(on_changed)) {}

  /// PATCH and PUT of a service: {tags?, properties: {desired?}}, other members ignored. `etag` empty: unconditional.
  TwinRow update(const TwinKey& key, const Json& body, std::string_view etag);
  TwinRow replace(const TwinKey& key, const Json& body, std::string_view etag);

  /// A device's patch of its reported section; 412 when `base_version` is given and is not the current one.
  TwinRow report(const TwinKey& key, const Json& patch, std::optional<std::int64_t> base_version);

  /// A configuration writes desired properties.
  void configure(TwinRow row, const Json& desired, const Author& author);

  /// A new row goes into the store; it gets its sequence.
  void add(TwinRow& row);

 private:
  enum class How { merge, replace };
  TwinRow write(const TwinKey& key, const Json& body, std::string_view etag, How how);
  void write_tags(TwinRow& row, const Json& tags, How how);
  void write_desired(TwinRow& row, const Json& desired, How how, const std::optional<Author>& author);
  ErrorName oversize() const;

  Core& core_;
  OnDesired on_desired_;
  OnChanged on_changed_;
};

/// Throws ApiError (400) unless it may be a patch of a desired section; $metadata and $version in it are no matter.
void validate_desired(const Json& patch);

/// The etag in an If-Match header: without quotes; empty for `*` and `"*"`, which match whatever is there.
std::string plain_etag(std::string_view if_match);

}  // namespace fwctl::localhub
