// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/error.hpp>

#include <boost/system/result.hpp>

namespace llmx::inline v0 {

/// A value or an `error`. `value()` throws `call_failed` on a failure.
template <class T = void> using result = boost::system::result<T, error>;

/// A success without a value, for `co_return` and `return`.
[[nodiscard]] inline result<void> success() noexcept { return result<void>(boost::system::in_place_value); }

} // namespace llmx::inline v0
