// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/detail/token_ranks.hpp>
#include <llmx/wire/base64.hpp>

#include <algorithm>
#include <charconv>

namespace llmx::inline LLMX_ABI::detail {

/// Bounds of a file of ranks, so that a wrong file cannot take the machine's memory. The largest of OpenAI has 199,998 tokens
/// of at most 128 bytes.
inline constexpr std::uint32_t most_token_ranks = 1u << 22;
inline constexpr std::size_t longest_rank_token = 1024;

LLMX_DECL result<token_ranks> token_ranks::read(std::string_view text, std::string_view origin) {
    token_ranks out;
    std::size_t line_number = 0;
    const auto refuse = [&](std::string_view what) {
        std::string message;
        message.append(origin).append(", line ").append(std::to_string(line_number)).append(": ").append(what);
        return error(errc::bad_configuration, std::move(message));
    };
    if (text.size() > 0xFFFFFFFFu)
        return error(errc::bad_configuration, std::string(origin).append(" is larger than 4 GiB: give a .tiktoken file of ranks"));
    while (!text.empty()) {
        ++line_number;
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty()) continue;
        const std::size_t gap = line.find(' ');
        if (gap == std::string_view::npos)
            return refuse("a line of a .tiktoken file is a token in base64, a space and its rank");
        result<std::string> token = base64_decode(line.substr(0, gap));
        if (!token || token->empty() || token->size() > longest_rank_token)
            return refuse("the token is not base64 of 1 to 1024 bytes: give a .tiktoken file of ranks");
        const std::string_view digits = line.substr(gap + 1);
        std::uint32_t rank = 0;
        const auto [stop, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), rank);
        if (failure != std::errc() || stop != digits.data() + digits.size() || rank >= most_token_ranks)
            return refuse("the rank is not a number below 4194304");
        if (rank >= out.begins_.size()) out.begins_.resize(std::size_t(rank) + 1);
        if (out.begins_[rank].second != 0) return refuse("an earlier line has the same rank");
        out.begins_[rank] = {static_cast<std::uint32_t>(out.bytes_.size()), static_cast<std::uint32_t>(token->size())};
        out.bytes_ += *token;
        out.longest_ = std::max(out.longest_, token->size());
        ++out.size_;
    }
    out.fill();
    for (int c = 0; c < 256; ++c) {
        const char byte = static_cast<char>(c);
        if (out.size_ != 0 && out.find(&byte, 1) != no_rank) continue;
        return error(errc::bad_configuration, std::string(origin).append(" has no rank for the byte ").append(std::to_string(c))
                         .append(": the file is cut or is no .tiktoken file of a byte-level encoding"));
    }
    return out;
}

LLMX_DECL void token_ranks::fill() {
    slots_.assign(std::bit_ceil(std::max<std::size_t>(size_ * 2, 16)), slot());
    mask_ = slots_.size() - 1;
    for (std::uint32_t rank = 0; rank < begins_.size(); ++rank) {
        const auto [begin, length] = begins_[rank];
        if (length == 0) continue;
        const char* const p = bytes_.data() + begin;
        // Of two lines with the same token the lower rank counts, as it would be merged first.
        if (find(p, length) != no_rank) continue;
        slot made;
        made.key = key_of(p, length);
        made.rank = rank;
        made.length = length;
        std::size_t at = place_of(made.key, length);
        while (slots_[at].length != 0) at = (at + 1) & mask_;
        slots_[at] = made;
    }
}

} // namespace llmx::inline LLMX_ABI::detail
