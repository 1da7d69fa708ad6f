// SPDX-License-Identifier: BSL-1.0
// Tokenizers: any bytes decode to what was encoded, the work is bounded, and a file of ranks is read or refused in one line.
// Steering: byte 0 chooses the encoding and, when odd, whether the text is a file of ranks.
#include "support.hpp"

#include <llmx/catalog/detail/token_merge.hpp>
#include <llmx/catalog/detail/token_pieces.hpp>
#include <llmx/catalog/tokenizer.hpp>
#include <llmx/wire/base64.hpp>
#include <llmx/wire/utf8.hpp>

#include <bit>
#include <iterator>
#include <string>
#include <vector>

namespace {

/// The 256 bytes and some tokens of more.
std::string rank_file() {
    std::string text;
    std::size_t rank = 0;
    const auto add = [&](std::string_view token) { text += llmx::base64_encode(token) + " " + std::to_string(rank++) + "\n"; };
    for (int c = 0; c < 256; ++c) {
        const char byte = static_cast<char>(c);
        add(std::string_view(&byte, 1));
    }
    for (const std::string_view token : {"aa", "aaaa", "ab", "ba", "aba", "he", "ll", "hell", "hello", "  ", "    ", "\n\n", "12", "123", "'s",
                                         "\xE4\xB8", "\xE4\xB8\xAD", "\xCC\x81", "==", "====", "the", " the", "er", "in", "ing"})
        add(token);
    return text;
}

} // namespace

LLMX_FUZZ_TARGET(in) {
    const fuzz::exact_copy copy(in.text());
    const std::string_view text = copy.view();
    const std::uint8_t choice = in.choice(0);

    if (choice % 2 == 1) {
        // What is read beyond the ranks takes longer than they do.
        const auto read = llmx::detail::token_ranks::read(text, "ranks");
        if (!read) {
            const std::string message(read.error().message());
            fuzz::require(message.find('\n') == std::string::npos && llmx::valid_utf8(message), "a failure is one line of UTF-8", message);
        }
        return;
    }
    static const std::string file = rank_file();
    static const llmx::tokenizer all[] = {llmx::tokenizer::load("cl100k_base", file).value(), llmx::tokenizer::load("o200k_base", file).value(),
                                          llmx::tokenizer::load("o200k_harmony", file).value()};
    const llmx::tokenizer& t = all[choice / 2 % std::size(all)];
    for (const llmx::special_tokens special : {llmx::special_tokens::as_text, llmx::special_tokens::allowed}) {
        const std::vector<std::uint32_t> tokens = t.encode(text, special);
        fuzz::require(tokens.size() == t.count(text, special), "as many tokens are counted as there are", text);
        fuzz::require(t.decode(tokens).value() == text, "tokens decode to the text", text);
    }
    static const llmx::detail::token_ranks ranks = llmx::detail::token_ranks::read(file, "ranks").value();
    static const llmx::detail::code_point_index points = llmx::detail::code_point_index::make();
    llmx::detail::token_pieces pieces(points, t.encoding().split, text);
    llmx::detail::token_merge merge(ranks);
    for (std::string_view p = pieces.next(); !p.empty(); p = pieces.next()) merge(p, [](std::uint32_t) {});
    const std::uint64_t most = text.size() * (64 + std::bit_width(text.size()));
    fuzz::require(pieces.steps() + merge.steps() <= most, "the work is bounded", text);
}
