#pragma once

#include <string>

namespace fwctl::iothub {

/// A text of somebody else's, in which the signature of a token and a key that is named as one read `***`: something in
/// between may show us our own request, as it is or encoded.
std::string without_secrets(std::string text);

}  // namespace fwctl::iothub
