#pragma once

// Boost 1.74's Asio uses std::exchange without including its header.
#include <utility>
//
#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
