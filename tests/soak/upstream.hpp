// SPDX-License-Identifier: BSL-1.0
#pragma once

namespace soak {

/// Vendors that misbehave, as the prompts command: prints "port N", serves 127.0.0.1 until standard input ends, and
/// prints what it was asked as one JSON object.
int run_upstream();

} // namespace soak
