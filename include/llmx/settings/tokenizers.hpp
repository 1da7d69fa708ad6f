// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/token_counter.hpp>
#include <llmx/core/result.hpp>

#include <memory>
#include <string>

namespace llmx::inline LLMX_ABI {

/// Reads the files of ranks in \p directory, cl100k_base.tiktoken and o200k_base.tiktoken, of which one is enough, for a counter with the
/// tokenizers of their encodings. Blocks; takes about 50 ms. Fails with `errc::bad_configuration` when there is neither, or a file cannot
/// be read or is none of ranks.
LLMX_DECL [[nodiscard]] result<std::shared_ptr<const token_counter>> load_tokenizers(const std::string& directory);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/settings/impl/tokenizers.ipp>
#endif
