#pragma once

#include "cmd/fwctl/output/output.hpp"

namespace fwctl::cli {

/// The columns of `{"twin": …}`.
inline Columns twin_columns() {
  return {{"DEVICE", "/twin/deviceId"},
          {"ETAG", "/twin/etag"},
          {"VERSION", "/twin/version"},
          {"CONNECTION", "/twin/connectionState"},
          {"LAST ACTIVITY", "/twin/lastActivityTime"},
          {"TAGS", "/twin/tags"},
          {"DESIRED", "/twin/properties/desired"},
          {"REPORTED", "/twin/properties/reported"}};
}

}  // namespace fwctl::cli
