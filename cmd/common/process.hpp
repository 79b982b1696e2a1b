#pragma once

#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>

namespace fwctl::cli {

/// The process's environment: mains alone read it.
inline std::optional<std::string> environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

/// Ends without static destructors: the signal thread lives to the end, and cpprestsdk's pool is not to be joined.
[[noreturn]] inline void leave(int code) {
  std::cout.flush();
  std::cerr.flush();
#ifdef __SANITIZE_ADDRESS__
  std::exit(code);  // the leak check runs at exit
#else
  _exit(code);
#endif
}

}  // namespace fwctl::cli
