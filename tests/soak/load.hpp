// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <string>

namespace soak {

struct load_options {
    load_options() = default;
    unsigned short port = 0;
    std::string key, poor_key;
    /// The load ends after so many calls or seconds, whichever is first.
    std::uint64_t calls = 0;
    unsigned seconds = 0;
    /// Connections to the gateway, with one call at a time each.
    unsigned connections = 0;
    /// A line for each call: id, kind, status, ending.
    std::string records;
    std::uint64_t seed = 1;
};

/// Calls the gateway on 127.0.0.1, judges each answer, writes the records and prints the sums as one JSON object.
int run_load(const load_options& o);

} // namespace soak
