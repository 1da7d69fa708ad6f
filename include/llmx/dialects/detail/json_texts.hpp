// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <cstddef>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// The texts at \p paths of the JSON object \p body, in the order of the paths, at most \p most: views into it, quotes included.
///
/// Paths are separated by blanks and have names separated by dots; a list on the way stands for each of its elements:
/// "images.url images" are the members `url` of the objects in the list `images`, and its texts. Values of another kind are passed over, and
/// so is what follows a fault in \p body. Each path costs one scan of what it leads through.
LLMX_DECL [[nodiscard]] std::vector<std::string_view> find_json_texts(std::string_view body, std::string_view paths, std::size_t most);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/impl/json_texts.ipp>
#endif
