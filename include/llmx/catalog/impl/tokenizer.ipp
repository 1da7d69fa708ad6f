// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/detail/token_merge.hpp>
#include <llmx/catalog/detail/token_pieces.hpp>
#include <llmx/catalog/tokenizer.hpp>

#include <charconv>
#include <optional>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// The special token of \p encoding that \p text begins with.
LLMX_DECL std::optional<special_token> special_token_at(const token_encoding& encoding, std::string_view text) noexcept {
    // The longest name, "<|reserved_201087|>", has 19 characters.
    const std::size_t end = text.substr(0, 24).find("|>");
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view name = text.substr(0, end + 2);
    for (const special_token& s : encoding.special)
        if (s.text == name) return s;
    constexpr std::string_view reserved = "<|reserved_";
    if (encoding.last_reserved == 0 || !name.starts_with(reserved) || name[reserved.size()] == '0') return std::nullopt;
    std::uint32_t number = 0;
    const char* const digits_end = name.data() + end;
    const auto [stop, failure] = std::from_chars(name.data() + reserved.size(), digits_end, number);
    if (failure != std::errc() || stop != digits_end) return std::nullopt;
    if (number < encoding.first_reserved || number > encoding.last_reserved) return std::nullopt;
    return special_token(name, number);
}

} // namespace detail

template <class Sink> std::size_t tokenizer::each(std::string_view text, special_tokens special, const Sink& sink) const {
    detail::token_merge merge(tables_->ranks);
    std::size_t n = 0;
    const auto ordinary = [&](std::string_view part) {
        detail::token_pieces pieces(tables_->points, encoding_->split, part);
        for (std::string_view piece = pieces.next(); !piece.empty(); piece = pieces.next()) n += merge(piece, sink);
    };
    if (special == special_tokens::allowed) {
        for (std::size_t at = text.find("<|"); at != std::string_view::npos;) {
            const std::optional<special_token> found = detail::special_token_at(*encoding_, text.substr(at));
            if (!found) {
                at = text.find("<|", at + 1);
                continue;
            }
            ordinary(text.substr(0, at));
            sink(found->id);
            ++n;
            text.remove_prefix(at + found->text.size());
            at = text.find("<|");
        }
    }
    ordinary(text);
    return n;
}

LLMX_DECL result<tokenizer> tokenizer::load(std::string_view encoding, std::string_view ranks, std::string_view origin) {
    const token_encoding* const known = find_token_encoding(encoding);
    if (known == nullptr) {
        std::string message("there is no encoding \"");
        message.append(encoding).append("\": name one of");
        for (const token_encoding& e : token_encodings()) message.append(&e == token_encodings().data() ? " " : ", ").append(e.name);
        return error(errc::bad_configuration, std::move(message));
    }
    result<detail::token_ranks> read = detail::token_ranks::read(ranks, origin);
    if (!read) return read.error();
    return tokenizer(*known, std::make_shared<const tables>(std::move(*read)));
}

LLMX_DECL result<tokenizer> tokenizer::with_encoding(std::string_view name) const {
    const token_encoding* const known = find_token_encoding(name);
    if (known != nullptr && known->rank_file == encoding_->rank_file) return tokenizer(*known, tables_);
    return error(errc::bad_configuration, std::string("the ranks of ").append(encoding_->name).append(" are not those of an encoding \"")
                     .append(name).append("\": load the file of ranks of that encoding"));
}

LLMX_DECL std::vector<std::uint32_t> tokenizer::encode(std::string_view text, special_tokens special) const {
    std::vector<std::uint32_t> tokens;
    tokens.reserve(text.size() / 4 + 4);
    each(text, special, [&tokens](std::uint32_t token) { tokens.push_back(token); });
    return tokens;
}

LLMX_DECL std::size_t tokenizer::count(std::string_view text, special_tokens special) const {
    return each(text, special, [](std::uint32_t) {});
}

LLMX_DECL result<std::string> tokenizer::decode(std::span<const std::uint32_t> tokens) const {
    std::string text;
    for (const std::uint32_t token : tokens) {
        if (const std::string_view bytes = tables_->ranks.bytes_of(token); !bytes.empty()) {
            text += bytes;
            continue;
        }
        std::string_view name;
        for (const special_token& s : encoding_->special)
            if (s.id == token) name = s.text;
        if (!name.empty()) text += name;
        else if (encoding_->last_reserved != 0 && token >= encoding_->first_reserved && token <= encoding_->last_reserved)
            text.append("<|reserved_").append(std::to_string(token)).append("|>");
        else
            return error(errc::invalid_request, std::string("the number ").append(std::to_string(token)).append(" is no token of ")
                             .append(encoding_->name).append(": decode with the encoding that the tokens are of"));
    }
    return text;
}

} // namespace llmx::inline LLMX_ABI
