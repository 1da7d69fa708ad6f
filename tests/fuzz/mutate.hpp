// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <span>
#include <string_view>

namespace fuzz {

/// The target's dictionary (tests/fuzz/<target>.dict), which the mutator of JSON draws names and
/// texts from.
[[nodiscard]] std::span<const std::string_view> words();

} // namespace fuzz
